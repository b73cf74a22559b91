"""What falls into the archive by itself. A new sort of record joins by one `Source` (and one word in ArchiveSource)."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils import timezone

from fedwork import clock
from fedwork.excel import write_paper
from projects.archive.items import Generated, Item
from projects.models import (
    Activity,
    ArchiveSource,
    Attachment,
    GuidanceVisit,
    MonthlyReport,
    ProjectSite,
    Publicity,
    Rectification,
    Stage,
)
from projects.papers.ledger import ledger_paper
from projects.papers.registers import activity_register, publicity_register, schedule_register, visit_register
from projects.papers.report import report_paper
from projects.rectifications import ledger
from projects.sheet import report_sheet
from projects.states import ReportStatus

UNSENT = [ReportStatus.NOT_STARTED, ReportStatus.DRAFT]
Counts = dict[int, int]


@dataclass(frozen=True)
class Source:
    """`items` are those of one site, in one or two queries; `counts` gives their number by site id for many sites,
    and must agree with `items`. `register` is the workbook that lists them all, where there is one."""

    key: ArchiveSource
    items: Callable[[ProjectSite], list[Item]]
    counts: Callable[[QuerySet], Counts]
    register: tuple[str, Callable[[ProjectSite], bytes]] | None = None

    def generated(self, site: ProjectSite) -> Generated | None:
        return Generated(self.register[0], lambda: self.register[1](site)) if self.register else None


def of_records(model, key: ArchiveSource, title: str, write: Callable[[ProjectSite], bytes]) -> Source:
    """Records that happened on a day and aren't removed."""

    def items(site: ProjectSite) -> list[Item]:
        return [
            Item(_title(record), record.happened_on, key.label, record.get_absolute_url(), record.pk)
            for record in model.objects.filter(site=site).current().order_by("happened_on", "pk")
        ]

    def counts(sites: QuerySet) -> Counts:
        return _by_site(model.objects.filter(site__in=sites).current())

    return Source(key, items, counts, (title, write))


def _title(record) -> str:
    return f"{record.get_level_display()}到点指导" if isinstance(record, GuidanceVisit) else record.title


def _by_site(rows: QuerySet, counted: str = "pk") -> Counts:
    found = rows.order_by().values("site").annotate(count=Count(counted, distinct=True))
    return {row["site"]: row["count"] for row in found}


def _reports(site: ProjectSite) -> list[Item]:
    return [
        Item(
            f"{report.month_label}月报",
            timezone.localdate(report.submitted_at),
            ArchiveSource.REPORT.label,
            report.get_absolute_url(),
            report.pk,
            generated=Generated(f"{report.month_label}月报", _report_writer(report)),
        )
        for report in site.reports.exclude(status__in=UNSENT).order_by("month")
    ]


def _report_writer(report: MonthlyReport) -> Callable[[], bytes]:
    return lambda: write_paper(report_paper(report_sheet(report)))


def _count_reports(sites: QuerySet) -> Counts:
    return _by_site(MonthlyReport.objects.filter(site__in=sites).exclude(status__in=UNSENT))


def _rectifications(site: ProjectSite) -> list[Item]:
    return [
        Item(f"{item.number} {item.problem}", item.found_on, item.source_words, item.get_absolute_url(), item.pk)
        for item in site.rectifications.select_related("meeting").order_by("found_on", "pk")
    ]


def _ledger(site: ProjectSite) -> bytes:
    items = site.rectifications.select_related("site", "organization", "closed_by", "meeting").order_by(
        "found_on", "pk"
    )
    rows = ledger(list(items.prefetch_related("steps__made_by")))
    return write_paper(ledger_paper(rows, place=site.county_name, scope=f"项目点：{site}", now=clock.now()))


def _count_rectifications(sites: QuerySet) -> Counts:
    return _by_site(Rectification.objects.filter(site__in=sites))


def _schedule(site: ProjectSite) -> list[Item]:
    """The schedule itself; each task that has files of its own is an item beside it, see `loose_item`."""
    if not site.stages.exists():
        return []
    day = timezone.localdate(site.approved_at)
    return [Item("进度和日程安排表", day, ArchiveSource.TASK.label, site.get_absolute_url())]


def _count_schedule(sites: QuerySet) -> Counts:
    counts = dict.fromkeys(Stage.objects.filter(site__in=sites).order_by().values_list("site", flat=True), 1)
    proven = Attachment.objects.current().filter(site__in=sites, category=None, item__isnull=False)
    for site, count in _by_site(proven, "item").items():
        counts[site] = counts.get(site, 0) + count
    return counts


def loose_item(attachment: Attachment) -> Item:
    """For a file whose record makes no item: a task with its evidence counts as one; what belongs to a report that was
    never sent, or to a record that was removed, is only shown."""
    if attachment.origin == "item":
        return Item(str(attachment.item), None, ArchiveSource.TASK.label, attachment.site.get_absolute_url())
    subject = getattr(attachment, attachment.origin)
    if attachment.origin == "report":
        return Item(
            f"{subject.month_label}月报（还没有提交）", None, "月报", subject.get_absolute_url(), is_counted=False
        )
    return Item(f"{subject}（记录已移除）", None, attachment.source.label, is_counted=False)


SOURCES = {
    source.key: source
    for source in [
        Source(ArchiveSource.TASK, _schedule, _count_schedule, ("进度和日程安排表", schedule_register)),
        Source(ArchiveSource.REPORT, _reports, _count_reports),
        of_records(Activity, ArchiveSource.ACTIVITY, "活动一览表", activity_register),
        of_records(Publicity, ArchiveSource.PUBLICITY, "宣传报道一览表", publicity_register),
        of_records(GuidanceVisit, ArchiveSource.VISIT, "调研指导一览表", visit_register),
        Source(ArchiveSource.RECTIFICATION, _rectifications, _count_rectifications, ("督查台账", _ledger)),
    ]
}
