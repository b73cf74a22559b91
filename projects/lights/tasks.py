"""A site's task against its calendar."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from projects.lights.facts import Facts
from projects.models.schedule import Planned


@dataclass(slots=True)
class PlannedTask(Planned):
    """A task as it was planned at a moment: of tens of thousands only what a light needs."""

    pk: int
    name: str
    occurrence: str
    milestone_on: date | None
    milestone_percent: int | None
    starts_on: date
    due_on: date

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Task:
    """A task as reported by `known_on`, the end of the last accepted month (or the moment itself, if none is)."""

    site_id: int
    item: PlannedTask
    percent: int
    known_on: date
    facts: Facts

    @property
    def report_id(self) -> int | None:
        """The report in which its progress can be told."""
        return self.facts.open_reports.get(self.site_id)

    @cached_property
    def expected(self) -> int:
        return self.item.expected_percent(self.known_on)

    @property
    def behind(self) -> int:
        """Percentage points behind the calendar; 0 or less when it isn't."""
        return self.expected - self.percent

    @property
    def days_overdue(self) -> int:
        return self.item.days_overdue(self.percent, self.known_on)

    @property
    def is_overdue(self) -> bool:
        return self.days_overdue > 0

    def behind_since(self, points: int) -> date:
        """The first day on which what is reported now was so many points behind; 序时进度 only grows."""
        first, last = self.item.starts_on, self.known_on
        while first < last:
            middle = first + timedelta(days=(last - first).days // 2)
            if self.item.expected_percent(middle) - self.percent >= points:
                last = middle
            else:
                first = middle + timedelta(days=1)
        return first
