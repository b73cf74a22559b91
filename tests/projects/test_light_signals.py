"""Each signal at its threshold, one below and one above; since when, what clears it, and who is led where."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from fedwork import clock
from projects.actions import (
    add_visit,
    approve_site,
    ask_extension,
    pass_report,
    remove_visit,
    save_report,
    submit_report,
)
from projects.lights.grading import Rule, counts, grade
from projects.lights.reading import lights_at, lights_by_moment, month_ends, trend
from projects.lights.registry import signals
from projects.states import Light
from tests import factories
from tests.projects.conftest import NOON, full_content
from tests.projects.followup import DUE, raised, submitted
from tests.projects.lights import only, set_rule

pytestmark = pytest.mark.django_db
GREEN, YELLOW, RED = Light.GREEN, Light.YELLOW, Light.RED


def at(month: int, day: int, hour: int = 9) -> datetime:
    return timezone.make_aware(datetime(2026, month, day, hour))


@pytest.fixture
def site(programme, tree, city_staff):
    """Approved on the first day of the programme."""
    with clock.set_to(at(6, 1)):
        return approve_site(factories.site(programme, tree.village), by=city_staff)


def light(site, moment):
    (found,) = lights_at(site.programme, moment, type(site).objects.filter(pk=site.pk))
    return found


def levels(site, *moments) -> list[Light]:
    return [light(site, moment).level for moment in moments]


def since(site, moment) -> list[date]:
    return [finding.since for finding in light(site, moment).findings]


@pytest.fixture
def accepted(cadre, county_reviewer, city_staff):
    """accepted(report, percent): filled in, submitted and passed at both desks on the 24th of its month."""

    def run(report, percent: int):
        with clock.set_to(timezone.make_aware(datetime(2026, report.month.month, 24, 10))):
            content = full_content(report, percent=percent)
            if percent == 100:
                content.done_on = dict.fromkeys(content.percents, report.month.replace(day=20))
            saved = save_report(report, by=cadre, version=report.version, content=content)
            sent = submit_report(saved, by=cadre, version=saved.version)
            passed = pass_report(sent, by=county_reviewer, version=sent.version)
            return pass_report(passed, by=city_staff, version=passed.version)

    return run


class TestReports:
    def test_by_the_number_of_them(self, programme, site):
        """Due on the 25th at 18:00: one from 25 June on, two from 25 July on."""
        only(programme, "reports_overdue")
        assert levels(site, at(6, 25, 18), at(6, 25, 19), at(7, 25, 18), at(7, 25, 19)) == [GREEN, YELLOW, YELLOW, RED]

    def test_since_the_one_that_made_it_so_grave(self, programme, site):
        only(programme, "reports_overdue")
        assert since(site, at(7, 20)) == [date(2026, 6, 26)]
        assert since(site, at(8, 20)) == [date(2026, 7, 26)]
        set_rule(programme, "reports_overdue", yellow=3)
        assert levels(site, at(8, 20), at(8, 27)) == [GREEN, YELLOW]
        assert light(site, at(8, 27)).findings[0].clears == "报送6月月报后解除。"

    def test_words_and_link(self, programme, site, cadre, leader):
        only(programme, "reports_overdue")
        (finding,) = light(site, at(7, 27)).findings
        june = site.reports.get(month=date(2026, 6, 1))
        assert (finding.words, finding.clears) == ("6月、7月月报逾期未报", "报送6月、7月月报后解除。")
        assert finding.rule.words == "月报逾期未报：1 份起亮黄灯，2 份起亮红灯"
        links = [finding.reading.link(user) for user in [cadre, leader]]
        assert [tuple(vars(link).values()) for link in links] == [
            ("去填6月月报", f"/reports/{june.pk}/"),
            ("看6月月报", f"/reports/{june.pk}/"),
        ]

    def test_what_comes_later_changes_nothing(self, programme, site, accepted):
        only(programme, "reports_overdue")
        with clock.set_to(at(8, 3)):
            before = light(site, at(7, 27)).sentence
        accepted(site.reports.get(month=date(2026, 8, 1)), 50)
        assert light(site, at(7, 27)).sentence == before == "6月、7月月报逾期未报。"


class TestTasks:
    """The launch task runs from 1 to 30 June."""

    def test_overdue_by_days(self, programme, site):
        only(programme, "task_overdue")
        set_rule(programme, "task_overdue", yellow=2, red=4)
        days = [at(7, day) for day in [1, 2, 3, 4, 5]]
        assert levels(site, *days) == [GREEN, YELLOW, YELLOW, RED, RED]
        assert since(site, days[1]) == [date(2026, 7, 2)]
        assert since(site, days[4]) == [date(2026, 7, 4)]

    def test_behind_by_points(self, programme, site):
        """0% of 30 days: the 20th point is passed with the sixth day (20), the 23rd with the seventh."""
        only(programme, "task_lagging")
        assert levels(site, at(6, 5), at(6, 6), at(6, 7)) == [GREEN, YELLOW, YELLOW]
        for threshold, level in [(19, YELLOW), (20, YELLOW), (21, GREEN)]:
            set_rule(programme, "task_lagging", yellow=threshold)
            assert levels(site, at(6, 6)) == [level]

    def test_since_the_day_on_which_the_calendar_ran_ahead(self, programme, site):
        only(programme, "task_lagging")
        assert since(site, at(6, 20)) == [date(2026, 6, 6)]
        set_rule(programme, "task_lagging", yellow=20, red=50)
        assert since(site, at(6, 20)) == [date(2026, 6, 15)]
        (finding,) = light(site, at(6, 20)).findings
        assert finding.clears == "按6月20日的序时，月报填报完成 48% 以上并审核通过后解除。"

    def test_one_task_is_told_once(self, programme, site):
        only(programme, "task_overdue", "task_lagging")
        assert [each.rule.signal.key for each in light(site, at(7, 3)).findings] == ["task_overdue"]
        set_rule(programme, "task_overdue", yellow=9)
        assert [each.rule.signal.key for each in light(site, at(7, 3)).findings] == ["task_lagging"]

    def test_only_what_was_accepted_counts(self, programme, site, accepted, cadre):
        only(programme, "task_overdue", "task_lagging")
        june = accepted(site.reports.get(month=date(2026, 6, 1)), 100)
        assert levels(site, at(6, 24), at(6, 25), at(7, 3)) == [YELLOW, GREEN, GREEN]
        assert june.accepted_at.day == 24

    def test_the_link_leads_to_the_open_report(self, programme, site, cadre):
        only(programme, "task_overdue")
        set_rule(programme, "task_overdue", red=1)
        (finding,) = light(site, at(7, 3)).findings
        assert finding.reading.link(cadre).address == f"/reports/{site.reports.get(month=date(2026, 6, 1)).pk}/"


class TestRectifications:
    @pytest.fixture
    def item(self, programme, site, city_staff):
        only(programme, "rectification_overdue")
        return raised(site, by=city_staff)

    def test_by_days_after_the_date(self, programme, site, item):
        set_rule(programme, "rectification_overdue", yellow=1, red=3)
        days = [timezone.make_aware(datetime(2026, 12, day, 9)) for day in [4, 5, 6, 7, 8]]
        assert levels(site, *days) == [GREEN, YELLOW, YELLOW, RED, RED]
        assert since(site, days[2]) == [DUE + timedelta(days=1)]
        assert since(site, days[4]) == [DUE + timedelta(days=3)]

    def test_the_longest_counts_and_all_are_named(self, site, item, city_staff):
        later = raised(site, by=city_staff, due_on=date(2026, 12, 8))
        (finding,) = light(site, at(12, 14)).findings
        assert (finding.level, finding.reading.value) == (RED, 10)
        assert finding.words == f"2 项整改逾期（{item.number}、{later.number}）"
        assert finding.clears == f"{item.number}、{later.number} 报送整改情况，或经同意延期后解除。"

    def test_as_it_stood_then(self, site, item, cadre):
        with clock.set_to(at(12, 6)):
            submitted(item, by=cadre)
        assert levels(site, at(12, 5), at(12, 7)) == [YELLOW, GREEN]

    def test_asking_for_more_time_is_not_having_it(self, site, item, cadre):
        with clock.set_to(NOON):
            ask_extension(item, by=cadre, version=item.version, until=date(2026, 12, 20), reason="雨天停工")
        assert levels(site, at(12, 5)) == [YELLOW]


class TestVisits:
    @pytest.fixture(autouse=True)
    def _rule(self, programme):
        only(programme, "visits_missed")

    def test_by_months_in_a_row(self, site):
        assert levels(site, at(7, 31), at(8, 1), at(9, 1)) == [GREEN, YELLOW, YELLOW]
        assert since(site, at(9, 1)) == [date(2026, 8, 1)]
        assert light(site, at(9, 1)).sentence == "市妇联连续 3 个月没有到点（6月、7月、8月）。"

    def test_a_visit_clears_it_until_it_is_removed(self, site, city_staff, county_reviewer):
        with clock.set_to(at(9, 3)):
            add_visit(factories.visit(site, date(2026, 9, 2)), by=county_reviewer)
            assert levels(site, at(9, 3)) == [YELLOW]
            visit = add_visit(factories.visit(site, date(2026, 9, 3)), by=city_staff)
        assert levels(site, at(9, 2), at(9, 3), at(10, 31), at(11, 1)) == [YELLOW, GREEN, GREEN, GREEN]
        with clock.set_to(at(9, 20)):
            remove_visit(visit, by=city_staff)
        assert levels(site, at(9, 4), at(9, 21)) == [GREEN, YELLOW]

    def test_only_who_visits_is_led_to_the_form(self, site, city_staff, cadre):
        (finding,) = light(site, at(9, 1)).findings
        assert finding.reading.link(city_staff).address == f"/visits/sites/{site.pk}/add/"
        assert finding.reading.link(cadre) is None

    def test_not_where_the_programme_asks_for_none(self, site):
        site.programme.has_monthly_visits = False
        assert levels(site, at(9, 1)) == [GREEN]

    def test_months_before_the_approval_are_not_missed(self, programme, tree, city_staff):
        with clock.set_to(at(9, 30)):
            late = approve_site(factories.site(programme, tree.other_village), by=city_staff)
        assert levels(late, at(10, 5), at(11, 5)) == [GREEN, YELLOW]


class TestRules:
    @pytest.mark.parametrize(
        ("value", "yellow", "red", "level"),
        [
            (1, 2, 4, GREEN),
            (2, 2, 4, YELLOW),
            (3, 2, 4, YELLOW),
            (4, 2, 4, RED),
            (5, 2, 4, RED),
            (9, None, None, GREEN),
            (9, 3, None, YELLOW),
            (3, None, 4, GREEN),
            (4, None, 4, RED),
        ],
    )
    def test_level_of_a_value(self, value, yellow, red, level):
        assert Rule(signals()["reports_overdue"], yellow, red).level_of(value) == level

    def test_words(self):
        signal = signals()["task_overdue"]
        assert Rule(signal, None, 15).words == "任务逾期：15 天起亮红灯"
        assert Rule(signal, None, None).words == "任务逾期：不亮灯"

    def test_the_worst_finding_is_the_light_and_comes_first(self, programme, site):
        only(programme, "task_overdue", "reports_overdue")
        found = light(site, at(7, 27))
        assert [(each.level, each.rule.signal.key) for each in found.findings] == [
            (RED, "task_overdue"),
            (RED, "reports_overdue"),
        ]
        set_rule(programme, "task_overdue", yellow=1)
        assert [each.level for each in light(site, at(7, 27)).findings] == [RED, YELLOW]

    def test_nothing_wrong_is_green_without_words(self, site):
        (found,) = grade([site], [], {})
        assert (found.level, found.sentence) == (GREEN, "")

    def test_not_approved_no_light(self, programme, tree):
        factories.site(programme, tree.village)
        assert lights_at(programme, NOON) == []


class TestTrend:
    def test_each_month_end_and_now(self, programme, site):
        only(programme, "reports_overdue")
        ends = trend(programme, at(8, 10))
        assert [timezone.localdate(end.moment) for end in ends] == [
            date(2026, 6, 30),
            date(2026, 7, 31),
            date(2026, 8, 10),
        ]
        assert [list(end.counts.values()) for end in ends] == [[0, 1, 0], [1, 0, 0], [1, 0, 0]]
        assert ends[0].bars == [(RED, 0, 0, 0), (YELLOW, 1, 0, 100), (GREEN, 0, 100, 0)]

    def test_a_month_ends_with_its_last_moment(self, programme):
        last = month_ends(programme, at(7, 1, 0) + timedelta(seconds=1))
        assert [f"{timezone.localtime(moment)}" for moment in last] == ["2026-06-30 23:59:59.999999+08:00"]

    def test_a_month_end_is_what_was_computed_then(self, programme, site, accepted, city_staff, cadre):
        """A story, looked at while it goes on and once more at the end."""
        moments = [at(6, 30, 23), at(7, 31, 23), at(8, 31, 23), at(9, 30, 23), at(10, 31, 23)]
        then = []
        for number, moment in enumerate(moments):
            month = 6 + number
            if month in {6, 8, 9}:
                accepted(site.reports.get(month=date(2026, month, 1)), 100 if month == 6 else 10 * number)
            with clock.set_to(at(month, 26)):
                if month == 7:
                    item = raised(site, by=city_staff, found_on=date(2026, 7, 20), due_on=date(2026, 8, 3))
                if month == 8:
                    add_visit(factories.visit(site, date(2026, 8, 26)), by=city_staff)
                if month == 9:
                    submitted(item, by=cadre)
            then.append(told(site, moment))
        assert [told(site, moment) for moment in moments] == then
        assert [words(found) for (found,) in lights_by_moment(programme, moments)] == then
        assert len({text for text, _ in then}) == 5

    def test_counts_has_every_light(self):
        assert counts([]) == {RED: 0, YELLOW: 0, GREEN: 0}


def told(site, moment) -> tuple[str, list[date]]:
    return words(light(site, moment))


def words(found) -> tuple[str, list[date]]:
    return found.sentence, [finding.since for finding in found.findings]
