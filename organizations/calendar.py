"""Working days: the published Chinese holidays with their make-up days, and what the office enters on top.

The package chinesecalendar knows the years whose arrangements (国务院办公厅关于节假日安排的通知) are published; of later years
Mondays to Fridays are worked until somebody enters what is known (CalendarException) or the package is updated.

Whoever asks about more than one day loads the calendar once, which is one query, and asks it:

    calendar = load_calendar()
    calendar.is_workday(day); calendar.add_workdays(day, 3); calendar.workdays_between(sent_on, today)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import chinese_calendar

from organizations.models import CalendarException

ONE_DAY = timedelta(days=1)
FIRST_YEAR = min(chinese_calendar.holidays).year
LAST_YEAR = max(chinese_calendar.holidays).year  # of which the holidays are published
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Calendar:
    """The working days. `exceptions` by day: whether it is worked, and the name of the occasion."""

    exceptions: Mapping[date, tuple[bool, str]] = field(default_factory=dict)

    def is_workday(self, day: date) -> bool:
        return self.exceptions[day][0] if day in self.exceptions else _is_published_workday(day)

    def add_workdays(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, before it when negative; `day` itself for 0, worked or not."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_workday(day):
                day += step
        return day

    def next_workday(self, day: date) -> date:
        """`day` itself when it is worked, else the first working day after it."""
        return day if self.is_workday(day) else self.add_workdays(day, 1)

    def workdays_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`: what a paper that came on `start` has lain by `end`.

        Parts add up: between(a, b) + between(b, c) == between(a, c). Negative when `end` lies before `start`.
        """
        if end < start:
            return -self.workdays_between(end, start)
        return sum(self.is_workday(start + ONE_DAY * number) for number in range(1, (end - start).days + 1))

    def why_off(self, day: date) -> str:
        """Why nobody works on `day`, in words: 国庆节, 周六, or the name of an exception; empty for a working day."""
        if self.is_workday(day):
            return ""
        return self.exceptions[day][1] if day in self.exceptions else _published_name(day)


PUBLISHED = Calendar()  # without the office's exceptions, and without a query


def load_calendar() -> Calendar:
    """The calendar as it stands now; one query. Keep it for one request or one run, never longer."""
    rows = CalendarException.objects.values_list("day", "is_workday", "name")
    return Calendar({day: (is_workday, name) for day, is_workday, name in rows})


def is_workday(day: date) -> bool:
    return load_calendar().is_workday(day)


def add_workdays(day: date, count: int) -> date:
    return load_calendar().add_workdays(day, count)


def workdays_between(start: date, end: date) -> int:
    return load_calendar().workdays_between(start, end)


def weekday_name(day: date) -> str:
    return f"周{WEEKDAYS[day.weekday()]}"


@cache
def _is_published_workday(day: date) -> bool:
    return chinese_calendar.is_workday(day) if _is_known(day) else day.weekday() < 5


def _published_name(day: date) -> str:
    """The holiday's name, or the day of the week."""
    holiday = chinese_calendar.holidays.get(day) if _is_known(day) else None
    return chinese_calendar.Holiday(holiday).chinese if holiday else weekday_name(day)


def _is_known(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR
