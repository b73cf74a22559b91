"""When a month's report is due, as a rule that can be told in words and shown before it is saved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from organizations.calendar import ONE_DAY, PUBLISHED, Calendar, load_calendar, weekday_name
from projects.states import DueKind

DUE_TIME = time(18, 0)
LATEST_DAY, LATEST_WORKDAY = 28, 15  # every month has so many


@dataclass(frozen=True)
class DueDay:
    """The day on which the report of `month` is due; `fixed` is the day before it was moved, None if it wasn't."""

    month: date
    day: date
    fixed: date | None = None
    why_moved: str = ""

    @property
    def at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.day, DUE_TIME))

    @property
    def weekday(self) -> str:
        return weekday_name(self.day)


@dataclass(frozen=True)
class DueRule:
    """`number` is the day of the month or the number of the working day, as `kind` says."""

    kind: DueKind
    number: int
    is_moved: bool = False

    @property
    def asks_calendar(self) -> bool:
        return self.kind == DueKind.NEXT_MONTH_WORKDAY or self.is_moved

    def load_calendar(self) -> Calendar:
        """The calendar as far as the rule needs it: a fixed day needs none, and no query."""
        return load_calendar() if self.asks_calendar else PUBLISHED

    def due_day(self, month: date, calendar: Calendar) -> DueDay:
        if self.kind == DueKind.NEXT_MONTH_WORKDAY:
            return DueDay(month, calendar.add_workdays(month + relativedelta(months=1) - ONE_DAY, self.number))
        fixed = month + relativedelta(months=int(self.kind == DueKind.NEXT_MONTH), day=self.number)
        day = calendar.next_workday(fixed) if self.is_moved else fixed
        return DueDay(month, day) if day == fixed else DueDay(month, day, fixed, calendar.why_off(fixed))

    def due_days(self, months: Iterable[date]) -> list[DueDay]:
        """One query at most, however many months."""
        calendar = self.load_calendar()
        return [self.due_day(month, calendar) for month in months]

    def __str__(self) -> str:
        """次月第 3 个工作日 18:00 截止；当月 25 日 18:00 截止，遇休息日顺延."""
        if self.kind == DueKind.NEXT_MONTH_WORKDAY:
            return f"次月第 {self.number} 个工作日 {DUE_TIME:%H:%M} 截止"
        when = "次月" if self.kind == DueKind.NEXT_MONTH else "当月"
        return f"{when} {self.number} 日 {DUE_TIME:%H:%M} 截止{'，遇休息日顺延' if self.is_moved else ''}"
