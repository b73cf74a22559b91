"""Working days against the published arrangements of 2024 to 2026, and with the office's own exceptions."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from organizations.calendar import (
    PUBLISHED,
    Calendar,
    add_workdays,
    is_workday,
    load_calendar,
    weekday_name,
    workdays_between,
)
from organizations.models import CalendarException

days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
exceptions = st.dictionaries(days, st.tuples(st.booleans(), st.just("调休")), max_size=12)
calendars = exceptions.map(Calendar)

# 国务院办公厅关于 2024、2025、2026 年部分节假日安排的通知: first and last day off, and the days worked instead.
HOLIDAYS = [
    ("元旦", (2024, 1, 1), 1, []),
    ("春节", (2024, 2, 10), 8, [(2024, 2, 4), (2024, 2, 18)]),
    ("清明", (2024, 4, 4), 3, [(2024, 4, 7)]),
    ("劳动节", (2024, 5, 1), 5, [(2024, 4, 28), (2024, 5, 11)]),
    ("端午", (2024, 6, 10), 1, []),
    ("中秋", (2024, 9, 15), 3, [(2024, 9, 14)]),
    ("国庆节", (2024, 10, 1), 7, [(2024, 9, 29), (2024, 10, 12)]),
    ("元旦", (2025, 1, 1), 1, []),
    ("春节", (2025, 1, 28), 8, [(2025, 1, 26), (2025, 2, 8)]),
    ("清明", (2025, 4, 4), 3, []),
    ("劳动节", (2025, 5, 1), 5, [(2025, 4, 27)]),
    ("端午", (2025, 5, 31), 3, []),
    ("国庆节", (2025, 10, 1), 8, [(2025, 9, 28), (2025, 10, 11)]),
    ("元旦", (2026, 1, 1), 3, [(2026, 1, 4)]),
    ("春节", (2026, 2, 15), 9, [(2026, 2, 14), (2026, 2, 28)]),
    ("清明", (2026, 4, 4), 3, []),
    ("劳动节", (2026, 5, 1), 5, [(2026, 5, 9)]),
    ("端午", (2026, 6, 19), 3, []),
    ("中秋", (2026, 9, 25), 3, []),
    ("国庆节", (2026, 10, 1), 7, [(2026, 9, 20), (2026, 10, 10)]),
]


@pytest.mark.parametrize(("name", "first", "length", "made_up"), HOLIDAYS)
def test_published_holidays_are_off_and_their_make_up_days_on(name, first, length, made_up):
    off = [date(*first) + timedelta(days=number) for number in range(length)]
    assert [day for day in off if PUBLISHED.is_workday(day)] == []
    assert name in {PUBLISHED.why_off(day) for day in off}
    assert all(PUBLISHED.is_workday(date(*day)) and PUBLISHED.why_off(date(*day)) == "" for day in made_up)
    assert all(date(*day).weekday() >= 5 for day in made_up)


@pytest.mark.parametrize(("year", "expected"), [(2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(year, expected):
    assert PUBLISHED.workdays_between(date(year - 1, 12, 31), date(year, 12, 31)) == expected


def test_years_that_are_not_published_are_mondays_to_fridays():
    assert [PUBLISHED.is_workday(date(2030, 10, day)) for day in range(1, 8)] == [True] * 4 + [False] * 2 + [True]
    assert PUBLISHED.why_off(date(2030, 10, 5)) == weekday_name(date(2030, 10, 5)) == "周六"
    assert PUBLISHED.is_workday(date(1999, 10, 1))


def test_what_the_office_enters_comes_first(db):
    CalendarException.objects.create(day=date(2027, 10, 1), is_workday=False, name="国庆节放假")
    CalendarException.objects.create(day=date(2027, 10, 9), is_workday=True, name="国庆节调休")
    assert not is_workday(date(2027, 10, 1))
    assert is_workday(date(2027, 10, 9))
    assert add_workdays(date(2027, 9, 30), 1) == date(2027, 10, 4)
    assert workdays_between(date(2027, 9, 30), date(2027, 10, 9)) == 6
    assert load_calendar().why_off(date(2027, 10, 1)) == "国庆节放假"
    assert load_calendar().next_workday(date(2027, 10, 1)) == date(2027, 10, 4)


def test_a_span_is_one_query(db):
    with CaptureQueriesContext(connection) as queries:
        calendar = load_calendar()
        assert calendar.workdays_between(date(2020, 1, 1), date(2030, 1, 1)) > 2000
    assert len(queries) == 1


def test_a_day_has_one_exception_of_a_plausible_year(db):
    row = CalendarException.objects.create(day=date(2027, 10, 1), name="国庆节放假")
    assert str(row) == "2027-10-01 放假（国庆节放假）"
    with pytest.raises(ValidationError):
        CalendarException(day=date(2027, 10, 1), name="又一次").full_clean()
    with pytest.raises(IntegrityError):
        CalendarException.objects.create(day=date(227, 10, 1), name="年份错了")


@given(calendars, days, st.integers(-40, 40).filter(bool))
def test_so_many_days_on_are_so_many_days_between(calendar, day, count):
    there = calendar.add_workdays(day, count)
    assert calendar.is_workday(there)
    if count > 0:
        assert calendar.workdays_between(day, there) == count
    else:
        assert calendar.workdays_between(there - timedelta(days=1), day - timedelta(days=1)) == -count


@given(calendars, days, days, days)
def test_waiting_days_add_up(calendar, a, b, c):
    between = calendar.workdays_between
    assert between(a, b) + between(b, c) == between(a, c)
    assert between(a, b) == -between(b, a)


@given(calendars, days)
def test_the_next_working_day_is_worked_and_nothing_between_is(calendar, day):
    there = calendar.next_workday(day)
    assert calendar.is_workday(there)
    assert calendar.workdays_between(day, there) == (there > day)
    assert calendar.add_workdays(day, 0) == day
