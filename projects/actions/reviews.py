"""The monthly report at the desks: passed on or returned.

Each function locks the row, checks the state, then the rule, then the version; it writes, and leaves one audit row.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from fedwork import clock
from organizations.models import AuditEvent
from projects import rules
from projects.actions.locking import locked_report, refuse_stale
from projects.models import MonthlyReport, ReviewDecision
from projects.states import DESK_OF, STATUS_AFTER_PASS, ReportStatus, Verdict


@transaction.atomic
def pass_report(report: MonthlyReport, *, by, version: int, reason: str = "") -> MonthlyReport:
    """Pass the report on to the next desk, or accept it. Raises ValidationError, StaleReportError, PermissionDenied."""
    report = _lock_for_review(report, by=by, version=version)
    desk = report.desk
    _decide(report, Verdict.PASSED, by=by, reason=reason)
    report.status = STATUS_AFTER_PASS[desk]
    if report.status == ReportStatus.ACCEPTED:
        report.accepted_at, report.waiting_since = clock.now(), None
    else:
        report.waiting_since = clock.now()
    _finish_decision(report, f"{desk.label}通过", by=by, reason=reason)
    return report


@transaction.atomic
def return_report(report: MonthlyReport, *, by, version: int, reason: str) -> MonthlyReport:
    """Give the report back to the cadre; the reason is required. Raises ValidationError, StaleReportError, PermissionDenied."""
    report = _lock_for_review(report, by=by, version=version)
    if not reason.strip():
        raise ValidationError("退回必须写明原因。")
    desk = report.desk
    _decide(report, Verdict.RETURNED, by=by, reason=reason)
    report.status, report.waiting_since = ReportStatus.RETURNED, None
    _finish_decision(report, f"{desk.label}退回", by=by, reason=reason)
    return report


def _lock_for_review(report: MonthlyReport, *, by, version: int) -> MonthlyReport:
    if rules.desk_of(by) is None:
        raise PermissionDenied
    report = locked_report(report)
    if report.desk != rules.desk_of(by):
        raise ValidationError(_what_happened(report), code="decided")
    if not rules.can_review_report(by, report):
        raise PermissionDenied
    refuse_stale(report, version)
    return report


def _what_happened(report: MonthlyReport) -> str:
    """Told to the second of two people who decide at once."""
    decision = ReviewDecision.objects.filter(submission__report=report).select_related("decided_by").last()
    if decision is None or (report.is_editable and report.status != ReportStatus.RETURNED):
        return f"这份月报现在是“{report.get_status_display()}”，不在您这里审核。"
    when = timezone.localtime(decision.decided_at)
    return (
        f"{decision.decided_by}已于 {when:%Y-%m-%d %H:%M} 作出“{decision}”的决定，"
        f"这份月报现在是“{report.get_status_display()}”，您的决定没有生效。"
    )


def _decide(report: MonthlyReport, verdict: Verdict, *, by, reason: str) -> None:
    submission = report.submissions.get(round=report.round)
    ReviewDecision.objects.create(
        submission=submission,
        desk=DESK_OF[report.status],
        verdict=verdict,
        reason=reason.strip(),
        decided_by=by,
        decided_at=clock.now(),
    )


def _finish_decision(report: MonthlyReport, action: str, *, by, reason: str) -> None:
    report.version += 1
    report.save(update_fields=["status", "accepted_at", "waiting_since", "version"])
    AuditEvent.objects.record(
        action, report, by=by, organization=report.site.organization, note=reason.strip(), round=report.round
    )
