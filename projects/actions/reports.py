"""The monthly report with the cadre: saved and submitted. What the desks do with it is in reviews.py.

Each function locks the row, checks the state, then the rule, then the version; it writes, and leaves one audit row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from fedwork import clock
from organizations.models import AuditEvent
from projects.actions.locking import lock_for_filling_in, refuse_stale, stale_report
from projects.actions.reopening import refuse_changes_outside
from projects.models import Measure, MonthlyReport, ProgressLine, ReportFigure, ReportSubmission
from projects.sheet import Sheet, report_sheet
from projects.states import FIRST_STATUS, ReportStatus

UNKNOWN = object()  # the base of a field of which the caller doesn't say what it held
DRAFT_FIELDS = [
    "status",
    "is_nil",
    "problems",
    "needs",
    "next_plan",
    "explanations",
    "carried",
    "saved_at",
    "saved_by",
    "version",
]
SUBMISSION_FIELDS = [
    "status",
    "round",
    "version",
    "submitted_at",
    "first_submitted_at",
    "submitted_by",
    "waiting_since",
    "organization_path",
]


@dataclass
class ReportContent:
    """What a cadre typed. Only what is named is touched; None empties a figure, a percent or a date.

    `explanations` are lines of reason by the key of the field that is out of the ordinary; `carried` names the fields
    touched here that were filled in with 同上月.
    """

    is_nil: bool | None = None
    texts: dict[str, str] = field(default_factory=dict)
    figures: dict[int, Decimal | None] = field(default_factory=dict)
    percents: dict[int, int | None] = field(default_factory=dict)
    done_on: dict[int, date | None] = field(default_factory=dict)
    explanations: dict[str, str] = field(default_factory=dict)
    carried: set[str] = field(default_factory=set)

    def values(self) -> dict[str, object]:
        """What is touched, by key."""
        values = {} if self.is_nil is None else {"is_nil": self.is_nil}
        values |= self.texts
        values |= {f"figure_{pk}": value for pk, value in self.figures.items()}
        values |= {f"percent_{pk}": value for pk, value in self.percents.items()}
        values |= {f"done_{pk}": value for pk, value in self.done_on.items()}
        return values | {f"why_{key}": text for key, text in self.explanations.items()}


@transaction.atomic
def save_report(
    report: MonthlyReport, *, by, version: int, content: ReportContent, base: dict[str, object] | None = None
) -> MonthlyReport:
    """Keep a draft.

    `base` gives by key what the fields held when the caller began to type. A write on an old `version` goes through
    where each field still holds its base (or the new value already); otherwise it is stale and nothing is stored.
    Raises ValidationError when the report isn't open for filling in, StaleReportError, PermissionDenied.
    """
    report = lock_for_filling_in(report, by=by)
    _refuse_counted(content)
    if report.version != version:
        _refuse_conflicts(report, content, base or {})
    refuse_changes_outside(report, content.values())
    is_first = report.status == ReportStatus.NOT_STARTED
    if is_first:
        report.status = ReportStatus.DRAFT
    if content.is_nil is not None:
        report.is_nil = content.is_nil
    for name, text in content.texts.items():
        setattr(report, name, text)
    _write_notes(report, content)
    _write_figures(report, content)
    _write_progress(report, content)
    report.saved_at, report.saved_by, report.version = clock.now(), by, report.version + 1
    report.save(update_fields=DRAFT_FIELDS)
    if is_first:
        AuditEvent.objects.record("开始填报", report, by=by, organization=report.site.organization)
    return report


def _refuse_counted(content: ReportContent) -> None:
    """What the records and the ledger say is said by nobody else; a workbook may be older than that rule."""
    counted = Measure.objects.filter(pk__in=content.figures).exclude(source=Measure.Source.TYPED)
    if content.figures and (measure := counted.first()):
        where = "资金台账" if measure.section == Measure.Section.MONEY else "工作记录"
        raise ValidationError(
            f"“{measure}”由{where}自动计数，不能填写。数字不对的，请在{where}里更正。", code="counted"
        )


def _refuse_conflicts(report: MonthlyReport, content: ReportContent, base: dict[str, object]) -> None:
    stored = report_sheet(report).stored()
    conflicts = [
        key
        for key, value in content.values().items()
        if _bare(stored.get(key)) not in (_bare(base.get(key, UNKNOWN)), _bare(value))
    ]
    if conflicts:
        raise stale_report(report, conflicts)


def _bare(value):
    """An empty text is as good as nothing; 0 is not."""
    return None if value == "" else value


def _write_notes(report: MonthlyReport, content: ReportContent) -> None:
    """An empty reason is none; a value that is typed anew is no longer carried."""
    reasons = report.explanations | {key: text.strip() for key, text in content.explanations.items()}
    report.explanations = {key: text for key, text in reasons.items() if text}
    report.carried = sorted(set(report.carried) - content.values().keys() | content.carried)


@transaction.atomic
def submit_report(report: MonthlyReport, *, by, version: int) -> MonthlyReport:
    """Send the saved report to the first desk; keeps a snapshot of this round.

    Raises ValidationError with every error of the sheet, StaleReportError, PermissionDenied. A second click finds the
    report submitted: ValidationError with code "submitted".
    """
    report = lock_for_filling_in(report, by=by)
    refuse_stale(report, version)
    sheet = report_sheet(report)
    if errors := sheet.errors():
        raise ValidationError([message for _, message in errors])
    if report.is_nil:
        report.figures.all().delete()
        report.progress_lines.all().delete()
    else:
        _freeze_counted(report, sheet)
    now = clock.now()
    report.status = FIRST_STATUS[report.site.programme.review_chain]
    report.round, report.version = report.round + 1, report.version + 1
    report.submitted_at = report.waiting_since = now
    report.first_submitted_at = report.first_submitted_at or now
    report.submitted_by, report.organization_path = by, report.site.organization.path
    report.save(update_fields=SUBMISSION_FIELDS)
    content = sheet.entries()
    ReportSubmission.objects.create(
        report=report,
        round=report.round,
        submitted_at=now,
        submitted_by=by,
        content=content,
        anomalies=sum("warning" in entry for entry in content),
        carried=sum("carried" in entry for entry in content),
    )
    AuditEvent.objects.record("提交月报", report, by=by, organization=report.site.organization, round=report.round)
    return report


def _freeze_counted(report: MonthlyReport, sheet: Sheet) -> None:
    """From now on they are figures like those that were typed, whatever becomes of the records and of their rules."""
    _put_figures(
        ReportFigure(report=report, measure=line.measure, value=line.value, records=line.origin.records)
        for line in sheet.counted
    )


def _write_figures(report: MonthlyReport, content: ReportContent) -> None:
    emptied = [pk for pk, value in content.figures.items() if value is None]
    report.figures.filter(measure__in=emptied).delete()
    _put_figures(
        ReportFigure(report=report, measure_id=pk, value=value)
        for pk, value in content.figures.items()
        if value is not None
    )


def _put_figures(figures: Iterable[ReportFigure]) -> None:
    ReportFigure.objects.bulk_create(
        figures, update_conflicts=True, unique_fields=["report", "measure"], update_fields=["value", "records"]
    )


def _write_progress(report: MonthlyReport, content: ReportContent) -> None:
    """Percent and date may come one without the other: what isn't touched stays."""
    touched = content.percents.keys() | content.done_on.keys()
    lines = {line.item_id: line for line in report.progress_lines.filter(item__in=touched)}
    for pk in touched:
        line = lines.setdefault(pk, ProgressLine(report=report, item_id=pk))
        line.percent = content.percents.get(pk, line.percent)
        line.done_on = content.done_on.get(pk, line.done_on)
    emptied = [pk for pk, line in lines.items() if line.percent is None and line.done_on is None]
    report.progress_lines.filter(item__in=emptied).delete()
    ProgressLine.objects.bulk_create(
        [
            ProgressLine(report=report, item_id=pk, percent=line.percent, done_on=line.done_on)
            for pk, line in lines.items()
            if pk not in emptied
        ],
        update_conflicts=True,
        unique_fields=["report", "item"],
        update_fields=["percent", "done_on"],
    )
