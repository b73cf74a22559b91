"""会议材料: what a supervision meeting looks at, as it was known at a moment.

Reports count as the boards count them; progress comes from the reports accepted by then, and is compared with what the
calendar expected at the end of their month; items are shown in the state that their steps gave them by then. So the
same moment gives the same pack, whenever it is opened. A fixed number of queries.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Prefetch, Q
from django.utils import timezone

from projects.completeness import Board, Counts, board
from projects.models import (
    MonthlyReport,
    Programme,
    ProgressLine,
    ProjectSite,
    Rectification,
    RectificationState,
    RectificationStep,
    ScheduleItem,
)
from projects.models.rectification import TAG_OF_STATE, TO_RECTIFY
from projects.models.replan import plan_at
from projects.models.report import accepted_by, standing
from projects.places import Places
from projects.states import Mark

RANKED_BY = ["submitted", "on_time", "accepted"]
LAG = 20  # percentage points behind the calendar that are worth a word
SAID = 3  # so many reasons go into a sentence
MANY_REPORTS = 2  # so many reports overdue make a site red


@dataclass(frozen=True)
class Ranked:
    place: int
    label: str
    counts: Counts

    @property
    def percents(self) -> list[Decimal | None]:
        """已报率, 按时率, 已审率, by which the places are ranked."""
        return [self.counts.percent(name) for name in RANKED_BY]


@dataclass(frozen=True)
class Task:
    """A task as reported by `known_on`, the end of the last accepted month (or the moment itself, if none is)."""

    item: ScheduleItem
    percent: int
    known_on: date

    @property
    def expected(self) -> int:
        return self.item.expected_percent(self.known_on)

    @property
    def is_overdue(self) -> bool:
        return self.item.days_overdue(self.percent, self.known_on) > 0

    @property
    def is_lagging(self) -> bool:
        return self.expected - self.percent >= LAG

    @property
    def words(self) -> str:
        due = self.item.due_on
        if self.is_overdue:
            return f"“{self.item}”应于{due.month}月{due.day}日完成，报告完成 {self.percent}%"
        return f"“{self.item}”完成 {self.percent}%，落后序时 {self.expected - self.percent} 个百分点"


@dataclass(frozen=True)
class OpenItem:
    """An item that was not closed by the moment, in the state that it then had."""

    item: Rectification
    step: RectificationStep
    today: date

    @property
    def is_overdue(self) -> bool:
        return self.step.state in TO_RECTIFY and self.step.due_on < self.today

    @property
    def mark(self) -> Mark:
        if self.is_overdue:
            return Mark("逾期", "bad")
        return Mark(RectificationState(self.step.state).label, TAG_OF_STATE[self.step.state])


@dataclass
class SiteState:
    """A site's light, with the reasons in words."""

    site: ProjectSite
    tasks: list[Task] = field(default_factory=list)
    overdue_reports: list[MonthlyReport] = field(default_factory=list)
    items: list[OpenItem] = field(default_factory=list)

    @property
    def red_reasons(self) -> list[str]:
        reasons = [task.words for task in self.tasks if task.is_overdue]
        late = [item for item in self.items if item.is_overdue]
        if late:
            reasons.append(f"{len(late)} 项整改逾期（{'、'.join(each.item.number for each in late)}）")
        return reasons + (self.report_reasons if len(self.overdue_reports) >= MANY_REPORTS else [])

    @property
    def yellow_reasons(self) -> list[str]:
        behind = [task for task in self.tasks if task.is_lagging and not task.is_overdue]
        lagging = [task.words for task in sorted(behind, key=lambda task: task.percent - task.expected)]
        return (self.report_reasons if len(self.overdue_reports) < MANY_REPORTS else []) + lagging

    @property
    def report_reasons(self) -> list[str]:
        months = "、".join(f"{report.month.month}月" for report in self.overdue_reports)
        return [f"{months}月报逾期未报"] if months else []

    @property
    def mark(self) -> Mark:
        if self.red_reasons:
            return Mark("红", "bad")
        return Mark("黄", "warn") if self.yellow_reasons else Mark("绿", "ok")

    @property
    def sentence(self) -> str:
        """The gravest reasons; the tables of tasks have them all."""
        reasons = self.red_reasons + self.yellow_reasons
        more = f"；另有 {len(reasons) - SAID} 项" if len(reasons) > SAID else ""
        return "；".join(reasons[:SAID]) + more + "。"


@dataclass(frozen=True)
class Pack:
    programme: Programme
    moment: datetime
    board: Board
    ranking: list[Ranked]
    sites: list[SiteState]

    @property
    def total(self) -> Counts:
        return self.board.total

    @property
    def red(self) -> list[SiteState]:
        return [state for state in self.sites if state.mark.word == "红"]

    @property
    def yellow(self) -> list[SiteState]:
        return [state for state in self.sites if state.mark.word == "黄"]

    @property
    def green_count(self) -> int:
        return len(self.sites) - len(self.red) - len(self.yellow)

    @property
    def troubled(self) -> list[SiteState]:
        return self.red + self.yellow

    @property
    def overdue_tasks(self) -> list[tuple[ProjectSite, Task]]:
        return [(state.site, task) for state in self.sites for task in state.tasks if task.is_overdue]

    @property
    def lagging_tasks(self) -> list[tuple[ProjectSite, Task]]:
        return [
            (state.site, task)
            for state in self.sites
            for task in state.tasks
            if task.is_lagging and not task.is_overdue
        ]

    @property
    def items(self) -> list[OpenItem]:
        """The earliest due first."""
        return sorted((item for state in self.sites for item in state.items), key=lambda each: each.step.due_on)


def meeting_pack(programme: Programme, moment: datetime) -> Pack:
    sites = {site.pk: SiteState(site) for site in _sites(programme, moment)}
    for report in _overdue_reports(programme, moment):
        sites[report.site_id].overdue_reports.append(report)
    for site_id, task in _tasks(programme, moment):
        if task.is_overdue or task.is_lagging:
            sites[site_id].tasks.append(task)
    for each in open_items(programme, moment):
        sites[each.item.site_id].items.append(each)
    reports = MonthlyReport.objects.filter(site__programme=programme)
    found = board(reports, Places.find(reports, programme.organization, 0), moment)
    return Pack(programme, moment, found, ranked(found), list(sites.values()))


def ranked(found: Board) -> list[Ranked]:
    """By the rates of what came, what came in time and what was accepted; equal rates share a place."""

    def key(row):
        return [-(row.counts.percent(column) or 0) for column in RANKED_BY]

    rows, keys = sorted(found.rows, key=key), sorted(map(key, found.rows))
    return [Ranked(keys.index(key(row)) + 1, row.label, row.counts) for row in rows]


def open_items(programme: Programme, moment: datetime) -> list[OpenItem]:
    """Not closed by the moment; two queries."""
    steps = RectificationStep.objects.filter(made_at__lte=moment)
    items = Rectification.objects.filter(
        Q(closed_at=None) | Q(closed_at__gt=moment), site__programme=programme, raised_at__lte=moment
    )
    items = items.select_related("site", "organization", "meeting").prefetch_related(Prefetch("steps", steps))
    today = timezone.localdate(moment)
    return [OpenItem(item, list(item.steps.all())[-1], today) for item in items.order_by("due_on", "pk")]


def _sites(programme: Programme, moment: datetime):
    return ProjectSite.objects.filter(programme=programme, approved_at__lte=moment).by_county()


def _overdue_reports(programme: Programme, moment: datetime):
    due = MonthlyReport.objects.filter(standing(moment)["due"], site__programme=programme, due_at__lt=moment)
    return due.filter(Q(first_submitted_at=None) | Q(first_submitted_at__gt=moment)).order_by("month", "pk")


def _tasks(programme: Programme, moment: datetime):
    """(site id, task) of every task; three queries."""
    accepted = MonthlyReport.objects.filter(accepted_by(moment), site__programme=programme).order_by("month")
    last = {report.site_id: report.month_end for report in accepted.only("site_id", "month")}
    lines = ProgressLine.objects.filter(
        accepted_by(moment, "report__"), report__site__programme=programme, percent__isnull=False
    )
    latest = lines.order_by("item_id", "-report__month").distinct("item_id")
    percents = {line.item_id: line.percent for line in latest}
    today = timezone.localdate(moment)
    items = ScheduleItem.objects.filter(stage__site__programme=programme, stage__site__approved_at__lte=moment)
    known: dict[int, date] = defaultdict(lambda: today)
    known |= {site_id: min(day, today) for site_id, day in last.items()}
    planned = plan_at(moment)
    for item in items.select_related("stage").annotate(then_starts=planned["starts_on"], then_due=planned["due_on"]):
        item.starts_on, item.due_on = item.then_starts, item.then_due
        yield item.stage.site_id, Task(item, percents.get(item.pk, 0), known[item.stage.site_id])
