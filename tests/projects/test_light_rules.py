"""Rules of lights: offered and copied with the programme, changed with a reason, tried on past months before."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from fedwork import clock
from organizations.models import AuditEvent, Level
from projects.actions import approve_site, change_light_rule, copy_programme, offer_usual_lights
from projects.actions.lights import newest_change
from projects.lights.preview import preview
from projects.lights.reading import lights_at, rules_at
from projects.lights.registry import signals
from projects.models import LightChange, LightRule
from projects.states import Light
from tests import factories
from tests.concurrency import PEOPLE, at_once
from tests.projects.conftest import NOON
from tests.projects.lights import only, set_rule

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def at(month: int, day: int) -> datetime:
    return timezone.make_aware(datetime(2026, month, day, 9))


@pytest.fixture
def site(programme, tree, city_staff):
    with clock.set_to(at(6, 1)):
        return approve_site(factories.site(programme, tree.village), by=city_staff)


@pytest.fixture
def rule(programme) -> LightRule:
    only(programme, "reports_overdue")
    return programme.light_rules.get(signal="reports_overdue")


def changed(rule: LightRule, *, by, reason="10月例会商定", seen=None, **thresholds) -> LightRule:
    for name, value in thresholds.items():
        setattr(rule, name, value)
    seen = newest_change(rule.programme) if seen is None else seen
    return change_light_rule(rule, by=by, reason=reason, seen=seen)


class TestOffered:
    def test_a_new_programme_gets_the_usual_ones(self, programme):
        found = [(rule.signal, (rule.yellow, rule.red)) for rule in programme.light_rules.order_by("position")]
        assert found == [(signal.key, signal.usual) for signal in signals().values()]

    def test_they_hold_from_the_first_month_on(self, programme):
        assert len(rules_at(programme, at(6, 1))) == len(signals())
        assert rules_at(programme, at(5, 31)) == []

    def test_what_is_offered_later_holds_from_then_on(self, programme):
        only(programme, "reports_overdue")
        programme.light_rules.filter(signal="visits_missed").update(signal="gone")
        offer_usual_lights(programme)
        assert [rule.signal.key for rule in rules_at(programme, at(6, 2))] == ["reports_overdue"]
        assert [rule.signal.key for rule in rules_at(programme, NOON)] == ["reports_overdue", "visits_missed"]

    def test_a_rule_of_an_app_that_is_gone_is_silent(self, programme):
        only(programme)
        rule = programme.light_rules.get(signal="visits_missed")
        set_rule(programme, "visits_missed", red=1)
        LightRule.objects.filter(pk=rule.pk).update(signal="gone")
        rule.refresh_from_db()
        assert (rules_at(programme, NOON), rule.known_signal, rule.words) == ([], None, "gone：不亮灯")

    def test_copied_with_the_programme(self, programme, rule, city_staff):
        changed(rule, by=city_staff, yellow=2, red=5)
        copy = copy_programme(programme, year=2027, by=city_staff)
        found = {each.signal: (each.yellow, each.red, each.is_active) for each in copy.light_rules.all()}
        assert found["reports_overdue"] == (2, 5, True)
        assert found["visits_missed"] == (2, None, False)
        assert [each.words for each in rules_at(copy, NOON)] == ["月报逾期未报：2 份起亮黄灯，5 份起亮红灯"]


class TestChanged:
    def test_holds_from_now_on_and_is_logged(self, programme, rule, site, city_staff):
        with clock.set_to(LATER):
            changed(rule, by=city_staff, yellow=None, red=9)
        assert [each.words for each in rules_at(programme, NOON)] == ["月报逾期未报：1 份起亮黄灯，2 份起亮红灯"]
        assert [each.words for each in rules_at(programme, LATER)] == ["月报逾期未报：9 份起亮红灯"]
        assert [lights_at(programme, moment)[0].level for moment in [NOON, LATER]] == [Light.RED, Light.GREEN]
        event = AuditEvent.objects.about(rule).get()
        assert (event.action, event.note) == ("修改红黄绿灯规则", "10月例会商定")
        assert event.detail == {
            "before": {"yellow": 1, "red": 2, "is_active": True},
            "after": {"yellow": None, "red": 9, "is_active": True},
        }

    def test_switched_off(self, programme, rule, city_staff):
        changed(rule, by=city_staff, is_active=False)
        assert rules_at(programme, NOON) == []
        assert f"{rule.changes.last().words}" == "月报逾期未报：1 份起亮黄灯，2 份起亮红灯（停用）"

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({}, "和现在的规则一样"),
            ({"yellow": 5}, "红灯的界限应大于黄灯"),
            ({"yellow": 2}, "红灯的界限应大于黄灯"),
            ({"red": 0}, "不能小于 1"),
            ({"red": 1000}, "不能大于 999"),
            ({"red": 7, "reason": "  "}, "请写明原因"),
            ({"red": 7, "seen": 0}, "请重新预览"),
        ],
    )
    def test_refused(self, rule, city_staff, given, words):
        with pytest.raises(ValidationError, match=words):
            changed(rule, by=city_staff, **given)
        assert rule.changes.count() == 1

    @pytest.mark.parametrize("who", ["county_reviewer", "cadre", "leader", "auditor", "system_admin"])
    def test_only_by_who_runs_the_programme(self, rule, who, request):
        with pytest.raises(PermissionDenied):
            changed(rule, by=request.getfixturevalue(who), red=7)

    def test_a_preview_made_before_another_change_is_stale(self, programme, rule, city_staff):
        seen = newest_change(programme)
        changed(programme.light_rules.get(signal="task_lagging"), by=city_staff, yellow=33, is_active=True)
        with pytest.raises(ValidationError) as refused:
            changed(rule, by=city_staff, red=7, seen=seen)
        assert refused.value.code == "stale"

    def test_the_database_keeps_order_and_history(self, rule):
        for model in [LightRule, LightChange]:
            for wrong in [{"yellow": 3, "red": 3}, {"yellow": 0, "red": None}]:
                with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
                    model.objects.update(**wrong)
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            rule.changes.all().delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            LightChange.objects.create(rule=rule, made_at=NOON, made_by_id=1, yellow=1)


class TestPreview:
    def test_each_month_end_before_and_after(self, programme, rule, site):
        """Overdue at the ends of June to October: one, two, three, four, five; now five, November is due on the 25th."""
        rule.yellow, rule.red = 2, 4
        found = preview(rule, NOON)
        assert [[(before, after) for _, before, after in effect.rows] for effect in found] == [
            [(1, 1), (0, 0), (0, 0)],
            [(1, 1), (0, 0), (0, 0)],
            [(1, 1), (0, 0), (0, 0)],
            [(1, 0), (0, 1), (0, 0)],
            [(1, 0), (0, 1), (0, 0)],
            [(0, 0), (1, 0), (0, 1)],
        ]
        assert [[after.level for _, after in effect.changed] for effect in found][-3:] == [
            [Light.YELLOW],
            [Light.YELLOW],
            [Light.GREEN],
        ]

    def test_other_rules_count_as_they_hold_now(self, programme, rule, site):
        set_rule(programme, "visits_missed", red=1)
        rule.yellow, rule.red = None, None
        assert [len(effect.changed) for effect in preview(rule, NOON)] == [0, 0, 0, 0, 0, 1]

    def test_switching_on_and_off(self, programme, rule, site):
        rule.is_active = False
        assert [len(effect.changed) for effect in preview(rule, NOON)] == [1] * 6
        visits = programme.light_rules.get(signal="visits_missed")
        visits.is_active, visits.yellow, visits.red = True, 1, 3
        assert [len(effect.changed) for effect in preview(visits, NOON)] == [0, 0, 0, 0, 0, 0]

    def test_nothing_is_stored_and_queries_do_not_grow(
        self, programme, rule, tree, site, city_staff, login, count_queries
    ):
        client = login(city_staff)
        address = f"{reverse('admin:projects_lightrule_edit', args=[rule.pk])}?yellow=3&red=4&is_active=on"
        one = count_queries(lambda: client.get(address))
        kind = programme.creation_types.first()
        kind.quota = 99
        kind.save()
        for number in range(29):
            village = factories.organization(f"村{number}", level=Level.VILLAGE, parent=tree.township)
            approve_site(factories.site(programme, village), by=city_staff)
        assert count_queries(lambda: client.get(address)) == one
        assert (rule.changes.count(), LightRule.objects.get(pk=rule.pk).red) == (1, 2)


class TestDesk:
    @pytest.fixture
    def edit(self, rule) -> str:
        return reverse("admin:projects_lightrule_edit", args=[rule.pk])

    def test_previewed_and_confirmed(self, rule, site, edit, city_staff, login):
        client = login(city_staff)
        tried = client.get(edit, {"yellow": "3", "red": "6", "is_active": "on"})
        assert len(tried.context["effects"]) == 6
        confirm = tried.context["confirm"]
        address = f"{edit}?yellow=3&red=6&is_active=on"
        refused = client.post(address, {"seen": confirm["seen"].value(), "reason": ""})
        assert refused.context["confirm"].errors == {"reason": ["请填写这一项。"]}
        done = client.post(address, {"seen": confirm["seen"].value(), "reason": "按例会意见放宽"}, follow=True)
        assert "3 份起亮黄灯，6 份起亮红灯" in done.content.decode()
        assert "按例会意见放宽" in done.content.decode()
        rule.refresh_from_db()
        assert (rule.yellow, rule.red) == (3, 6)

    def test_a_stale_preview_answers_409(self, rule, site, edit, city_staff, login):
        changed(LightRule.objects.get(pk=rule.pk), by=city_staff, red=8)
        answer = login(city_staff).post(f"{edit}?yellow=3&red=6&is_active=on", {"seen": "1", "reason": "放宽"})
        assert answer.status_code == 409
        assert "请重新预览" in answer.content.decode()
        rule.refresh_from_db()
        assert rule.red == 8

    def test_what_makes_no_sense_is_said(self, edit, city_staff, login):
        answer = login(city_staff).get(edit, {"yellow": "9", "red": "6", "is_active": "on"})
        assert answer.context["form"].errors == {"red": ["红灯的界限应大于黄灯的。"]}
        assert answer.context["effects"] == []
        same = login(city_staff).get(edit, {"yellow": "1", "red": "2", "is_active": "on"})
        assert same.context["is_unchanged"]

    def test_read_by_county_and_auditor_changed_by_the_city(self, rule, edit, request, login):
        change = reverse("admin:projects_lightrule_change", args=[rule.pk])
        found = {
            who: [login(request.getfixturevalue(who)).get(page).status_code for page in [change, edit]]
            for who in ["city_staff", "county_reviewer", "auditor", "leader", "cadre"]
        }
        assert found == {
            "city_staff": [200, 200],
            "county_reviewer": [200, 403],
            "auditor": [200, 403],
            "leader": [403, 403],
            "cadre": [403, 403],
        }

    def test_nothing_is_typed_past_the_preview(self, rule, city_staff, login):
        change = reverse("admin:projects_lightrule_change", args=[rule.pk])
        assert login(city_staff).post(change, {"yellow": "7"}).status_code == 403
        assert login(city_staff).get(reverse("admin:projects_lightrule_add")).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_many_who_confirm_the_same_preview_one_counts(programme, city_staff):
    seen = newest_change(programme)

    def act(number: int):
        with clock.set_to(NOON):
            mine = programme.light_rules.select_related("programme").get(signal="reports_overdue")
            return changed(mine, by=city_staff, seen=seen, red=10 + number)

    answers = at_once(act)
    assert sum(isinstance(answer, ValidationError) for answer in answers) == PEOPLE - 1
    rule = programme.light_rules.get(signal="reports_overdue")
    assert (rule.changes.count(), AuditEvent.objects.about(rule).count()) == (2, 1)
    assert rule.red == rule.changes.last().red
