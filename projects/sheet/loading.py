"""Loads the sheets of one report or of many: seven queries, one for each sort of record that is counted, and one where
tasks ask for evidence, whatever the number of reports, tasks, measures, months."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from django.db.models import Count
from django.utils import timezone

from fedwork import clock
from projects.counting import counted_figures, origin
from projects.effective import effective_rows
from projects.models import Attachment, Measure, MonthlyReport, ProgressLine, ReportFigure, ScheduleItem
from projects.models.report import load_last_returns
from projects.sheet.lines import FigureLine, TaskLine
from projects.sheet.sheet import Sheet
from projects.states import SUBMITTED, ReportStatus

USUAL_MONTHS = 12  # how far back the usual range of a figure looks


def report_sheet(report: MonthlyReport) -> Sheet:
    return report_sheets([report])[0]


def report_sheets(reports: list[MonthlyReport]) -> list[Sheet]:
    """In the order given. The reports come with their site and its programme."""
    load_last_returns(reports)
    return _Loader(reports).sheets() if reports else []


def reported_on(report: MonthlyReport) -> date:
    """The day by which 序时进度 is measured: when the report was sent, today while it is open, never after its month."""
    day = clock.today() if report.is_editable else timezone.localdate(report.submitted_at)
    return min(report.month_end, max(day, report.month))


def load_attachments(sheets: list[Sheet]) -> None:
    """Fetch `attachments` of all these sheets at once."""
    found = _by_report(Attachment.objects.of_sheets().filter(report__in=[sheet.report.pk for sheet in sheets]))
    for sheet in sheets:
        sheet.attachments = found[sheet.report.pk]


class _Loader:
    """What the sheets of some reports need, fetched once for all of them."""

    def __init__(self, reports: list[MonthlyReport]):
        self.reports = reports
        self.before = defaultdict(list)  # site id -> its reports of earlier months, oldest first
        sites = {report.site_id for report in reports}
        rows = MonthlyReport.objects.filter(site__in=sites, month__lt=max(report.month for report in reports))
        for row in rows.only("site_id", "month", "status").order_by("month"):
            self.before[row.site_id].append(row)
        self.measures = defaultdict(list)
        for measure in Measure.objects.filter(programme__in={report.site.programme_id for report in reports}):
            self.measures[measure.programme_id].append(measure)
        self.items = defaultdict(list)
        for item in ScheduleItem.objects.filter(stage__site__in=sites).select_related("stage"):
            self.items[item.stage.site_id].append(item)
        self.attached = _attached([item for items in self.items.values() for item in items])
        needed = [report.pk for report in reports]
        needed += [row.pk for rows in self.before.values() for row in rows if row.status in SUBMITTED]
        self.figures = _by_report(effective_rows(needed))
        self.counted = counted_figures(reports, self.measures)
        self.progress = _by_report(ProgressLine.objects.filter(report__in=needed))

    def sheets(self) -> list[Sheet]:
        return [self._sheet(report) for report in self.reports]

    def _sheet(self, report: MonthlyReport) -> Sheet:
        before = [row for row in self.before[report.site_id] if row.month < report.month]
        pending = [row.month for row in before if row.status != ReportStatus.ACCEPTED]
        sent = [row for row in before if row.status in SUBMITTED]
        next_month = report.month + relativedelta(months=1)
        coming = [
            item
            for item in self.items[report.site_id]
            if _begins_later(item, report) and item.starts_on <= next_month + relativedelta(day=31)
        ]
        return Sheet(report, self._task_lines(report, sent), self._figure_lines(report, sent), pending, coming)

    def _figure_lines(self, report: MonthlyReport, sent: list[MonthlyReport]) -> list[FigureLine]:
        lines = {measure.pk: FigureLine(measure) for measure in self.measures[report.site.programme_id]}
        for row in sent:
            for figure in self.figures[row.pk]:
                _add_earlier(lines[figure.measure_id], figure, row, report.month)
        for figure in self.figures[report.pk]:
            line = lines[figure.measure_id]
            _put(line, report, figure.value, figure.records)
        if report.is_editable:
            self._count(report, lines)
        return list(lines.values())

    def _count(self, report: MonthlyReport, lines: dict[int, FigureLine]) -> None:
        """Whatever was typed or counted before: as long as the report is open, the records speak."""
        for pk, line in lines.items():
            line.origin = None
            if counted := self.counted.get((report.pk, pk)):
                _put(line, report, *counted)

    def _task_lines(self, report: MonthlyReport, sent: list[MonthlyReport]) -> list[TaskLine]:
        """Tasks of the stages that run in the month, and what earlier stages left undone; of recurring tasks the turns
        that have begun, as long as they are not settled."""
        day = reported_on(report)
        begun = [item for item in self.items[report.site_id] if not _begins_later(item, report)]
        lines = {item.pk: TaskLine(item, day, attached=self.attached.get(item.pk, 0)) for item in begun}
        for row in sent:
            for progress in self.progress[row.pk]:
                if line := lines.get(progress.item_id):
                    line.last_percent, line.last_done_on = progress.percent or 0, progress.done_on
        for progress in self.progress[report.pk]:
            if line := lines.get(progress.item_id):
                line.percent, line.done_on = progress.percent, progress.done_on
        current = [
            line for line in lines.values() if line.item.stage.ends_on >= report.month and not _is_past(line, report)
        ]
        late = [line for line in lines.values() if line.item.stage.ends_on < report.month and line.last_percent < 100]
        return late + current


def _put(line: FigureLine, report: MonthlyReport, value: Decimal, records: int | None) -> None:
    line.value = value
    line.origin = None if records is None else origin(report, line.measure.source, records)


def _begins_later(item: ScheduleItem, report: MonthlyReport) -> bool:
    """Its stage, or its turn, begins after the report's month: nothing is asked of it yet."""
    begins = max(item.starts_on, item.stage.starts_on) if item.occurrence else item.stage.starts_on
    return begins > report.month_end


def _is_past(line: TaskLine, report: MonthlyReport) -> bool:
    """A turn that was settled in an earlier month: the report would grow with every month."""
    return bool(line.item.occurrence) and line.is_settled and line.item.due_on < report.month


def _attached(items: list[ScheduleItem]) -> dict[int, int]:
    """How many files there are of the tasks that ask for some, by task; no query where none does."""
    asking = [item.pk for item in items if item.evidence_count]
    if not asking:
        return {}
    files = Attachment.objects.current().filter(item__in=asking).order_by().values("item")
    return {row["item"]: row["files"] for row in files.annotate(files=Count("pk"))}


def _by_report(rows) -> dict[int, list]:
    found = defaultdict(list)
    for row in rows:
        found[row.report_id].append(row)
    return found


def _add_earlier(line: FigureLine, figure: ReportFigure, row: MonthlyReport, month: date) -> None:
    if row.month == month - relativedelta(months=1):
        line.last = figure.value
    if row.month >= month - relativedelta(months=USUAL_MONTHS):
        line.past.append(figure.value)
    if row.status == ReportStatus.ACCEPTED:
        line.earlier += figure.value
