"""Rhythms as data: which dates a task has between its first and its last day. Nothing here asks the database.

    cadence = Cadence(Rhythm.MONTHLY)
    cadence.occurrences(date(2026, 7, 1), date(2026, 11, 18), anchor=date(2026, 7, 1), calendar=load_calendar())

A recurring task has a period for each turn: periods follow one another without gap or overlap, counted from the anchor,
and the first and the last are cut to the window. An anchor on the 31st means the last day of shorter months.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count, groupby

from dateutil.relativedelta import relativedelta

from organizations.calendar import Calendar
from projects.states import Rhythm

ONE_DAY = timedelta(days=1)
WHOLE = 100
STEP_DAYS = {Rhythm.DAILY: 1, Rhythm.WEEKLY: 7}
STEP_MONTHS = {
    Rhythm.MONTHLY: 1,
    Rhythm.TWO_MONTHLY: 2,
    Rhythm.QUARTERLY: 3,
    Rhythm.HALF_YEARLY: 6,
    Rhythm.YEARLY: 12,
}
RECURRING = STEP_DAYS.keys() | STEP_MONTHS.keys()
LONGEST_WORKDAYS = 500


@dataclass(frozen=True)
class Occurrence:
    """One turn of a task. `label` tells it from the others (7月, 9—10月, 第3周), empty where there is only one; `share`
    is how many percent of the whole are to be done by `due_on`; `times` how often within it (more than monthly)."""

    starts_on: date
    due_on: date
    label: str = ""
    share: int = WHOLE
    times: int = 1


@dataclass(frozen=True)
class Cadence:
    """`number` is the N of the working days, or the percent of a fraction; `on_day` the fixed day, or that by which the
    fraction is due. With `is_due_moved` what would be due on a day off is due on the next working day, or on the last
    one before it where the window ends; of a daily task the days off fall out."""

    rhythm: str
    number: int | None = None
    on_day: date | None = None
    is_due_moved: bool = False

    def occurrences(self, first: date, last: date, *, anchor: date, calendar: Calendar) -> list[Occurrence]:
        """In ascending order, all between `first` and `last`. Empty where the one day asked for lies outside."""
        if self.rhythm in RECURRING:
            return list(self._turns(first, last, anchor, calendar))
        whole = Occurrence(first, last)
        if self.rhythm == Rhythm.FIXED:
            whole = Occurrence(self.on_day, self.on_day)
        elif self.rhythm == Rhythm.WORKDAYS:
            whole = Occurrence(first, calendar.add_workdays(anchor, self.number))
        elif self.rhythm == Rhythm.FRACTION:
            return self._parts(first, last)
        if not first <= whole.starts_on <= whole.due_on <= last:
            return []
        return [replace(whole, due_on=self._moved(whole.due_on, whole.starts_on, last, calendar))]

    def _parts(self, first: date, last: date) -> list[Occurrence]:
        """Half by the end of September, say, and the rest by the last day."""
        if not first <= self.on_day < last:
            return []
        day = self.on_day
        until = Occurrence(first, day, f"{day.month}月{day.day}日前", self.number)
        return [until, Occurrence(day + ONE_DAY, last, "全部完成")]

    def _turns(self, first: date, last: date, anchor: date, calendar: Calendar) -> Iterator[Occurrence]:
        number = 0
        spans_years = last > first + relativedelta(years=1) - ONE_DAY
        for begins, ends in periods(self.rhythm, anchor, first, last):
            starts_on, due_on = max(begins, first), min(ends, last)
            if self.rhythm == Rhythm.DAILY and self.is_due_moved and not calendar.is_workday(due_on):
                continue
            number += 1
            label = self._label(starts_on, due_on, number, is_aligned=anchor.day == 1, says_year=spans_years)
            yield Occurrence(starts_on, self._moved(due_on, starts_on, last, calendar), label)

    def _moved(self, due_on: date, starts_on: date, last: date, calendar: Calendar) -> date:
        """To a working day, the next one or else the last one before it; where the window has none it stays."""
        if not self.is_due_moved or calendar.is_workday(due_on):
            return due_on
        later, earlier = calendar.next_workday(due_on), calendar.add_workdays(due_on, -1)
        if later <= last:
            return later
        return earlier if earlier >= starts_on else due_on

    def _label(self, starts_on: date, due_on: date, number: int, *, is_aligned: bool, says_year: bool) -> str:
        year = f"{starts_on.year}年" if says_year else ""
        if self.rhythm == Rhythm.DAILY:
            return f"{year}{starts_on.month}月{starts_on.day}日"
        if self.rhythm == Rhythm.WEEKLY:
            return f"第{number}周"
        if not is_aligned:
            return f"第{number}期"
        if self.rhythm == Rhythm.YEARLY:
            return f"{starts_on.year}年"
        same = (starts_on.year, starts_on.month) == (due_on.year, due_on.month)
        return f"{year}{starts_on.month}月" if same else f"{year}{starts_on.month}—{due_on.month}月"


def periods(rhythm: str, anchor: date, first: date, last: date) -> Iterator[tuple[date, date]]:
    """(first day, last day) of each period that has a day between `first` and `last`, also before the anchor."""
    for number in count(_number_before(rhythm, anchor, first)):
        begins = _begin(rhythm, anchor, number)
        if begins > last:
            return
        ends = _begin(rhythm, anchor, number + 1) - ONE_DAY
        if ends >= first:
            yield begins, ends


def _begin(rhythm: str, anchor: date, number: int) -> date:
    """Always counted from the anchor itself: the 31st comes back after February."""
    if rhythm in STEP_DAYS:
        return anchor + timedelta(days=number * STEP_DAYS[rhythm])
    return anchor + relativedelta(months=number * STEP_MONTHS[rhythm])


def _number_before(rhythm: str, anchor: date, first: date) -> int:
    """A period that begins on `first` or earlier, by no more than two."""
    if rhythm in STEP_DAYS:
        return (first - anchor).days // STEP_DAYS[rhythm]
    months = 12 * (first.year - anchor.year) + first.month - anchor.month
    return months // STEP_MONTHS[rhythm] - 1


def by_month(occurrences: list[Occurrence]) -> list[Occurrence]:
    """What comes round more often than monthly, as one a month with the number of times: nobody reports day by day."""
    groups = groupby(occurrences, key=lambda each: (each.due_on.year, each.due_on.month))
    found = [(month, list(turns)) for month, turns in groups]
    says_year = len({month for (_, month), _ in found}) < len(found)
    return [
        Occurrence(
            turns[0].starts_on, turns[-1].due_on, f"{f'{year}年' if says_year else ''}{month}月", times=len(turns)
        )
        for (year, month), turns in found
    ]
