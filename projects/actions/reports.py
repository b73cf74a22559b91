"""The monthly report with the cadre: saved and submitted. What the desks do with it is in reviews.py.

Each function locks the row, checks the state, then the rule, then the version; it writes, and leaves one audit row.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from fedwork import clock
from organizations.models import AuditEvent
from projects import rules
from projects.actions.locking import locked_report, refuse_stale
from projects.actions.reopening import refuse_changes_outside
from projects.models import MonthlyReport, ProgressLine, ReportFigure, ReportSubmission
from projects.sheet import report_sheet
from projects.states import FIRST_STATUS, ReportStatus

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
    """What a cadre typed. Only the named figures and tasks are touched; None empties one."""

    is_nil: bool = False
    texts: dict[str, str] = field(default_factory=dict)
    figures: dict[int, Decimal | None] = field(default_factory=dict)
    percents: dict[int, int | None] = field(default_factory=dict)
    done_on: dict[int, date | None] = field(default_factory=dict)


@transaction.atomic
def save_report(report: MonthlyReport, *, by, version: int, content: ReportContent) -> MonthlyReport:
    """Keep a draft. Raises ValidationError when the report isn't open for filling in, StaleReportError, PermissionDenied."""
    report = _lock_for_filling_in(report, by=by)
    refuse_stale(report, version)
    refuse_changes_outside(report, content)
    if report.status == ReportStatus.NOT_STARTED:
        report.status = ReportStatus.DRAFT
        AuditEvent.objects.record("开始填报", report, by=by, organization=report.site.organization)
    report.is_nil = content.is_nil
    for name, text in content.texts.items():
        setattr(report, name, text)
    report.saved_at, report.version = clock.now(), report.version + 1
    report.save(update_fields=["status", "is_nil", "saved_at", "version", "problems", "needs", "next_plan"])
    _write_figures(report, content)
    _write_progress(report, content)
    return report


@transaction.atomic
def submit_report(report: MonthlyReport, *, by, version: int) -> MonthlyReport:
    """Send the saved report to the first desk; keeps a snapshot of this round.

    Raises ValidationError with every error of the sheet, StaleReportError, PermissionDenied. A second click finds the
    report submitted: ValidationError with code "submitted".
    """
    report = _lock_for_filling_in(report, by=by)
    refuse_stale(report, version)
    sheet = report_sheet(report)
    if errors := sheet.errors():
        raise ValidationError([message for _, message in errors])
    if report.is_nil:
        report.figures.all().delete()
        report.progress_lines.all().delete()
    now = clock.now()
    report.status = FIRST_STATUS[report.site.programme.review_chain]
    report.round, report.version = report.round + 1, report.version + 1
    report.submitted_at = report.waiting_since = now
    report.first_submitted_at = report.first_submitted_at or now
    report.submitted_by, report.organization_path = by, report.site.organization.path
    report.save(update_fields=SUBMISSION_FIELDS)
    ReportSubmission.objects.create(
        report=report, round=report.round, submitted_at=now, submitted_by=by, content=sheet.entries()
    )
    AuditEvent.objects.record("提交月报", report, by=by, organization=report.site.organization, round=report.round)
    return report


def _lock_for_filling_in(report: MonthlyReport, *, by) -> MonthlyReport:
    report = locked_report(report)
    if not report.is_editable:
        when = timezone.localtime(report.submitted_at)
        raise ValidationError(f"这份月报已于 {when:%Y-%m-%d %H:%M} 提交，不能再改。", code="submitted")
    if report.month > clock.today():
        raise ValidationError(f"{report.month_label}还没有开始，到时再填报。")
    if not rules.can_fill_in_report(by, report):
        raise PermissionDenied
    return report


def _write_figures(report: MonthlyReport, content: ReportContent) -> None:
    emptied = [pk for pk, value in content.figures.items() if value is None]
    report.figures.filter(measure__in=emptied).delete()
    ReportFigure.objects.bulk_create(
        [
            ReportFigure(report=report, measure_id=pk, value=value)
            for pk, value in content.figures.items()
            if value is not None
        ],
        update_conflicts=True,
        unique_fields=["report", "measure"],
        update_fields=["value"],
    )


def _write_progress(report: MonthlyReport, content: ReportContent) -> None:
    typed = {pk: (content.percents.get(pk), content.done_on.get(pk)) for pk in content.percents}
    emptied = [pk for pk, values in typed.items() if values == (None, None)]
    report.progress_lines.filter(item__in=emptied).delete()
    ProgressLine.objects.bulk_create(
        [
            ProgressLine(report=report, item_id=pk, percent=percent, done_on=done_on)
            for pk, (percent, done_on) in typed.items()
            if pk not in emptied
        ],
        update_conflicts=True,
        unique_fields=["report", "item"],
        update_fields=["percent", "done_on"],
    )
