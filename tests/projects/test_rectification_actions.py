"""What becomes of a 整改事项: every step, who may take it, and what the database itself refuses."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from fedwork import clock
from fedwork.received import receive
from organizations.models import AuditEvent, Role
from projects import rules
from projects.actions import (
    add_evidence,
    ask_extension,
    close_rectification,
    grant_extension,
    refuse_extension,
    remove_evidence,
    return_rectification,
)
from projects.models import Attachment, Rectification
from projects.models.rectification import state_at
from tests import factories
from tests.projects.conftest import NOON
from tests.projects.followup import DUE, new_item, raised, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(site, city_staff):
    return raised(site, by=city_staff)


@pytest.fixture
def other_clerk(tree):
    return factories.user("city-two", role=Role.CITY_STAFF, organization=tree.city)


def on(day: date):
    return clock.set_to(timezone.make_aware(datetime(day.year, day.month, day.day, 9)))


def ask(item, *, by, until=date(2026, 12, 18), reason="连续下雨，墙面没有干"):
    return ask_extension(item, by=by, version=item.version, until=until, reason=reason)


def steps(item) -> list[tuple]:
    return [(step.kind, step.state, step.due_on) for step in item.steps.all()]


class TestRaising:
    def test_the_item_its_first_step_and_the_log(self, item, city_staff, tree):
        assert (item.state, item.desk, item.due_on, item.raised_by) == ("open", "city", DUE, city_staff)
        assert item.post_name == "山南镇填报员"
        assert steps(item) == [("raised", "open", DUE)]
        event = AuditEvent.objects.about(item).get()
        assert (event.action, event.note, event.detail) == (
            "交办整改事项",
            "补齐签到表并附照片",
            {"state": "待整改", "due_on": "2026-12-04"},
        )

    def test_a_day_off_moves_to_the_next_working_day(self, site, city_staff):
        assert raised(site, by=city_staff, due_on=date(2026, 12, 5)).due_on == date(2026, 12, 7)

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"found_on": date(2026, 11, 23)}, "发现日期不能晚于今天"),
            ({"due_on": date(2026, 11, 20)}, "整改时限不能早于今天"),
            ({"problem": ""}, "这一格没有填"),
            ({"source": "gossip"}, "没有这一项"),
        ],
    )
    def test_refused(self, site, city_staff, given, words):
        with pytest.raises(ValidationError, match=words):
            raised(site, by=city_staff, **given)
        assert Rectification.objects.count() == 0

    def test_the_post_stands_above_the_site(self, site, city_staff, tree):
        with pytest.raises(ValidationError, match="所在的单位或上级"):
            raised(site, by=city_staff, organization=tree.other_township)

    def test_the_county_charges_below_itself_and_not_itself(self, site, county_reviewer, tree):
        assert raised(site, by=county_reviewer).desk == "county"
        with pytest.raises(ValidationError, match="不能把整改事项交办给自己的岗位"):
            raised(site, by=county_reviewer, organization=tree.county, role=Role.COUNTY_REVIEWER)

    @pytest.mark.parametrize("who", ["cadre", "leader", "auditor", "other_reviewer", "system_admin"])
    def test_only_by_those_who_review_it(self, site, who, request):
        with pytest.raises(PermissionDenied):
            raised(site, by=request.getfixturevalue(who))

    def test_not_for_a_site_that_takes_no_part_yet(self, programme, tree, city_staff):
        with pytest.raises(PermissionDenied):
            raised(factories.site(programme, tree.village), by=city_staff)


class TestExtension:
    def test_asked_in_time_and_granted_by_another(self, item, cadre, city_staff):
        asked = ask(item, by=cadre)
        assert (asked.state, asked.due_on, asked.asked_until, asked.asked_by) == (
            "open",
            DUE,
            date(2026, 12, 18),
            cadre,
        )
        granted = grant_extension(asked, by=city_staff, version=asked.version)
        assert (granted.state, granted.due_on, granted.asked_until) == ("extended", date(2026, 12, 18), None)
        assert steps(granted)[1:] == [("asked", "open", DUE), ("granted", "extended", date(2026, 12, 18))]
        assert granted.steps.last().text == "同意延至 2026年12月18日"
        assert [event.action for event in AuditEvent.objects.about(item).order_by("id")] == [
            "交办整改事项",
            "申请延期",
            "同意延期",
        ]

    def test_on_the_due_day_itself_but_not_the_day_after(self, item, cadre):
        with on(DUE + timedelta(days=3)), pytest.raises(ValidationError, match="整改时限已过，延期应在到期前申请"):
            ask(item, by=cadre)
        with on(DUE):
            assert ask(item, by=cadre).asked_until

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"until": DUE}, "应晚于现在的时限 2026年12月4日"),
            ({"until": date(2028, 1, 4)}, "时限最长一年"),
            ({"reason": "  "}, "这一格没有填"),
        ],
    )
    def test_refused(self, item, cadre, given, words):
        with pytest.raises(ValidationError, match=words):
            ask(item, by=cadre, **given)
        assert not Rectification.objects.get().asked_until

    def test_once_at_a_time(self, item, cadre):
        asked = ask(item, by=cadre)
        with pytest.raises(ValidationError, match="已经申请过延期"):
            ask(asked, by=cadre)

    @pytest.mark.parametrize("who", ["neighbour", "county_reviewer", "city_staff", "leader"])
    def test_asked_by_the_post_alone(self, item, who, request):
        with pytest.raises(PermissionDenied):
            ask(item, by=request.getfixturevalue(who))

    def test_refused_the_date_stays(self, item, cadre, city_staff):
        asked = ask(item, by=cadre)
        refused = refuse_extension(asked, by=city_staff, version=asked.version, reason="时间足够")
        assert (refused.state, refused.due_on, refused.asked_until) == ("open", DUE, None)
        with pytest.raises(ValidationError, match="没有等待批复的延期申请"):
            grant_extension(refused, by=city_staff, version=refused.version)

    def test_the_county_does_not_decide_about_what_the_city_raised(self, item, cadre, county_reviewer):
        asked = ask(item, by=cadre)
        with pytest.raises(PermissionDenied):
            grant_extension(asked, by=county_reviewer, version=asked.version)

    def test_too_late_to_grant_what_is_over(self, item, cadre, city_staff):
        asked = ask(item, by=cadre)
        with on(date(2026, 12, 21)), pytest.raises(ValidationError, match="申请的日期已经过了"):
            grant_extension(asked, by=city_staff, version=asked.version)


class TestRectifying:
    def test_handed_in_and_closed_by_another(self, item, cadre, city_staff):
        sent = submitted(item, by=cadre)
        assert (sent.state, sent.submitted_by, sent.submitted_at) == ("submitted", cadre, NOON)
        closed = close_rectification(sent, by=city_staff, version=sent.version, note="签到表齐全")
        assert (closed.state, closed.closed_by, closed.closed_at) == ("closed", city_staff, NOON)
        assert [kind for kind, *_ in steps(closed)] == ["raised", "submitted", "closed"]

    def test_a_request_for_time_falls_away_when_it_is_handed_in(self, item, cadre):
        assert submitted(ask(item, by=cadre), by=cadre).asked_until is None

    def test_returned_with_a_reason_and_done_again(self, item, cadre, city_staff):
        sent = submitted(item, by=cadre)
        back = return_rectification(sent, by=city_staff, version=sent.version, reason="还缺第 6 期")
        assert (back.state, back.due_on) == ("open", DUE)
        assert submitted(back, by=cadre).state == "submitted"

    def test_returned_after_the_date_it_needs_a_new_one(self, item, cadre, city_staff):
        sent = submitted(item, by=cadre)
        with on(date(2026, 12, 9)):
            with pytest.raises(ValidationError, match="请给出新的时限"):
                return_rectification(sent, by=city_staff, version=sent.version, reason="不全")
            back = return_rectification(
                sent, by=city_staff, version=sent.version, reason="不全", due_on=date(2026, 12, 12)
            )
        assert back.due_on == date(2026, 12, 14)

    def test_an_extended_one_comes_back_as_extended(self, item, cadre, city_staff):
        asked = ask(item, by=cadre)
        sent = submitted(grant_extension(asked, by=city_staff, version=asked.version), by=cadre)
        back = return_rectification(sent, by=city_staff, version=sent.version, reason="不全")
        assert back.state == "extended"

    @pytest.mark.parametrize("who", ["cadre", "county_reviewer", "other_reviewer", "leader", "auditor"])
    def test_closed_by_those_who_raised_it_alone(self, item, cadre, who, request):
        sent = submitted(item, by=cadre)
        for act, said in [(close_rectification, "note"), (return_rectification, "reason")]:
            with pytest.raises(PermissionDenied):
                act(sent, by=request.getfixturevalue(who), version=sent.version, **{said: "好"})

    def test_the_city_closes_what_a_county_raised(self, site, county_reviewer, cadre, city_staff):
        sent = submitted(raised(site, by=county_reviewer), by=cadre)
        assert close_rectification(sent, by=city_staff, version=sent.version, note="核实").is_closed

    def test_nobody_closes_what_they_put_right_in_another_post(self, site, tree, cadre, county_reviewer):
        """The cadre was moved up to the county since."""
        sent = submitted(raised(site, by=county_reviewer), by=cadre)
        cadre.role, cadre.organization = Role.COUNTY_REVIEWER, tree.county
        cadre.save()
        assert not rules.can_close_rectification(cadre, sent)
        with pytest.raises(PermissionDenied):
            close_rectification(sent, by=cadre, version=sent.version, note="核实")

    def test_the_successor_in_the_post_goes_on(self, item, tree, cadre):
        cadre.is_active = False
        cadre.save()
        successor = factories.user("new-cadre", role=Role.CADRE, organization=tree.township)
        with pytest.raises(PermissionDenied):
            submitted(item, by=cadre)
        assert submitted(item, by=successor).submitted_by == successor

    def test_what_is_closed_is_over(self, item, cadre, city_staff):
        sent = submitted(item, by=cadre)
        closed = close_rectification(sent, by=city_staff, version=sent.version, note="核实")
        for act in [
            lambda: submitted(closed, by=cadre),
            lambda: ask(closed, by=cadre),
            lambda: return_rectification(closed, by=city_staff, version=closed.version, reason="再看"),
        ]:
            with pytest.raises(ValidationError, match="现在的状态是“已销号”"):
                act()

    def test_who_looks_at_an_older_version_is_told(self, item, cadre, city_staff):
        sent = submitted(item, by=cadre)
        with pytest.raises(ValidationError, match="又有新的办理"):
            close_rectification(sent, by=city_staff, version=item.version - 1, note="核实")


class TestEvidence:
    def photo(self, number=0):
        return receive(factories.upload(factories.picture(colour=(number, 9, 9))))

    def test_added_seen_and_taken_away(self, item, cadre, city_staff, neighbour):
        added = add_evidence(item, by=cadre, received=self.photo())
        assert add_evidence(item, by=cadre, received=self.photo()) == added
        assert (added.site, added.report, added.rectification) == (item.site, None, item)
        assert list(Attachment.objects.visible_to(city_staff)) == [added]
        assert not Attachment.objects.visible_to(neighbour).exists()
        remove_evidence(added, by=cadre)
        assert not Attachment.objects.exists()

    def test_what_was_handed_in_is_only_marked(self, item, cadre, city_staff):
        added = add_evidence(item, by=cadre, received=self.photo())
        sent = submitted(item, by=cadre)
        with pytest.raises(ValidationError, match="材料不能再改"):
            remove_evidence(added, by=cadre)
        return_rectification(sent, by=city_staff, version=sent.version, reason="照片不清楚")
        remove_evidence(added, by=cadre)
        added.refresh_from_db()
        assert (added.removed_by, list(item.attachments.current())) == (cadre, [])

    def test_only_by_the_post(self, item, city_staff, neighbour):
        for other in [city_staff, neighbour]:
            with pytest.raises(PermissionDenied):
                add_evidence(item, by=other, received=self.photo())

    def test_number_and_quota_are_limited(self, item, cadre, settings):
        settings.REPORT_MAX_FILES = 1
        add_evidence(item, by=cadre, received=self.photo())
        with pytest.raises(ValidationError, match="最多 1 个照片和文件"):
            add_evidence(item, by=cadre, received=self.photo(1))
        settings.REPORT_MAX_FILES, settings.SITE_QUOTA_MB = 9, 0
        with pytest.raises(ValidationError, match="最多 0 MB"):
            add_evidence(item, by=cadre, received=self.photo(1))


class TestTheDatabaseItself:
    def test_steps_and_items_stay(self, item):
        for change in [
            lambda: item.steps.update(text="别的"),
            lambda: item.steps.all().delete(),
            lambda: Rectification.objects.all().delete(),
            lambda: Rectification.objects.update(problem="没有问题"),
        ]:
            with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
                change()

    @pytest.mark.parametrize(
        ("change", "name"),
        [
            ({"due_on": date(2026, 11, 1)}, "due_after_found"),
            ({"measure": ""}, "is_told"),
            ({"asked_until": date(2026, 12, 24)}, "rectification_asked"),
            ({"state": "submitted"}, "submitted_by"),
            ({"state": "closed"}, "submitted_by|closed_by"),
        ],
    )
    def test_constraints(self, item, change, name):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Rectification.objects.update(**change)

    def test_who_rectified_cannot_have_closed(self, item, cadre):
        same = {"submitted_by": cadre, "submitted_at": NOON, "closed_by": cadre, "closed_at": NOON, "state": "closed"}
        with pytest.raises(IntegrityError, match="closed_by_another"), transaction.atomic():
            Rectification.objects.update(**same)

    def test_an_item_that_no_meeting_decided_names_none(self, site, city_staff):
        assert new_item(site).meeting is None


def test_overdue_is_computed_and_ends_with_the_submission(item, cadre):
    assert not item.is_overdue(DUE)
    assert (item.is_overdue(DUE + timedelta(days=1)), item.mark(DUE + timedelta(days=1)).word) == (True, "逾期")
    overdue = Rectification.objects.in_state("overdue", DUE + timedelta(days=1))
    assert list(overdue) == [item]
    submitted(item, by=cadre)
    assert not overdue.all().exists()


def test_what_held_at_a_moment(item, cadre):
    with clock.set_to(NOON + timedelta(days=1)):
        submitted(item, by=cadre)
    known = list(item.steps.all())
    assert state_at(known, NOON - timedelta(seconds=1)) is None
    assert state_at(known, NOON).state == "open"
    assert state_at(known, NOON + timedelta(days=2)).state == "submitted"
