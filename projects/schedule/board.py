"""The timeline of many sites: a row each with its stages, the worst first."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from projects.models import ProjectSite, ScheduleItem, Stage
from projects.models.schedule import is_overdue, overdue
from projects.progress import latest_lines
from projects.schedule.reached import with_reached
from projects.schedule.timeline import Axis, Span, stage_span
from projects.states import Mark


@dataclass
class StageCell:
    """One stage of one site: how many of its tasks there are, how many are done, how many overdue."""

    stage: Stage
    today: date
    span: Span
    tasks: int = 0
    done: int = 0
    overdue: int = 0

    @property
    def short(self) -> str:
        """启动 for 启动阶段."""
        return self.stage.get_kind_display().removesuffix("阶段")

    @property
    def filled(self) -> Span:
        return self.span.part(100 * self.done / self.tasks if self.tasks else 0)

    @property
    def tag(self) -> str:
        if self.stage.is_completed:
            return "ok"
        if self.overdue or self.stage.days_over(self.today):
            return "bad"
        return "wait" if self.stage.starts_on <= self.today else "idle"


@dataclass
class BoardRow:
    site: ProjectSite
    cells: list[StageCell]
    late: list[tuple[str, str]] = field(default_factory=list)  # where overdue tasks were due, and which they are

    @property
    def tasks(self) -> int:
        return sum(cell.tasks for cell in self.cells)

    @property
    def done(self) -> int:
        return sum(cell.done for cell in self.cells)

    @property
    def overdue(self) -> int:
        return sum(cell.overdue for cell in self.cells)

    @property
    def current(self) -> StageCell | None:
        """Where the site stands: the first stage that isn't completed."""
        return next((cell for cell in self.cells if not cell.stage.is_completed), None)

    @property
    def days_over(self) -> int:
        return self.current.stage.days_over(self.current.today) if self.current else 0

    @property
    def stands(self) -> str:
        return self.current.stage.get_kind_display() if self.current else "各阶段已完成"

    @property
    def mark(self) -> Mark:
        if self.overdue:
            return Mark(f"逾期 {self.overdue} 项", "bad")
        return Mark("阶段超期", "warn") if self.days_over else Mark("按时", "ok")

    @property
    def words(self) -> str:
        over = f"，超期 {self.days_over} 天" if self.days_over else ""
        return f"{self.site}：{self.stands}{over}，任务完成 {self.done}/{self.tasks}，逾期 {self.overdue} 项"


@dataclass
class ScheduleBoard:
    axis: Axis | None
    rows: list[BoardRow]

    @property
    def overdue_sites(self) -> int:
        return sum(bool(row.overdue) for row in self.rows)

    @property
    def overdue_tasks(self) -> int:
        return sum(row.overdue for row in self.rows)


def schedule_board(sites: QuerySet, today: date) -> ScheduleBoard:
    """Worst first: most tasks overdue, then longest beyond the end of its stage, then in the order given. Four
    queries."""
    here = sites.order_by().values("pk")
    stages = list(Stage.objects.filter(site__in=here).order_by("starts_on", "pk"))
    if not stages:
        return ScheduleBoard(None, [])
    axis = Axis.over([day for stage in stages for day in (stage.starts_on, stage.ends_on)], today)
    counts, cells = _counts(here, today), defaultdict(list)
    for stage in stages:
        cells[stage.site_id].append(StageCell(stage, today, stage_span(axis, stage), **counts.get(stage.pk, {})))
    rows = [BoardRow(site, cells[site.pk]) for site in sites if site.pk in cells]
    return ScheduleBoard(axis, sorted(rows, key=lambda row: (-row.overdue, -row.days_over)))


def _counts(sites: QuerySet, today: date) -> dict[int, dict[str, int]]:
    """{tasks, done, overdue} by stage. The last reports are looked up once for all, not task by task."""
    reached = dict(latest_lines(sites).values_list("item_id", "percent"))
    found: dict[int, dict[str, int]] = {}
    items = ScheduleItem.objects.filter(stage__site__in=sites).order_by()
    for stage, item, due_on, occurrence in items.values_list("stage_id", "pk", "due_on", "occurrence"):
        percent = reached.get(item, 0)
        counts = found.setdefault(stage, {"tasks": 0, "done": 0, "overdue": 0})
        counts["tasks"] += 1
        counts["done"] += percent == 100
        counts["overdue"] += is_overdue(percent, due_on, occurrence, today)
    return found


def mark_late(rows: list[BoardRow], axis: Axis | None) -> None:
    """Put the overdue tasks of the rows of a page on their days; one query."""
    if axis is None:
        return
    items = with_reached(ScheduleItem.objects.filter(stage__site__in=[row.site for row in rows]))
    late = defaultdict(list)
    for item in items.filter(overdue(axis.today)).select_related("stage").order_by("due_on", "pk"):
        words = f"{item}，应于 {item.due_on} 完成，现在 {item.reached}%"
        late[item.stage.site_id].append((axis.span(item.due_on, item.due_on).middle, words))
    for row in rows:
        row.late = late[row.site.pk]
