"""What falls into the archive by itself. A new sort of record joins by one `Source` (and one word in ArchiveSource)."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db.models import QuerySet
from django.utils import timezone

from fedwork import clock
from fedwork.excel import write_paper
from fedwork.word import write_document
from projects.archive import founding
from projects.archive.items import Counts, Generated, Item, by_site
from projects.gatherings import gathering_counts, gatherings_of
from projects.models import (
    Activity,
    ArchiveSource,
    Attachment,
    GuidanceVisit,
    Inspection,
    MonthlyReport,
    ProjectSite,
    Publicity,
    Rectification,
    Stage,
    WorkLog,
)
from projects.models.attachment import SOURCE_OF
from projects.papers.inspections import inspection_document
from projects.papers.ledger import ledger_paper
from projects.papers.registers import (
    activity_register,
    gathering_register,
    publicity_register,
    visit_register,
    worklog_register,
)
from projects.papers.report import report_paper
from projects.papers.schedule import site_paper
from projects.rectifications import ledger
from projects.schedule.plans import plans
from projects.sheet import report_sheet
from projects.states import ReportStatus

DAY_OF = {"training": "first_on", "meeting": "held_on", "worklog": "happened_on"}
UNSENT = [ReportStatus.NOT_STARTED, ReportStatus.DRAFT]


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


def of_records(model, field: str, title: str, write: Callable[[ProjectSite], bytes]) -> Source:
    """Records that happened on a day and aren't removed; `field` is how attachments call them."""
    key = SOURCE_OF[field]

    def items(site: ProjectSite) -> list[Item]:
        return [
            Item(_title(record), record.happened_on, key.label, record.get_absolute_url(), (field, record.pk))
            for record in model.objects.filter(site=site).current().order_by("happened_on", "pk")
        ]

    def counts(sites: QuerySet) -> Counts:
        return by_site(model.objects.filter(site__in=sites).current())

    return Source(key, items, counts, (title, write))


def _title(record) -> str:
    match record:
        case GuidanceVisit():
            return f"{record.get_level_display()}到点指导"
        case WorkLog():
            return f"{record.happened_on.month}月{record.happened_on.day}日工作日志"
    return record.title


def _reports(site: ProjectSite) -> list[Item]:
    return [
        Item(
            f"{report.month_label}月报",
            timezone.localdate(report.submitted_at),
            ArchiveSource.REPORT.label,
            report.get_absolute_url(),
            ("report", report.pk),
            generated=Generated(f"{report.month_label}月报", _report_writer(report)),
        )
        for report in site.reports.exclude(status__in=UNSENT).order_by("month")
    ]


def _report_writer(report: MonthlyReport) -> Callable[[], bytes]:
    return lambda: write_paper(report_paper(report_sheet(report)))


def _count_reports(sites: QuerySet) -> Counts:
    return by_site(MonthlyReport.objects.filter(site__in=sites).exclude(status__in=UNSENT))


def _rectifications(site: ProjectSite) -> list[Item]:
    """What inspections found, and what has to be put right."""
    items = site.rectifications.select_related("meeting").order_by("found_on", "pk")
    return [
        *map(_inspection, Inspection.objects.filter(site=site).current().select_related("site")),
        *(
            Item(
                f"{item.number} {item.problem}",
                item.found_on,
                item.source_words,
                item.get_absolute_url(),
                ("rectification", item.pk),
            )
            for item in items
        ),
    ]


def _inspection(inspection: Inspection) -> Item:
    write = partial(_write_inspection, inspection)
    return Item(
        f"{inspection.team}督查检查",
        inspection.happened_on,
        "督查检查",
        inspection.get_absolute_url(),
        generated=Generated("督查检查记录", write, suffix=".docx"),
    )


def _write_inspection(inspection: Inspection) -> bytes:
    return write_document(inspection_document(inspection))


def _ledger(site: ProjectSite) -> bytes:
    items = site.rectifications.select_related("site", "organization", "closed_by", "meeting").order_by(
        "found_on", "pk"
    )
    rows = ledger(list(items.prefetch_related("steps__made_by")))
    return write_paper(ledger_paper(rows, place=site.county_name, scope=f"项目点：{site}", now=clock.now()))


def _count_rectifications(sites: QuerySet) -> Counts:
    counts = Counter(by_site(Rectification.objects.filter(site__in=sites)))
    return counts + Counter(by_site(Inspection.objects.filter(site__in=sites).current()))


def _schedule(site: ProjectSite) -> list[Item]:
    """The schedule itself; each task that has files of its own is an item beside it, see `loose_item`."""
    if not site.stages.exists():
        return []
    day = timezone.localdate(site.approved_at)
    return [Item("进度和日程安排表", day, ArchiveSource.TASK.label, site.get_absolute_url())]


def _schedule_paper(site: ProjectSite) -> bytes:
    return write_paper(site_paper(site, plans([site], clock.today()).get(site.pk, []), clock.now()))


def _count_schedule(sites: QuerySet) -> Counts:
    counts = dict.fromkeys(Stage.objects.filter(site__in=sites).order_by().values_list("site", flat=True), 1)
    proven = Attachment.objects.current().filter(site__in=sites, category=None, item__isnull=False)
    for site, count in by_site(proven, "item").items():
        counts[site] = counts.get(site, 0) + count
    return counts


def _gatherings(site: ProjectSite) -> list[Item]:
    return [
        Item(each.title, each.happened_on, each.sort, each.url, key=(each.record._meta.model_name, each.record.pk))
        for each in gatherings_of(site)
    ]


def loose_item(attachment: Attachment) -> Item:
    """For a file whose record makes no item: a task with its evidence counts as one; what belongs to a report that was
    never sent, or to a record that was removed, is only shown."""
    if attachment.origin == "item":
        return Item(str(attachment.item), None, ArchiveSource.TASK.label, attachment.site.get_absolute_url())
    subject = getattr(attachment, attachment.origin)
    if attachment.site_id is None:  # of a training, a meeting, an office: in the archive of the programme alone
        day = getattr(subject, DAY_OF[attachment.origin])
        url = "" if attachment.meeting else subject.get_absolute_url()  # cadres have no page of meetings
        return Item(str(subject), day, subject._meta.verbose_name, url)
    if attachment.origin == "report":
        return Item(
            f"{subject.month_label}月报（还没有提交）", None, "月报", subject.get_absolute_url(), is_counted=False
        )
    return Item(f"{subject}（记录已移除）", None, attachment.source.label, is_counted=False)


SOURCES = {
    source.key: source
    for source in [
        Source(ArchiveSource.NOMINATION, founding.nomination, founding.count_nominations),
        Source(ArchiveSource.GROUP, founding.groups, founding.count_groups),
        Source(ArchiveSource.PLAN, founding.plans, founding.count_plans),
        Source(ArchiveSource.TASK, _schedule, _count_schedule, ("进度和日程安排表", _schedule_paper)),
        Source(ArchiveSource.REPORT, _reports, _count_reports),
        Source(ArchiveSource.GATHERING, _gatherings, gathering_counts, ("会议培训一览表", gathering_register)),
        of_records(Activity, "activity", "活动一览表", activity_register),
        of_records(Publicity, "publicity", "宣传报道一览表", publicity_register),
        of_records(GuidanceVisit, "visit", "调研指导一览表", visit_register),
        of_records(WorkLog, "worklog", "工作日志", worklog_register),
        Source(ArchiveSource.RECTIFICATION, _rectifications, _count_rectifications, ("督查台账", _ledger)),
    ]
}
