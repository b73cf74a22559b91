"""Where things stand on a timeline, as attributes of SVG shapes: positions in percent of the width, so that the same
picture fits a screen, a phone and a sheet of A4."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from projects.models import Stage
from projects.schedule.plans import PlanLine, StagePlan

ONE_DAY = timedelta(days=1)
LABEL_ROOM = 84  # percent of the width up to which a bar has room for its label at the right
LABEL_NEEDS = 16
NARROW = 9  # a bar of less is too narrow for words in it


@dataclass(frozen=True)
class Span:
    """From `x` so many percent wide."""

    x: float
    width: float

    @property
    def left(self) -> str:
        return f"{self.x:.2f}%"

    @property
    def wide(self) -> str:
        return f"{self.width:.2f}%"

    @property
    def right(self) -> str:
        return f"{self.x + self.width:.2f}%"

    @property
    def middle(self) -> str:
        return f"{self.x + self.width / 2:.2f}%"

    @property
    def is_narrow(self) -> bool:
        return self.width < NARROW

    def part(self, percent: float) -> "Span":
        return Span(self.x, self.width * percent / 100)


@dataclass(frozen=True)
class Axis:
    """Whole months from the first to the last day that something has to do with."""

    first: date
    last: date
    today: date

    @classmethod
    def over(cls, days: list[date], today: date) -> "Axis":
        return cls(min(days).replace(day=1), max(days) + relativedelta(day=31), today)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def at(self, day: date) -> float:
        """Where the day begins."""
        return 100 * (day - self.first).days / self.days

    def span(self, starts_on: date, ends_on: date) -> Span:
        begin, end = max(0.0, self.at(starts_on)), min(100.0, self.at(ends_on + ONE_DAY))
        return Span(begin, max(0.0, end - begin))

    @property
    def months(self) -> list[tuple[str, Span]]:
        """(7月, its span); the year where it changes."""
        found, month = [], self.first
        while month <= self.last:
            year = f"{month.year}年" if month.month == 1 or month == self.first else ""
            found.append((f"{year}{month.month}月", self.span(month, month + relativedelta(day=31))))
            month += relativedelta(months=1)
        return found

    @property
    def lines(self) -> list[str]:
        """Where months begin, without the left edge."""
        return [span.left for _, span in self.months[1:]]

    @property
    def now(self) -> str:
        """The middle of today; empty when it lies outside."""
        return f"{self.at(self.today) + 50 / self.days:.2f}%" if self.first <= self.today <= self.last else ""


@dataclass(frozen=True)
class TaskBar:
    """A task: its plan with what is reached of it, the baseline where they differ, the milestone, the label."""

    line: PlanLine
    plan: Span
    baseline: Span | None
    node: str

    @property
    def reached(self) -> Span:
        return self.plan.part(self.line.progress.percent)

    @property
    def tag(self) -> str:
        return self.line.progress.mark.tag

    @property
    def label(self) -> str:
        day = self.line.item.due_on
        return f"{day.month}月{day.day}日"

    @property
    def is_label_left(self) -> bool:
        """No room at the right end."""
        return self.plan.x + self.plan.width > LABEL_ROOM and self.plan.x >= LABEL_NEEDS

    @property
    def is_label_inside(self) -> bool:
        return self.plan.x + self.plan.width > LABEL_ROOM and not self.is_label_left

    @property
    def words(self) -> str:
        item, progress = self.line.item, self.line.progress
        return f"{item}：{item.starts_on} 至 {item.due_on}，完成 {progress.percent}%，{progress.mark.word}"


@dataclass
class StageBars:
    """A stage of a site's timeline with its tasks."""

    plan: StagePlan
    span: Span
    bars: list[TaskBar] = field(default_factory=list)


def site_timeline(stages: list[StagePlan], today: date) -> tuple[Axis, list[StageBars]] | None:
    """None where there is no schedule yet."""
    days = [day for plan in stages for day in _days_of(plan)]
    if not days:
        return None
    axis = Axis.over(days, today)
    return axis, [
        StageBars(plan, axis.span(plan.stage.starts_on, plan.stage.ends_on), [_bar(axis, line) for line in plan.lines])
        for plan in stages
    ]


def _days_of(plan: StagePlan) -> list[date]:
    days = [plan.stage.starts_on, plan.stage.ends_on]
    for line in plan.lines:
        item = line.item
        days += [item.starts_on, item.due_on, item.baseline_starts_on, item.baseline_due_on]
    return days


def _bar(axis: Axis, line: PlanLine) -> TaskBar:
    item = line.item
    baseline = axis.span(item.baseline_starts_on, item.baseline_due_on) if item.is_replanned else None
    node = f"{axis.at(item.milestone_on + ONE_DAY):.2f}%" if item.milestone_on else ""
    return TaskBar(line, axis.span(item.starts_on, item.due_on), baseline, node)


def stage_span(axis: Axis, stage: Stage) -> Span:
    return axis.span(stage.starts_on, stage.ends_on)
