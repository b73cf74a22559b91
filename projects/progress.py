"""Read models of progress: one site's schedule, and the table of sites and months. Computed, never stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from projects.models import MonthlyReport, ProgressLine, ProjectSite, ScheduleItem, Stage
from projects.states import SUBMITTED, Mark


@dataclass
class ItemProgress:
    """A task: what the latest submitted report says of it, and what the calendar expects."""

    item: ScheduleItem
    today: date
    percent: int = 0
    done_on: date | None = None

    @property
    def expected(self) -> int:
        return self.item.expected_percent(self.today)

    @property
    def mark(self) -> Mark:
        if self.percent == 100:
            return Mark("已完成", "ok")
        if self.item.days_overdue(self.percent, self.today) and self.item.is_told_later(self.today):
            return Mark("待本月月报", "wait")
        if self.item.days_overdue(self.percent, self.today):
            return Mark("逾期", "bad")
        if self.item.is_lagging(self.percent, self.today):
            return Mark("滞后", "warn")
        return Mark("按时", "wait") if self.today >= self.item.starts_on else Mark("未开始", "idle")


@dataclass
class StageProgress:
    stage: Stage
    today: date
    items: list[ItemProgress]

    @property
    def mark(self) -> Mark:
        if self.today < self.stage.starts_on:
            return Mark("未开始", "idle")
        return Mark("已结束", "idle") if self.today > self.stage.ends_on else Mark("进行中", "wait")

    @property
    def words(self) -> str:
        """“6/20 项完成，5 项逾期”"""
        marks = [line.mark.word for line in self.items]
        late = marks.count("逾期")
        return f"{marks.count('已完成')}/{len(marks)} 项完成" + (f"，{late} 项逾期" if late else "")


def site_progress(site: ProjectSite, today: date) -> list[StageProgress]:
    """Three queries, whatever the number of stages, tasks and reports."""
    reported = {line.item_id: line for line in latest_lines([site])}
    return [
        StageProgress(stage, today, [item_progress(item, reported.get(item.pk), today) for item in stage.items.all()])
        for stage in site.stages.prefetch_related("items")
    ]


def latest_lines(sites):
    """Of each task the line of the latest report that stands submitted; a returned one counts again when resent."""
    lines = ProgressLine.objects.filter(
        report__site__in=sites, report__status__in=sorted(SUBMITTED), percent__isnull=False
    )
    return lines.order_by("item_id", "-report__month").distinct("item_id")


def item_progress(item: ScheduleItem, line: ProgressLine | None, today: date) -> ItemProgress:
    if line is None:
        return ItemProgress(item, today)
    return ItemProgress(item, today, percent=line.percent, done_on=line.done_on)


def progress_words(stages: list[StageProgress], reports: list[MonthlyReport], today: date) -> str:
    """“建设阶段（7月1日至11月30日），12 项任务完成 5 项，逾期 1 项，滞后 2 项；最近通过的是 9月月报。” Empty without a
    schedule."""
    if not stages:
        return ""
    now = next((each for each in stages if each.stage.starts_on <= today <= each.stage.ends_on), None)
    where = "不在任何阶段的日期之内"
    if now:
        starts, ends = now.stage.starts_on, now.stage.ends_on
        where = f"{now.stage.get_kind_display()}（{starts.month}月{starts.day}日至{ends.month}月{ends.day}日）"
    marks = [line.mark.word for each in stages for line in each.items]
    told = [f"{marks.count(word)} 项{word}" for word in ["已完成", "逾期", "滞后"] if word in marks]
    accepted = max((report.month for report in reports if report.accepted_at), default=None)
    last = f"最近通过的是 {accepted.month}月月报" if accepted else "还没有通过的月报"
    return f"{where}，共 {len(marks)} 项任务{'，' if told else ''}{'，'.join(told)}；{last}。"


@dataclass
class Cell:
    """A site's month: the report with its word and tag, or nothing where none is due."""

    report: MonthlyReport | None
    mark: Mark | None = None

    @property
    def word(self) -> str:
        return self.mark.word if self.mark else ""


@dataclass
class Row:
    """`light` is the word and tag of the site's 红黄绿灯, where a page shows it."""

    site: ProjectSite
    cells: list[Cell]
    light: Mark | None = None


@dataclass
class Matrix:
    """Sites by county against months; `totals` has one entry a month, None for those that haven't begun."""

    months: list[date]
    counties: list[tuple[str, list[Row]]]
    totals: list[dict | None]

    @property
    def total_rows(self) -> Iterator[tuple[str, str, list]]:
        """(label, state, [(month, count or None)])"""
        for label, key in [("应报", "due"), ("已报", "submitted"), ("按时", "on_time"), ("已审", "accepted")]:
            yield label, key, [(m, total and total[key]) for m, total in zip(self.months, self.totals, strict=True)]


def progress_matrix(months: list[date], sites: list[ProjectSite], counted, now: datetime) -> Matrix:
    """Two queries. `sites` are the rows of this page; `counted` are the reports (a queryset) that the totals count."""
    reports = MonthlyReport.objects.filter(site__in=sites)
    cells = {(report.site_id, report.month): Cell(report, report.mark(now)) for report in reports}
    rows = [Row(site, [cells.get((site.pk, month), Cell(None)) for month in months]) for site in sites]
    rates = {rate["month"]: rate for rate in counted.rates_by_month(now)}
    return Matrix(
        months=months,
        counties=[(county, list(group)) for county, group in groupby(rows, key=lambda row: row.site.county_name)],
        totals=[rates.get(month) for month in months],
    )
