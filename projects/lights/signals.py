"""What `projects` itself can look at: reports, tasks, 整改 and visits. Registered when the app is loaded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from django.db.models import Max
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils import timezone

from projects import rules
from projects.lights.facts import LateReport
from projects.lights.grading import Link, Reading
from projects.lights.items import OpenItem
from projects.lights.registry import Signal, register
from projects.lights.scope import Scope
from projects.lights.tasks import Task
from projects.models import GuidanceVisit, ProjectSite, VisitLevel


def day_words(day: date) -> str:
    return f"{day.month}月{day.day}日"


def month_words(months: list[date]) -> str:
    return "、".join(f"{month.month}月" for month in months)


@dataclass(frozen=True)
class OverdueReports(Reading):
    site_id: int
    reports: list[LateReport]  # by due time

    @property
    def value(self) -> int:
        return len(self.reports)

    @property
    def key(self) -> str:
        return "reports"

    @property
    def words(self) -> str:
        return f"{month_words([report.month for report in self.reports])}月报逾期未报"

    def since(self, threshold: int) -> date:
        return timezone.localdate(self.reports[threshold - 1].due_at) + timedelta(days=1)

    def clears(self, threshold: int) -> str:
        """The oldest first, until fewer than the threshold are left."""
        months = [report.month for report in self.reports[: self.value - threshold + 1]]
        return f"报送{month_words(months)}月报后解除。"

    def link(self, user) -> Link:
        oldest = self.reports[0]
        does = "去填" if rules.can_fill_in_reports(user) else "看"
        return Link(f"{does}{oldest.month.month}月月报", reverse("projects:report_detail", args=[oldest.pk]))


def read_overdue_reports(scope: Scope) -> Iterator[OverdueReports]:
    by_site: dict[int, list[LateReport]] = {}
    for report in scope.overdue_reports:
        by_site.setdefault(report.site_id, []).append(report)
    return (OverdueReports(site, reports) for site, reports in by_site.items())


@dataclass(frozen=True)
class LateTask(Reading):
    task: Task

    @property
    def site_id(self) -> int:
        return self.task.site_id

    @property
    def key(self) -> tuple:
        """The same task is told once, as overdue or as behind."""
        return "task", self.task.item.pk

    def link(self, user) -> Link | None:
        if self.task.report_id is None:
            return None
        address = reverse("projects:report_detail", args=[self.task.report_id])
        return Link("去填进度" if rules.can_fill_in_reports(user) else "看月报", address)


class OverdueTask(LateTask):
    @property
    def value(self) -> int:
        return self.task.days_overdue

    @property
    def words(self) -> str:
        return f"“{self.task.item}”应于{day_words(self.task.item.due_on)}完成，报告完成 {self.task.percent}%"

    def since(self, threshold: int) -> date:
        return self.task.item.due_on + timedelta(days=threshold)

    def clears(self, threshold: int) -> str:
        return "任务完成、月报填报 100% 并审核通过后解除。"


class LaggingTask(LateTask):
    @property
    def value(self) -> int:
        return self.task.behind

    @property
    def words(self) -> str:
        return f"“{self.task.item}”完成 {self.task.percent}%，落后序时 {self.value} 个百分点"

    def since(self, threshold: int) -> date:
        return self.task.behind_since(threshold)

    def clears(self, threshold: int) -> str:
        reached = min(100, self.task.expected - threshold + 1)
        return f"按{day_words(self.task.known_on)}的序时，月报填报完成 {reached}% 以上并审核通过后解除。"


def read_overdue_tasks(scope: Scope) -> list[OverdueTask]:
    return [OverdueTask(task) for task in scope.late_tasks if task.is_overdue]


def read_lagging_tasks(scope: Scope) -> list[LaggingTask]:
    return [LaggingTask(task) for task in scope.late_tasks]


@dataclass(frozen=True)
class OverdueItems(Reading):
    """All overdue items of a site; the longest counts."""

    site_id: int
    items: list[OpenItem]  # the earliest due first

    @property
    def value(self) -> int:
        return self.items[0].days_overdue

    @property
    def key(self) -> str:
        return "rectifications"

    @property
    def words(self) -> str:
        return f"{len(self.items)} 项整改逾期（{'、'.join(each.item.number for each in self.items)}）"

    def since(self, threshold: int) -> date:
        return self.items[0].step.due_on + timedelta(days=threshold)

    def clears(self, threshold: int) -> str:
        still = [each.item.number for each in self.items if each.days_overdue >= threshold]
        return f"{'、'.join(still)} 报送整改情况，或经同意延期后解除。"

    def link(self, user) -> Link:
        item = self.items[0].item
        return Link(f"打开 {item.number}", item.get_absolute_url())


def read_overdue_items(scope: Scope) -> Iterator[OverdueItems]:
    by_site: dict[int, list[OpenItem]] = {}
    for each in scope.open_items:
        if each.is_overdue:
            by_site.setdefault(each.item.site_id, []).append(each)
    for site, items in by_site.items():
        yield OverdueItems(site, sorted(items, key=lambda each: each.step.due_on))


@dataclass(frozen=True)
class MissedVisits(Reading):
    """Months that have ended since the city was last there."""

    site: ProjectSite
    months: list[date]

    @property
    def site_id(self) -> int:
        return self.site.pk

    @property
    def value(self) -> int:
        return len(self.months)

    @property
    def key(self) -> str:
        return "visits"

    @property
    def words(self) -> str:
        return f"市妇联连续 {self.value} 个月没有到点（{month_words(self.months)}）"

    def since(self, threshold: int) -> date:
        return self.months[threshold - 1] + relativedelta(months=1)

    def clears(self, threshold: int) -> str:
        return "市妇联到点指导一次并记下后解除。"

    def link(self, user) -> Link | None:
        is_theirs = rules.visit_level_of(user) == VisitLevel.CITY and rules.can_record_visit(user, self.site)
        return Link("记调研指导", reverse("projects:visit_add", args=[self.site_id])) if is_theirs else None


def read_missed_visits(scope: Scope) -> Iterator[MissedVisits]:
    """A visit counts from when it is written down, by its month: within the month its day may be put right."""
    if not scope.programme.has_monthly_visits:
        return
    last = _last_visited(scope)
    ended = [month for month in scope.programme.months() if month + relativedelta(months=1) <= scope.today]
    begun: dict[datetime, date] = {}  # most sites were approved together
    for site in scope.listed:
        if (approved := begun.get(site.approved_at)) is None:
            approved = begun[site.approved_at] = timezone.localdate(site.approved_at).replace(day=1)
        seen = last.get(site.pk, date.min)
        if missed := [month for month in ended if month >= approved and month > seen]:
            yield MissedVisits(site, missed)


def _last_visited(scope: Scope) -> dict[int, date]:
    """By site the first day of the month in which the city was there last; one query for all moments."""
    facts = scope.facts
    if "visits" not in facts.memo:
        noted = GuidanceVisit.objects.filter(facts.here(), level=VisitLevel.CITY, recorded_at__lte=facts.until)
        noted = noted.order_by().values(noted=facts.first_after("recorded_at"), gone=facts.first_after("removed_at"))
        rows = noted.values_list("site_id", "noted", "gone").annotate(last=TruncMonth(Max("happened_on")))
        facts.memo["visits"] = list(rows)
    found: dict[int, date] = {}
    for site, noted, gone, last in facts.memo["visits"]:
        if noted <= scope.number and (gone is None or gone > scope.number):
            found[site] = max(last, found.get(site, last))
    return found


register(
    Signal(
        key="task_overdue",
        label="任务逾期",
        unit="天",
        read=read_overdue_tasks,
        usual=(1, 15),
        hint="过了计划完成日期、按审核通过的月报还没有完成的天数，算到最近一份通过的月报的月末",
    ),
    Signal(
        key="rectification_overdue",
        label="整改逾期",
        unit="天",
        read=read_overdue_items,
        usual=(1, 10),
        hint="过了整改时限还没有报送整改情况的天数，取最长的一项",
    ),
    Signal(
        key="reports_overdue",
        label="月报逾期未报",
        unit="份",
        read=read_overdue_reports,
        usual=(1, 2),
        hint="过了截止时间、从未提交的月报份数；退回待改的不算",
    ),
    Signal(
        key="task_lagging",
        label="任务落后序时",
        unit="个百分点",
        read=read_lagging_tasks,
        usual=(20, None),
        hint="按审核通过的月报，完成比例比序时进度少多少；已按逾期亮灯的任务不重复计",
    ),
    Signal(
        key="visits_missed",
        label="市级未到点",
        unit="个月",
        read=read_missed_visits,
        usual=(2, None),
        hint="市妇联连续几个整月没有到点指导；批次不要求每月到点的不看",
    ),
)
