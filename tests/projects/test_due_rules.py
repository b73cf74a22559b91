"""When reports are due: the rule by its properties, its constraints, and what happens when rule or calendar change."""

from datetime import date, datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from fedwork import clock
from organizations.calendar import PUBLISHED, Calendar
from organizations.models import AuditEvent, CalendarException
from projects.actions import (
    approve_site,
    recompute_due_dates,
    remove_calendar_exception,
    save_calendar_exceptions,
)
from projects.due import LATEST_DAY, LATEST_WORKDAY, DueRule
from projects.models import Programme
from projects.states import DueKind
from tests import factories
from tests.projects.conftest import NOON, submit

months = st.dates(date(2024, 1, 1), date(2029, 12, 1)).map(lambda day: day.replace(day=1))
calendars = st.dictionaries(
    st.dates(date(2024, 1, 1), date(2030, 2, 1)), st.tuples(st.booleans(), st.just("调休")), max_size=20
).map(Calendar)


@given(months, st.integers(1, LATEST_DAY), st.booleans(), calendars)
def test_a_fixed_day_is_that_day_or_the_next_that_is_worked(month, number, is_next, calendar):
    kind = DueKind.NEXT_MONTH if is_next else DueKind.THIS_MONTH
    fixed = (month + relativedelta(months=int(is_next))).replace(day=number)
    assert DueRule(kind, number).due_day(month, calendar).day == fixed
    moved = DueRule(kind, number, is_moved=True).due_day(month, calendar)
    assert moved.day == calendar.next_workday(fixed)
    assert (moved.fixed, bool(moved.why_moved)) == ((None, False) if moved.day == fixed else (fixed, True))


@given(months, st.integers(1, LATEST_WORKDAY), calendars)
def test_the_nth_working_day_has_so_many_working_days_up_to_it(month, number, calendar):
    due = DueRule(DueKind.NEXT_MONTH_WORKDAY, number).due_day(month, calendar)
    assert calendar.is_workday(due.day)
    assert calendar.workdays_between(month + relativedelta(day=31), due.day) == number
    assert due.fixed is None


@given(months, st.sampled_from(DueKind), st.integers(1, LATEST_WORKDAY), st.booleans(), calendars)
def test_a_later_month_is_never_due_earlier(month, kind, number, is_moved, calendar):
    rule = DueRule(kind, number, is_moved)
    first, second = (rule.due_day(each, calendar) for each in [month, month + relativedelta(months=1)])
    assert first.day <= second.day
    assert timezone.localtime(first.at).time().hour == 18


@pytest.mark.parametrize(
    ("rule", "month", "day", "words"),
    [
        (DueRule(DueKind.THIS_MONTH, 25), (2026, 9), (2026, 9, 25), "当月 25 日 18:00 截止"),
        (DueRule(DueKind.THIS_MONTH, 25, True), (2026, 9), (2026, 9, 28), "当月 25 日 18:00 截止，遇休息日顺延"),
        (DueRule(DueKind.NEXT_MONTH, 5, True), (2026, 9), (2026, 10, 8), "次月 5 日 18:00 截止，遇休息日顺延"),
        (DueRule(DueKind.NEXT_MONTH, 10, True), (2026, 9), (2026, 10, 10), "次月 10 日 18:00 截止，遇休息日顺延"),
        (DueRule(DueKind.NEXT_MONTH_WORKDAY, 3), (2026, 9), (2026, 10, 10), "次月第 3 个工作日 18:00 截止"),
        (DueRule(DueKind.NEXT_MONTH_WORKDAY, 1), (2025, 12), (2026, 1, 4), "次月第 1 个工作日 18:00 截止"),
    ],
)
def test_around_holidays_and_in_words(rule, month, day, words):
    assert rule.due_day(date(*month, 1), PUBLISHED).day == date(*day)
    assert str(rule) == words


def test_a_day_that_was_moved_says_why():
    due = DueRule(DueKind.NEXT_MONTH, 5, True).due_day(date(2026, 9, 1), PUBLISHED)
    assert (due.fixed, due.why_moved, due.weekday) == (date(2026, 10, 5), "国庆节", "周四")


def test_a_fixed_day_needs_no_query_and_many_months_one(programme, django_assert_num_queries):
    with django_assert_num_queries(0):
        programme.due_rule.due_days(programme.months())
    programme.due_kind, programme.report_due_day = DueKind.NEXT_MONTH_WORKDAY, 3
    with django_assert_num_queries(1):
        days = programme.due_rule.due_days(programme.months())
    assert [due.at for due in days] == [programme.due_at(month) for month in programme.months()]


@pytest.mark.parametrize(
    "fields", [{"due_kind": "next_month_workday", "report_due_day": 16}, {"report_due_day": 29}, {"lock_days": 366}]
)
def test_what_no_month_has_is_refused_by_the_database_too(programme, fields):
    with pytest.raises(ValidationError):
        Programme(**{**_values(programme), **fields}).full_clean(exclude=["id"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.filter(pk=programme.pk).update(**fields)


def _values(programme) -> dict:
    return {field.attname: getattr(programme, field.attname) for field in programme._meta.concrete_fields}


# A rule that changes


def due_days(site) -> dict[int, tuple[int, int]]:
    return {row.month.month: _month_and_day(row.due_at) for row in site.reports.all()}


def _month_and_day(moment) -> tuple[int, int]:
    day = timezone.localdate(moment)
    return day.month, day.day


def test_a_new_rule_moves_what_is_not_due_and_not_sent(site, city_staff, cadre):
    programme = site.programme
    programme.due_kind, programme.report_due_day = DueKind.NEXT_MONTH_WORKDAY, 3
    programme.save()
    submit(site.reports.get(month=date(2026, 11, 1)), by=cadre)
    assert recompute_due_dates(programme, by=city_staff, note="改为第 3 个工作日") == 1
    # November was sent, October and earlier are overdue.
    assert due_days(site) == {6: (6, 25), 7: (7, 25), 8: (8, 25), 9: (9, 25), 10: (10, 25), 11: (11, 25), 12: (1, 5)}
    event = AuditEvent.objects.about(programme).get(action="重算截止时间")
    assert (event.detail["reports"], event.note) == (1, "改为第 3 个工作日")
    assert event.organization_path == programme.organization.path
    assert recompute_due_dates(programme, by=city_staff, note="再来一次") == 0
    assert AuditEvent.objects.about(programme).filter(action="重算截止时间").count() == 1


def test_nobody_becomes_overdue_by_a_new_rule(site, city_staff):
    programme = site.programme
    programme.report_due_day = 20
    programme.save()
    assert recompute_due_dates(programme, by=city_staff, note="提前") == 1
    assert (due_days(site)[11], due_days(site)[12]) == ((11, 25), (12, 20))


def test_a_change_of_the_calendar_reaches_the_rules_that_ask_it(programme, tree, city_staff, system_admin):
    programme.is_due_moved = True
    programme.save()
    fixed = factories.programme(tree.city, name="固定日期的批次")
    sites = [
        approve_site(factories.site(each, village), by=city_staff)
        for each, village in [(programme, tree.village), (fixed, tree.other_village)]
    ]
    day_off = CalendarException(day=date(2026, 12, 25), is_workday=False, name="系统检修")
    assert save_calendar_exceptions([day_off], by=system_admin) == 1
    assert [due_days(site)[12] for site in sites] == [(12, 28), (12, 25)]
    event = AuditEvent.objects.about(programme).get(action="重算截止时间")
    assert event.note == "新增工作日调整：2026-12-25 放假（系统检修）"
    assert AuditEvent.objects.about(day_off).get().action == "新增工作日调整"
    assert remove_calendar_exception(day_off, by=system_admin) == 1
    assert [due_days(site)[12] for site in sites] == [(12, 25), (12, 25)]


def test_others_leave_the_calendar_alone(county_reviewer, auditor):
    day_off = CalendarException(day=date(2026, 12, 25), is_workday=False, name="系统检修")
    for user in [county_reviewer, auditor]:
        with pytest.raises(PermissionDenied):
            save_calendar_exceptions([day_off], by=user)
        with pytest.raises(PermissionDenied):
            remove_calendar_exception(day_off, by=user)


def test_a_new_site_goes_by_the_rule_and_reads_the_calendar_once(programme, tree, city_staff, count_calendar_queries):
    programme.due_kind, programme.report_due_day = DueKind.NEXT_MONTH_WORKDAY, 5
    programme.save()
    site = factories.site(programme, tree.village)
    assert count_calendar_queries(lambda: approve_site(site, by=city_staff)) == 1
    assert due_days(site)[9] == (10, 13)  # 10月1日至7日放假，10日上班


@pytest.fixture
def count_calendar_queries():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(call) -> int:
        with CaptureQueriesContext(connection) as queries:
            call()
        return sum("calendarexception" in query["sql"] for query in queries)

    return count


def test_in_the_past_nothing_moves(site, city_staff):
    with clock.set_to(NOON + timedelta(days=90)):
        site.programme.report_due_day = 28
        site.programme.save()
        assert recompute_due_dates(site.programme, by=city_staff, note="改规则") == 0
    assert due_days(site)[12] == (12, 25)
    assert timezone.make_aware(datetime(2026, 12, 25, 18)) == site.reports.get(month=date(2026, 12, 1)).due_at
