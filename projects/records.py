"""Read models of the records: one site's month, and how much there is of each site in a month."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Sum
from django.utils import timezone

from projects.locks import Lock, report_lock
from projects.models import Activity, GuidanceVisit, MonthlyReport, ProjectSite, Publicity
from projects.states import Mark


@dataclass
class RecordMonth:
    """What a site wrote down in a month, and whether it may still write."""

    site: ProjectSite
    month: date
    report: MonthlyReport | None
    lock: Lock | None
    activities: list[Activity]
    publicity: list[Publicity]
    visits: list[GuidanceVisit]

    @property
    def is_open(self) -> bool:
        return self.report is not None and self.lock is None


def record_month(site: ProjectSite, month: date) -> RecordMonth:
    """Five queries, one or two more for the lock."""
    report = report_of(site, month)
    return RecordMonth(
        site=site,
        month=month,
        report=report,
        lock=report and report_lock(report),
        activities=list(site.activities.in_months([month]).for_page().select_related("kind")),
        publicity=list(site.publicity.in_months([month]).for_page().select_related("channel")),
        visits=list(site.visits.in_months([month]).for_page()),
    )


def report_of(site: ProjectSite, month: date) -> MonthlyReport | None:
    reports = MonthlyReport.objects.select_related("site__programme__organization", "site__organization")
    return reports.filter(site=site, month=month).first()


def months_of(site: ProjectSite, today: date) -> list[date]:
    """The months of the site's reports that have begun, oldest first."""
    months = site.reports.filter(month__lte=today).order_by("month")
    return list(months.values_list("month", flat=True))


@dataclass
class SiteCounts:
    site: ProjectSite
    activities: int = 0
    sessions: int = 0
    person_times: int = 0
    publicity: int = 0
    visits: int = 0


def site_counts(sites: list[ProjectSite], months: list[date]) -> list[SiteCounts]:
    """How much was written down of each site in the months; three queries."""
    rows = {site.pk: SiteCounts(site) for site in sites}
    sums = {"sessions": Sum("sessions"), "person_times": Sum("person_times")}
    for name, model, numbers in [
        ("activities", Activity, sums),
        ("publicity", Publicity, {}),
        ("visits", GuidanceVisit, {}),
    ]:
        records = model.objects.current().filter(site__in=rows).in_months(months).order_by()
        for found in records.values("site").annotate(count=Count("pk"), **numbers):
            setattr(rows[found["site"]], name, found["count"])
            for number in numbers:
                setattr(rows[found["site"]], number, found[number])
    return list(rows.values())


@dataclass
class VisitCell:
    """A site's month: how often the city and the county were there; `report` is what makes the month due."""

    site: ProjectSite
    month: date
    report: MonthlyReport | None = None
    city: int = 0
    county: int = 0
    today: date | None = None

    @property
    def is_begun(self) -> bool:
        return self.report is not None and self.month <= self.today

    @property
    def is_missing(self) -> bool:
        return self.is_begun and not self.city and self.report.month_end < self.today

    @property
    def mark(self) -> Mark | None:
        if self.report is None:
            return None
        if self.city:
            return Mark(f"已访 {self.city} 次" if self.city > 1 else "已访", "ok")
        if not self.is_begun:
            return Mark("未到", "idle")
        return Mark("缺", "bad") if self.is_missing else Mark("待访", "warn")

    @property
    def word(self) -> str:
        """For the workbook."""
        return "，".join([self.mark.word if self.mark else ""] + [f"县 {self.county} 次"] * bool(self.county))


@dataclass
class VisitMatrix:
    """应访 / 已访 / 缺 of the city by month, over the sites shown."""

    months: list[date]
    rows: list[tuple[ProjectSite, list[VisitCell]]] = field(default_factory=list)

    @property
    def cells(self) -> Iterator[VisitCell]:
        return (cell for _, cells in self.rows for cell in cells if cell.report)

    @property
    def counties(self) -> list[tuple[str, list]]:
        found: dict[str, list] = {}
        for site, cells in self.rows:
            found.setdefault(site.county_name, []).append((site, cells))
        return list(found.items())

    @property
    def totals(self) -> list[tuple[str, int, list[int]]]:
        """(label, over all months, month by month)"""
        rules = [
            ("应访", lambda cell: 1),
            ("已访", lambda cell: cell.city > 0),
            ("缺", lambda cell: cell.is_missing),
            ("县级到点", lambda cell: cell.county),
        ]
        return [(label, sum(sums), sums) for label, rule in rules if (sums := self._by_month(rule))]

    def _by_month(self, rule) -> list[int]:
        sums = dict.fromkeys(self.months, 0)
        for cell in self.cells:
            sums[cell.month] += rule(cell)
        return list(sums.values())


def visit_matrix(sites: list[ProjectSite], months: list[date], now: datetime) -> VisitMatrix:
    """Two queries."""
    today = timezone.localdate(now)
    cells = {(site.pk, month): VisitCell(site, month, today=today) for site in sites for month in months}
    for report in MonthlyReport.objects.filter(site__in=sites, month__in=months):
        cells[report.site_id, report.month].report = report
    visits = GuidanceVisit.objects.current().filter(site__in=sites).order_by()
    for site, level, day in visits.values_list("site", "level", "happened_on"):
        if cell := cells.get((site, day.replace(day=1))):
            setattr(cell, level, getattr(cell, level) + 1)
    return VisitMatrix(months, [(site, [cells[site.pk, month] for month in months]) for site in sites])
