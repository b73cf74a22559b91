"""From proposal to the province's decision: results, log rows, refusals; no step can be left out."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import ProgrammingError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fedwork import clock
from organizations.models import AuditEvent, Level
from projects import rules
from projects.actions import (
    add_site,
    approve_site,
    change_site,
    decline_nomination,
    pass_check,
    propose_site,
    recommend_site,
    remove_site,
    return_nomination,
    save_nomination,
    submit_nomination,
)
from projects.models import Nomination, NominationStep, ProjectSite, Recommendation, SiteCheck
from projects.nominations import changes_to_do, to_do
from projects.states import NEXT_STATUS, SITE_TRANSITIONS, SiteStatus
from tests import factories
from tests.projects.nominated import STEPS, brought_to, checked, proposed, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(cadre, county_reviewer, city_staff) -> dict:
    return {"cadre": cadre, "county": county_reviewer, "city": city_staff}


@pytest.fixture
def draft(programme, tree, cadre):
    return proposed(programme, tree.village, by=cadre)


@pytest.fixture
def at(draft, people):
    """at("recommended"): the draft brought there."""
    return lambda status: brought_to(status, draft, **people)


def actions_of(site) -> list[str]:
    return [event.action for event in AuditEvent.objects.about(site).order_by("id")]


class TestTheWay:
    def test_from_the_township_to_the_province(self, at, people):
        site = at("approved")
        assert site.is_approved
        assert [(step.verb, step.status, step.made_by) for step in site.nomination_steps.all()] == [
            ("submitted", "submitted", people["cadre"]),
            ("recommended", "recommended", people["county"]),
            ("visited", "recommended", people["city"]),
            ("checked", "checked", people["city"]),
            ("approved", "approved", people["city"]),
        ]
        assert actions_of(site) == [
            "申报项目点",
            "填写申报材料",
            "提交申报",
            "县级推荐项目点",
            "登记到点审核",
            "通过项目点市级审核",
            "批准项目点",
        ]
        assert site.name == "山南镇小井庄村"
        assert site.stages.count() == 3

    def test_the_decision_has_number_and_date(self, at, programme):
        nomination = at("approved").nomination
        assert (nomination.document_number, nomination.decided_on) == (programme.document_number, date(2026, 6, 1))

    def test_each_step_only_by_whom_it_belongs_to(self, draft, people, neighbour, other_reviewer, leader, auditor):
        rank = {"rank": 1, "reason": "好"}
        acts = {
            "submitted": ("cadre", {"cadre", "county", "city"}, lambda by: submit_nomination(draft, by=by)),
            "recommended": ("county", {"county"}, lambda by: recommend_site(draft, by=by, **rank)),
            "checked": ("city", {"city"}, lambda by: checked(draft, by=by) and pass_check(draft, by=by)),
            "approved": ("city", {"city"}, lambda by: approve_site(draft, by=by)),
        }
        strangers = {"neighbour": neighbour, "other": other_reviewer, "leader": leader, "auditor": auditor}
        for doer, allowed, act in acts.values():
            for name, person in (people | strangers).items():
                if name not in allowed:
                    with pytest.raises(PermissionDenied):
                        act(person)
            act(people[doer])
        draft.refresh_from_db()
        assert draft.is_approved

    @pytest.mark.parametrize("status", [*STEPS, "proposed", "declined"])
    def test_a_step_out_of_order_is_refused(self, programme, tree, people, status):
        site = factories.proposed_site(
            programme, tree.village, status=status, **({"approved_at": clock.now()} if status == "approved" else {})
        )
        Nomination.objects.create(site=site, **factories.SURVEYED)
        acts = {
            "proposed": lambda: submit_nomination(site, by=people["cadre"]),
            "submitted": lambda: recommend_site(site, by=people["county"], rank=1, reason="好"),
            "recommended": lambda: checked(site, by=people["city"]),
            "checked": lambda: approve_site(site, by=people["city"]),
        }
        for fitting, act in acts.items():
            if fitting != status:
                with pytest.raises(ValidationError, match=r"按顺序来|不必重复批准"):
                    act()
        if status in {"proposed", "approved", "declined"}:
            for act in [return_nomination, decline_nomination]:
                with pytest.raises(ValidationError, match="按顺序来"):
                    act(site, by=people["city"], reason="补")
        site.refresh_from_db()
        assert (site.status, site.nomination_steps.count()) == (status, 0)

    @pytest.mark.parametrize("old", list(SiteStatus))
    @pytest.mark.parametrize("new", list(SiteStatus))
    def test_the_database_knows_no_other_way(self, programme, tree, old, new):
        site = factories.proposed_site(programme, tree.village, status=old, approved_at=clock.now())
        if old == new or (old, new) in SITE_TRANSITIONS:
            ProjectSite.objects.filter(pk=site.pk).update(status=new)
        else:
            with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
                ProjectSite.objects.filter(pk=site.pk).update(status=new)

    def test_an_approved_sites_type_stays(self, site, programme):
        with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
            ProjectSite.objects.filter(pk=site.pk).update(creation_type=programme.creation_types.last())


class TestProposing:
    def test_a_county_proposes_for_itself_and_recommends(self, programme, tree, county_reviewer):
        site = proposed(programme, tree.other_village, by=county_reviewer)
        submit_nomination(site, by=county_reviewer)
        assert recommend_site(site, by=county_reviewer, rank=1, reason="好").status == "recommended"

    def test_what_the_city_entered_the_township_completes(self, programme, tree, city_staff, people):
        entry = ProjectSite(
            programme=programme, creation_type=programme.creation_types.first(), organization=tree.village, name=""
        )
        site = add_site(entry, by=city_staff)
        assert site.status == "proposed"
        with pytest.raises(ValidationError, match="请填写妇女总数"):
            submit_nomination(site, by=people["cadre"])
        site = brought_to("approved", written(site, by=people["cadre"]), **people)
        assert site.is_approved

    def test_not_outside_the_own_subtree(self, programme, tree, cadre, other_reviewer, leader, city_staff):
        for user in [cadre, other_reviewer, leader, city_staff]:
            place = tree.other_village if user == cadre else tree.village
            with pytest.raises(PermissionDenied):
                proposed(programme, place, by=user)

    def test_not_twice_and_again_after_a_refusal(self, programme, tree, cadre, draft, people):
        with pytest.raises(ValidationError, match="已有项目点"):
            proposed(programme, tree.village, by=cadre)
        brought_to("submitted", draft, **people)
        decline_nomination(draft, by=people["county"], reason="条件不成熟")
        again = proposed(programme, tree.village, by=cadre)
        assert brought_to("approved", again, **people, rank=1).is_approved

    def test_not_for_a_programme_that_is_over(self, tree, cadre):
        old = factories.programme(tree.city, year=2025)
        with pytest.raises(ValidationError, match="不再接受申报"):
            proposed(old, tree.village, by=cadre)

    def test_a_draft_may_lack_anything(self, programme, tree, cadre):
        kind = programme.creation_types.first()
        site = propose_site(ProjectSite(programme=programme, creation_type=kind, organization=tree.village), by=cadre)
        saved = save_nomination(Nomination(site=site, women=5), by=cadre, version=0)
        assert (saved.women, saved.version, saved.site.status) == (5, 1, "proposed")

    def test_a_stale_save_is_refused(self, draft, cadre):
        nomination = Nomination.objects.get(site=draft)
        with pytest.raises(ValidationError, match="又有改动"):
            save_nomination(nomination, by=cadre, version=nomination.version - 1)

    def test_all_that_is_missing_is_said_at_once(self, programme, tree, cadre):
        kind = programme.creation_types.first()
        site = propose_site(ProjectSite(programme=programme, creation_type=kind, organization=tree.village), by=cadre)
        with pytest.raises(ValidationError) as refusal:
            submit_nomination(site, by=cadre)
        assert len(refusal.value.message_dict) == 18

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"left_behind": 821}, "left_behind"),
            ({"working_age": 900}, "working_age"),
            ({"skilled": 5000}, "skilled"),
            ({"women": 0}, "women"),
            ({"beneficiaries": 0}, "beneficiaries"),
            ({"surveyed_on": date(2026, 11, 23)}, "surveyed_on"),
            ({"needs": ""}, "needs"),
        ],
    )
    def test_the_numbers_are_checked_against_each_other(self, draft, cadre, changes, field):
        written(draft, by=cadre, **changes)
        with pytest.raises(ValidationError) as refusal:
            submit_nomination(draft, by=cadre)
        assert field in refusal.value.message_dict

    def test_a_submitted_one_is_written_no_more(self, at, cadre):
        site = at("submitted")
        with pytest.raises(ValidationError, match="按顺序来"):
            written(site, by=cadre)

    def test_on_the_way_only_words_are_put_right(self, at, city_staff, programme):
        site = at("submitted")
        version = site.nomination.version
        site.name = "山南镇小井庄示范村"
        assert change_site(site, by=city_staff).name == "山南镇小井庄示范村"
        assert Nomination.objects.get(site=site).version == version + 1
        site.creation_type = programme.creation_types.last()
        with pytest.raises(ValidationError, match="退回以后才能改"):
            change_site(site, by=city_staff)

    def test_an_entry_may_go_a_submission_stays(self, at, draft, city_staff, people, programme, tree):
        other = proposed(
            programme, tree.far_village, by=factories.user("c", role="cadre", organization=tree.far_township)
        )
        remove_site(other, by=city_staff)
        site = at("submitted")
        with pytest.raises(ValidationError, match="不能删除"):
            remove_site(site, by=city_staff)
        return_nomination(site, by=people["county"], reason="补")
        with pytest.raises(ValidationError, match="不能删除"):
            remove_site(site, by=city_staff)


class TestRecommending:
    def test_the_rank_is_the_countys_within_type_and_programme(self, at, programme, tree, people, cadre):
        at("recommended")
        kinds = programme.creation_types.all()
        second = factories.organization("馆北村", level=Level.VILLAGE, parent=tree.township)
        rival = proposed(programme, second, by=cadre)
        submit_nomination(rival, by=cadre)
        with pytest.raises(ValidationError) as refusal:
            recommend_site(rival, by=people["county"], rank=1, reason="也好")
        assert "rank" in refusal.value.message_dict
        assert recommend_site(rival, by=people["county"], rank=2, reason="也好").recommendation.rank == 2
        third = factories.organization("洪桥社区", level=Level.VILLAGE, parent=tree.township)
        of_another_type = proposed(programme, third, by=cadre, creation_type=kinds[1])
        submit_nomination(of_another_type, by=cadre)
        recommend_site(of_another_type, by=people["county"], rank=1, reason="好")
        assert Recommendation.objects.filter(rank=1).count() == 2

    def test_another_countys_first_is_another_first(self, at, programme, tree, other_reviewer):
        at("recommended")
        far = proposed(programme, tree.far_village, by=other_reviewer)
        submit_nomination(far, by=other_reviewer)
        assert recommend_site(far, by=other_reviewer, rank=1, reason="好").status == "recommended"

    @pytest.mark.parametrize(("rank", "reason"), [(0, "好"), (100, "好"), (1, " ")])
    def test_rank_and_reason_are_needed(self, at, county_reviewer, rank, reason):
        with pytest.raises(ValidationError):
            recommend_site(at("submitted"), by=county_reviewer, rank=rank, reason=reason)
        assert not Recommendation.objects.exists()

    def test_a_unit_in_no_county_is_recommended_by_the_city(self, programme, tree, city_staff, county_reviewer):
        base = factories.organization("市家政基地", level=Level.UNIT, parent=tree.city, code="JD-1")
        site = add_site(
            ProjectSite(programme=programme, creation_type=programme.creation_types.last(), organization=base, name=""),
            by=city_staff,
        )
        submit_nomination(written(site, by=city_staff), by=city_staff)
        with pytest.raises(PermissionDenied):
            recommend_site(site, by=county_reviewer, rank=1, reason="好")
        assert list(to_do(city_staff)) == [site]
        recommend_site(site, by=city_staff, rank=1, reason="全市唯一")
        assert site.recommendation.organization == tree.city


class TestChecking:
    def test_no_way_to_the_province_without_a_passed_visit(self, at, city_staff):
        site = at("recommended")
        with pytest.raises(ValidationError, match="还没有登记到点审核"):
            pass_check(site, by=city_staff)
        checked(site, by=city_staff, is_passed=False)
        with pytest.raises(ValidationError, match="没有通过"):
            pass_check(site, by=city_staff)
        checked(site, by=city_staff)
        assert pass_check(site, by=city_staff).status == "checked"
        assert [check.is_passed for check in site.checks.all()] == [False, True]

    def test_not_in_the_future(self, at, city_staff, today):
        with pytest.raises(ValidationError, match="不能晚于今天"):
            checked(at("recommended"), by=city_staff, checked_on=today + timedelta(days=1))

    def test_a_visit_stays_as_it_was_noted(self, at, city_staff):
        checked(at("recommended"), by=city_staff)
        for rows in [SiteCheck.objects.all(), NominationStep.objects.all()]:
            with pytest.raises(ProgrammingError), transaction.atomic():
                rows.update(recorded_by=None) if rows.model is SiteCheck else rows.update(text="改")
            with pytest.raises(ProgrammingError), transaction.atomic():
                rows.delete()


class TestGoingBack:
    @pytest.mark.parametrize(("status", "by"), [("submitted", "county"), ("recommended", "city"), ("checked", "city")])
    def test_from_each_desk_with_a_reason(self, at, people, status, by):
        site = at(status)
        with pytest.raises(ValidationError) as refusal:
            return_nomination(site, by=people[by], reason=" ")
        assert "reason" in refusal.value.message_dict
        site = return_nomination(site, by=people[by], reason="摸底数字请核对")
        assert (site.status, site.nomination_steps.last().text) == ("proposed", "摸底数字请核对")
        assert not Recommendation.objects.filter(site=site).exists()
        assert list(to_do(people["cadre"])) == [site]
        assert brought_to("approved", site, **people).is_approved

    @pytest.mark.parametrize(("status", "by"), [("submitted", "county"), ("recommended", "city"), ("checked", "city")])
    def test_declined_for_good(self, at, people, status, by):
        site = decline_nomination(at(status), by=people[by], reason="名额有限")
        assert site.status == "declined"
        assert actions_of(site)[-1] == "未批准项目点"
        for act in [submit_nomination, approve_site, remove_site]:
            with pytest.raises(ValidationError):
                act(site, by=people["city"])

    @pytest.mark.parametrize(("status", "by"), [("submitted", "cadre"), ("submitted", "city"), ("checked", "county")])
    def test_not_from_another_desk(self, at, people, status, by):
        site = at(status)
        for act in [return_nomination, decline_nomination]:
            with pytest.raises(PermissionDenied):
                act(site, by=people[by], reason="补")

    def test_who_saw_an_older_version_is_told(self, at, people):
        site = at("submitted")
        with pytest.raises(ValidationError) as refusal:
            recommend_site(site, by=people["county"], rank=1, reason="好", version=site.nomination.version - 1)
        assert refusal.value.code == "stale"


class TestTheDecision:
    def test_reports_are_owed_from_the_month_of_the_decision(self, at, city_staff):
        site = approve_site(
            at("checked"), by=city_staff, decided_on=date(2026, 9, 10), document_number="皖妇〔2026〕31号"
        )
        assert [report.month.month for report in site.reports.order_by("month")] == [9, 10, 11, 12]

    def test_not_for_a_month_that_had_fallen_due(self, at, city_staff):
        site = approve_site(at("checked"), by=city_staff, decided_on=date(2026, 9, 28))
        assert [report.month.month for report in site.reports.order_by("month")] == [10, 11, 12]

    def test_a_programme_without_a_date_means_today(self, at, city_staff, programme):
        programme.issued_on = None
        programme.save()
        site = approve_site(at("checked"), by=city_staff)
        assert site.nomination.decided_on == date(2026, 11, 22)
        assert [report.month.month for report in site.reports.order_by("month")] == [11, 12]

    def test_of_a_site_checked_after_the_programmes_date_it_is_today(self, at, city_staff, today):
        site = at("recommended")
        checked(site, by=city_staff, checked_on=today)
        pass_check(site, by=city_staff)
        with pytest.raises(ValidationError, match="早于到点审核日期 2026-11-22"):
            approve_site(site, by=city_staff, decided_on=date(2026, 9, 10))
        approved = approve_site(site, by=city_staff)
        assert approved.nomination.decided_on == today
        assert [report.month.month for report in approved.reports.order_by("month")] == [11, 12]

    def test_without_a_number_there_is_no_decision(self, at, city_staff, programme):
        programme.document_number = ""
        programme.save()
        with pytest.raises(ValidationError, match="请填写省批复文号"):
            approve_site(at("checked"), by=city_staff)

    @pytest.mark.parametrize("day", [date(2026, 11, 23), date(2027, 1, 1)])
    def test_no_date_to_come(self, at, city_staff, day):
        with pytest.raises(ValidationError, match="不能晚于今天"):
            approve_site(at("checked"), by=city_staff, decided_on=day)

    def test_nor_after_the_programme(self, at, city_staff):
        site = at("checked")
        with (
            clock.set_to(timezone.make_aware(datetime(2027, 2, 1))),
            pytest.raises(ValidationError, match="晚于这个批次的月报截止月"),
        ):
            approve_site(site, by=city_staff, decided_on=date(2027, 1, 3))

    def test_the_provinces_refusal_is_kept(self, at, city_staff):
        site = decline_nomination(
            at("checked"),
            by=city_staff,
            reason="名额调整",
            document_number="皖妇〔2026〕9号",
            decided_on=date(2026, 5, 30),
        )
        step = site.nomination_steps.last()
        assert (step.document_number, step.decided_on) == ("皖妇〔2026〕9号", date(2026, 5, 30))


def test_what_waits_for_whom(at, people, leader, auditor):
    waiting = {}
    for status in ["proposed", *STEPS]:
        site = at(status) if status != "proposed" else None
        waiting[status] = [name for name, person in people.items() if to_do(person).exists()]
        if status != "approved" and site:
            return_nomination(site, by=people["county" if status == "submitted" else "city"], reason="补")
    assert waiting == {
        "proposed": [],
        "submitted": ["county"],
        "recommended": ["city"],
        "checked": ["city"],
        "approved": [],
    }
    assert not to_do(leader).exists()
    assert not changes_to_do(auditor).exists()


VERBS = ["submit", "recommend", "visit", "visit_failed", "pass", "approve", "return", "decline", "write"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    verbs=st.lists(st.sampled_from(VERBS), min_size=1, max_size=14),
    who=st.lists(st.integers(0, 2), min_size=14, max_size=14),
)
def test_no_sequence_of_verbs_skips_a_step(draft, people, verbs, who):
    persons = list(people.values())
    with transaction.atomic():
        _play(draft, [(verb, persons[number]) for verb, number in zip(verbs, who, strict=False)])
        transaction.set_rollback(True)


def _play(site, moves) -> None:
    acts = {
        "submit": lambda by: submit_nomination(site, by=by),
        "recommend": lambda by: recommend_site(site, by=by, rank=1, reason="好"),
        "visit": lambda by: checked(site, by=by),
        "visit_failed": lambda by: checked(site, by=by, is_passed=False),
        "pass": lambda by: pass_check(site, by=by),
        "approve": lambda by: approve_site(site, by=by),
        "return": lambda by: return_nomination(site, by=by, reason="补"),
        "decline": lambda by: decline_nomination(site, by=by, reason="不"),
        "write": lambda by: written(site, by=by),
    }
    before = SiteStatus.PROPOSED
    for verb, by in moves:
        try:
            with transaction.atomic():
                acts[verb](by)
        except (ValidationError, PermissionDenied):
            pass
        after = ProjectSite.objects.get(pk=site.pk).status
        assert after == before or (before, after) in SITE_TRANSITIONS
        before = after
    verbs = list(site.nomination_steps.values_list("verb", flat=True))
    came = [status for status in [*NEXT_STATUS.values()] if status.value in verbs]
    assert came == list(NEXT_STATUS.values())[: len(came)]
    assert ("approved" in verbs) == site.reports.exists() == (before == SiteStatus.APPROVED)
    assert AuditEvent.objects.about(site).filter(detail__has_key="status").count() == len(verbs)


def test_rules_answer_for_the_desk(at, people):
    site = at("recommended")
    assert [rules.can_send_back_site(person, site) for person in people.values()] == [False, False, True]
    assert [rules.can_check_site(person, site) for person in people.values()] == [False, False, True]
