"""The lines of the sheet, and what is out of the ordinary about each."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from fedwork.numbers import grouped_number, plain_number
from projects.counting import Origin
from projects.models import Measure, ScheduleItem
from projects.states import Mark

ENOUGH_MONTHS = 3  # from how many earlier months a usual range can be told


class Anomaly(NamedTuple):
    """What needs a line of reason: the key of the field, and what struck us, in a sentence."""

    key: str
    sentence: str


@dataclass
class FigureLine:
    """One measure: `last` is last month's value, `past` those of up to 12 earlier months, `earlier` the sum over the
    accepted months before this one. Corrections of accepted reports are in all of them. `origin`: the
    records of the site from which the value is counted; None when it is typed."""

    measure: Measure
    last: Decimal | None = None
    earlier: Decimal = Decimal(0)
    value: Decimal | None = None
    past: list[Decimal] = field(default_factory=list)
    origin: Origin | None = None

    @property
    def key(self) -> str:
        return f"figure_{self.measure.pk}"

    @property
    def is_counted(self) -> bool:
        return self.origin is not None

    @property
    def last_typed(self) -> str:
        """As 同上月 fills it in; empty when last month says nothing."""
        return plain_number(self.last)

    @property
    def cumulative(self) -> Decimal:
        return self.earlier + (self.value or 0)

    @property
    def change(self) -> Decimal | None:
        """Against last month; None when either is missing."""
        return None if self.value is None or self.last is None else self.value - self.last

    @property
    def anomaly(self) -> Anomaly | None:
        """Half as much again, or half as little, as last month; outside the range of the past months. A difference
        within the measure's tolerance is everyday, however large it is in percent: one training instead of none."""
        if self.value is None or self.measure.tolerance is None:
            return None
        if self.last and self._is_far(self.last) and abs(self.change) * 2 > self.last:
            shown = f"{grouped_number(self.last)} 变为 {grouped_number(self.value)}"
            return Anomaly(self.key, f"“{self.measure}”由上月的 {shown}，相差一半以上。")
        if len(self.past) >= ENOUGH_MONTHS and self._is_far(min(self.past)) and self._is_far(max(self.past)):
            low, high = min(self.past), max(self.past)
            if not low <= self.value <= high:
                usual = f"{grouped_number(low)} 至 {grouped_number(high)}"
                return Anomaly(self.key, f"“{self.measure}”{grouped_number(self.value)}，以前各月在 {usual} 之间。")
        return None

    def _is_far(self, other: Decimal) -> bool:
        return abs(self.value - other) > self.measure.tolerance


@dataclass
class TaskLine:
    """One task: percents are cumulative; `last_percent` stood at the end of the last month that was reported.

    A task that was finished by then is settled: it is shown, and not asked for again.
    """

    item: ScheduleItem
    day: date
    last_percent: int = 0
    last_done_on: date | None = None
    percent: int | None = None
    done_on: date | None = None
    attached: int = 0  # files of this task in any report of the site, where some are asked for

    @property
    def percent_key(self) -> str:
        return f"percent_{self.item.pk}"

    @property
    def done_key(self) -> str:
        return f"done_{self.item.pk}"

    @property
    def evidence_key(self) -> str:
        return f"evidence_{self.item.pk}"

    @property
    def evidence_missing(self) -> int:
        """How many files are wanting before the task may be called done."""
        return max(0, self.item.evidence_count - self.attached)

    @property
    def is_settled(self) -> bool:
        return self.last_percent == 100

    @property
    def finished_on(self) -> date | None:
        return self.last_done_on if self.is_settled else self.done_on

    @property
    def reached(self) -> int:
        return self.last_percent if self.percent is None or self.is_settled else self.percent

    @property
    def this_month(self) -> int:
        return self.reached - self.last_percent

    @property
    def expected(self) -> int:
        return self.item.expected_percent(self.day)

    @property
    def is_lagging(self) -> bool:
        return self.item.is_lagging(self.reached, self.day)

    @property
    def days_overdue(self) -> int:
        return self.item.days_overdue(self.reached, self.day)

    @property
    def mark(self) -> Mark:
        """Against the plan, in words."""
        if self.reached == 100:
            return Mark("已完成", "ok")
        if self.days_overdue:
            return Mark(f"逾期 {self.days_overdue} 天", "bad")
        return Mark(f"滞后，序时 {self.expected}%", "warn") if self.is_lagging else Mark("按时", "ok")

    @property
    def anomaly(self) -> Anomaly | None:
        if self.percent is None or self.percent >= self.last_percent:
            return None
        sentence = f"“{self.item.name}”本期末 {self.percent}%，低于上期末的 {self.last_percent}%。"
        return Anomaly(self.percent_key, sentence)
