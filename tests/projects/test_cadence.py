"""The rhythms against other people's calendars: python-dateutil's rrule, and the package chinesecalendar day by day."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from organizations.calendar import PUBLISHED, Calendar
from projects.schedule.cadence import RECURRING, STEP_MONTHS, Cadence, Occurrence, by_month
from projects.states import Rhythm

FIRST, LAST = date(2016, 1, 1), date(2025, 12, 31)
ONE_DAY = timedelta(days=1)
DAYS = st.dates(FIRST, LAST)
WINDOWS = st.tuples(DAYS, DAYS).map(sorted)
RHYTHMS = st.sampled_from(sorted(RECURRING))
many = effort(max_examples=120, deadline=None)


def turns(rhythm, first, last, anchor, calendar=PUBLISHED, **fields) -> list[Occurrence]:
    return Cadence(rhythm, **fields).occurrences(first, last, anchor=anchor, calendar=calendar)


def begins(rhythm, anchor: date, last: date) -> list[date]:
    """When periods begin from the anchor on, as rrule says; a day that the month doesn't have is its last one."""
    given = {"dtstart": anchor, "until": last}
    if rhythm == Rhythm.DAILY:
        found = rrule(DAILY, **given)
    elif rhythm == Rhythm.WEEKLY:
        found = rrule(WEEKLY, **given)
    else:
        # From the 1st of the anchor's month, so that a month without the anchor's day isn't left out.
        days = list(range(min(28, anchor.day), anchor.day + 1))
        months = STEP_MONTHS[rhythm]
        found = rrule(MONTHLY, dtstart=anchor.replace(day=1), until=last, interval=months, bymonthday=days, bysetpos=-1)
    return [moment.date() for moment in found]


@many
@given(RHYTHMS, WINDOWS, DAYS)
def test_turns_follow_one_another_through_the_whole_window(rhythm, window, anchor):
    first, last = window
    found = turns(rhythm, first, last, anchor)
    assert (found[0].starts_on, found[-1].due_on) == (first, last)
    assert all(turn.starts_on <= turn.due_on for turn in found)
    assert [turn.due_on + ONE_DAY for turn in found[:-1]] == [turn.starts_on for turn in found[1:]]
    assert len({turn.label for turn in found}) == len(found)


@many
@given(RHYTHMS, WINDOWS)
def test_they_begin_when_rrule_says(rhythm, window):
    first, last = window
    assert [turn.starts_on for turn in turns(rhythm, first, last, first)] == begins(rhythm, first, last)


@many
@given(RHYTHMS, WINDOWS, DAYS)
def test_a_window_cuts_turns_and_never_shifts_them(rhythm, window, anchor):
    first, last = window
    anchor = min(anchor, first)
    later = [day for day in begins(rhythm, anchor, last) if day > first]
    assert [turn.starts_on for turn in turns(rhythm, first, last, anchor)] == [first, *later]


@many
@given(RHYTHMS, WINDOWS, DAYS)
def test_moved_due_days_are_worked_and_stay_within(rhythm, window, anchor):
    first, last = window
    still = turns(rhythm, first, last, anchor)
    moved = turns(rhythm, first, last, anchor, is_due_moved=True)
    assert all(first <= turn.starts_on <= turn.due_on <= last for turn in moved)
    dues = [turn.due_on for turn in moved]
    assert dues == sorted(dues)
    days = [first + ONE_DAY * number for number in range((last - first).days + 1)]
    worked = [day for day in days if chinese_calendar.is_workday(day)]
    # It stays on a day off only where nobody works from the turn's beginning to the end of the window.
    assert not [
        turn
        for turn in moved
        if not chinese_calendar.is_workday(turn.due_on) and worked and worked[-1] >= turn.starts_on
    ]
    if rhythm == Rhythm.DAILY:
        assert dues == worked
    else:
        assert len(moved) == len(still)


@many
@given(DAYS, st.integers(1, 60), st.dates(FIRST, date(2025, 6, 30)))
def test_working_days_are_counted_as_the_published_calendar_counts_them(first, number, anchor):
    day, worked = anchor, 0
    while worked < number:
        day += ONE_DAY
        worked += chinese_calendar.is_workday(day)
    first = min(first, anchor)
    found = turns(Rhythm.WORKDAYS, first, LAST, anchor, number=number)
    assert found == [Occurrence(first, day)]
    assert turns(Rhythm.WORKDAYS, first, day - ONE_DAY, anchor, number=number) == []


@many
@given(DAYS, DAYS, st.integers(1, 60))
def test_the_office_can_say_otherwise(anchor, off, number):
    """An exception moves what lies at or behind it by one working day."""
    closed = Calendar({off: (False, "示例放假")})
    plain = turns(Rhythm.WORKDAYS, anchor, date(2030, 1, 1), anchor, number=number)[0].due_on
    found = turns(Rhythm.WORKDAYS, anchor, date(2030, 1, 1), anchor, number=number, calendar=closed)[0].due_on
    hit = anchor < off <= plain and PUBLISHED.is_workday(off)
    assert found == (PUBLISHED.add_workdays(plain, 1) if hit else plain)


@many
@given(WINDOWS, DAYS, st.integers(1, 99))
def test_a_fraction_by_a_date(window, day, percent):
    first, last = window
    found = turns(Rhythm.FRACTION, first, last, first, number=percent, on_day=day)
    if not first <= day < last:
        assert found == []
        return
    assert [(turn.due_on, turn.share) for turn in found] == [(day, percent), (last, 100)]
    assert (found[0].starts_on, found[1].starts_on) == (first, day + ONE_DAY)


@many
@given(WINDOWS, DAYS)
def test_once_and_a_fixed_day(window, day):
    first, last = window
    assert turns(Rhythm.ONCE, first, last, day) == [Occurrence(first, last)]
    fixed = turns(Rhythm.FIXED, first, last, first, on_day=day)
    assert fixed == ([Occurrence(day, day)] if first <= day <= last else [])


@many
@given(st.sampled_from([Rhythm.DAILY, Rhythm.WEEKLY]), WINDOWS, DAYS, st.booleans())
def test_more_often_than_monthly_is_told_by_the_month(rhythm, window, anchor, is_due_moved):
    first, last = window
    found = turns(rhythm, first, last, anchor, is_due_moved=is_due_moved)
    months = by_month(found)
    assert sum(month.times for month in months) == len(found)
    assert [(m.due_on.year, m.due_on.month) for m in months] == sorted({(t.due_on.year, t.due_on.month) for t in found})
    assert len({month.label for month in months}) == len(months)


@pytest.mark.parametrize(
    ("rhythm", "labels"),
    [
        (Rhythm.MONTHLY, ["7月", "8月", "9月", "10月", "11月"]),
        (Rhythm.TWO_MONTHLY, ["7—8月", "9—10月", "11月"]),
        (Rhythm.QUARTERLY, ["7—9月", "10—11月"]),
        (Rhythm.HALF_YEARLY, ["7—11月"]),
        (Rhythm.YEARLY, ["2026年"]),
    ],
)
def test_labels_as_people_say_them(rhythm, labels):
    first = date(2026, 7, 1)
    assert [turn.label for turn in turns(rhythm, first, date(2026, 11, 18), first)] == labels


def test_labels_of_two_years_and_of_other_beginnings():
    years = turns(Rhythm.MONTHLY, date(2026, 12, 1), date(2028, 1, 31), date(2026, 12, 1))
    assert [years[0].label, years[12].label] == ["2026年12月", "2027年12月"]
    odd = turns(Rhythm.MONTHLY, date(2026, 1, 31), date(2026, 4, 30), date(2026, 1, 31))
    assert [(turn.label, turn.starts_on) for turn in odd] == [
        ("第1期", date(2026, 1, 31)),
        ("第2期", date(2026, 2, 28)),
        ("第3期", date(2026, 3, 31)),
        ("第4期", date(2026, 4, 30)),
    ]
