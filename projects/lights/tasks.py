"""A site's task against its calendar."""

from dataclasses import dataclass
from datetime import date, timedelta

from projects.models import ScheduleItem


@dataclass(frozen=True)
class Task:
    """A task as reported by `known_on`, the end of the last accepted month (or the moment itself, if none is).

    `report_id` is the report in which its progress can be told."""

    site_id: int
    item: ScheduleItem
    percent: int
    known_on: date
    report_id: int | None = None

    @property
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
