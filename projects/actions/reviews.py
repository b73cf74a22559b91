"""The monthly report at the desks: opened, passed on or returned, taken back by the cadre before anybody opened it.

Each function locks the row, checks the state, then the rule, then the version; it writes, and leaves one audit row.
"""

from copy import copy

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from fedwork import clock
from organizations.models import AuditEvent
from projects import rules
from projects.actions.locking import locked_report, refuse_stale
from projects.locks import report_lock
from projects.models import MonthlyReport, ReportSubmission, ReviewDecision, ReviewOpening
from projects.models.report import NO_REASON, REMARKS_RETURN
from projects.states import STATUS_AFTER_PASS, ReportStatus, Verdict

WITHDRAWAL_FIELDS = [
    "status",
    "version",
    "submitted_at",
    "first_submitted_at",
    "submitted_by",
    "waiting_since",
    "organization_path",
]


@transaction.atomic
def pass_report(
    report: MonthlyReport, *, by, version: int, reason: str = "", remarks: dict[str, str] | None = None
) -> MonthlyReport:
    """Pass the report on to the next desk, or accept it. Raises ValidationError (also where `remarks` were written:
    they ask for changes), StaleReportError, PermissionDenied."""
    report = _lock_for_review(report, by=by, version=version)
    if remarks:
        raise ValidationError(REMARKS_RETURN, code="remarks")
    desk = report.desk
    _decide(report, Verdict.PASSED, by=by, reason=reason)
    report.status = STATUS_AFTER_PASS[desk]
    if report.status == ReportStatus.ACCEPTED:
        report.accepted_at, report.waiting_since = clock.now(), None
    else:
        report.waiting_since = clock.now()
    _finish_decision(report, f"{desk.label}通过", by=by, note=reason.strip())
    return report


@transaction.atomic
def pass_report_in_batch(report: MonthlyReport, *, by, version: int) -> MonthlyReport:
    """`pass_report` for one that nobody has read: refused (ValidationError, code "anomalies") when something in it is
    out of the ordinary."""
    report = locked_report(report)
    anomalies = report.submissions.filter(round=report.round).values_list("anomalies", flat=True).first()
    if anomalies and rules.can_review_report(by, report):
        raise ValidationError(batch_refusal(anomalies), code="anomalies")
    return pass_report(report, by=by, version=version)


def batch_refusal(count: int | None) -> str:
    """Why a report with so many anomalies isn't passed in a batch; empty when it has none."""
    return f"有 {count} 处异常，不能批量通过，请打开这一份单独审核。" if count else ""


@transaction.atomic
def return_report(
    report: MonthlyReport, *, by, version: int, reason: str = "", remarks: dict[str, str] | None = None
) -> MonthlyReport:
    """Give the report back to the cadre, with a reason or with `remarks` (words by field key), which open these fields
    alone. Raises ValidationError, StaleReportError, PermissionDenied."""
    report = _lock_for_review(report, by=by, version=version)
    pinned = _pin(report, remarks or {})
    if not reason.strip() and not pinned:
        raise ValidationError(NO_REASON)
    desk = report.desk
    decision = _decide(report, Verdict.RETURNED, by=by, reason=reason, remarks=pinned)
    report.status, report.waiting_since = ReportStatus.RETURNED, None
    _finish_decision(report, f"{desk.label}退回", by=by, note=decision.words)
    return report


@transaction.atomic
def withdraw_report(report: MonthlyReport, *, by, version: int) -> MonthlyReport:
    """Take a submission back before any reviewer opened it: the round stays, marked, and the report is with the cadre
    again as it was before. Raises ValidationError (code "opened" or "decided"), StaleReportError, PermissionDenied."""
    report = locked_report(report)
    if refusal := withdrawal_refusal(report):
        raise ValidationError(refusal, code="opened" if report.desk else "decided")
    if not rules.can_fill_in_report(by, report):
        raise PermissionDenied
    refuse_stale(report, version)
    report.submissions.filter(round=report.round).update(withdrawn_at=clock.now())
    _put_back(report, _standing_before(report))
    report.version += 1
    report.save(update_fields=WITHDRAWAL_FIELDS)
    AuditEvent.objects.record("撤回月报", report, by=by, organization=report.site.organization, round=report.round)
    return report


def withdrawal_refusal(report: MonthlyReport) -> str:
    """Why the last submission can't be taken back, in a sentence; empty when it can be."""
    if report.desk is None:
        return f"这份月报现在是“{report.get_status_display()}”，没有可以撤回的提交。"
    decision = ReviewDecision.objects.filter(submission__report=report, submission__round=report.round).last()
    if decision:
        return f"{decision.get_desk_display()}已经通过，不能再撤回；要修改，请联系审核单位退回。"
    if opening := ReviewOpening.objects.of_round(report).first():
        when = timezone.localtime(opening.opened_at)
        return f"{opening.who} 已于 {when:%Y-%m-%d %H:%M} 打开这份月报，不能再撤回；要修改，请联系审核人退回。"
    return _locked_afterwards(report)


def _locked_afterwards(report: MonthlyReport) -> str:
    """Nobody is led into a trap: what could not be sent again stays where it is."""
    put_back = copy(report)
    _put_back(put_back, _standing_before(report))
    lock = report_lock(put_back)
    return f"撤回后就不能再报了：{lock}" if lock else ""


@transaction.atomic
def open_report(report: MonthlyReport, *, by) -> ReviewOpening | None:
    """A reviewer who may decide looks at the report; None when there is nothing (any more) to decide for them.

    The row is locked, so that opening and withdrawing at once have one outcome. Not in the audit log: nothing of the
    report changes, and the opening is itself the record.
    """
    report = locked_report(report)
    if not rules.can_review_report(by, report):
        return None
    now = clock.now()
    opening, _ = ReviewOpening.objects.update_or_create(
        report=report,
        round=report.round,
        reviewer=by,
        defaults={"last_seen_at": now},
        create_defaults={"opened_at": now, "last_seen_at": now},
    )
    return opening


def keep_open(report: MonthlyReport, *, by) -> None:
    """The page that `by` opened is still open. Nothing happens to those who never opened it."""
    ReviewOpening.objects.filter(report=report, round=report.round, reviewer=by).update(last_seen_at=clock.now())


def _lock_for_review(report: MonthlyReport, *, by, version: int) -> MonthlyReport:
    if rules.desk_of(by) is None:
        raise PermissionDenied
    report = locked_report(report)
    if report.desk != rules.desk_of(by):
        raise ValidationError(f"{what_happened(report)}，您的决定没有生效。", code="decided")
    if not rules.can_review_report(by, report):
        raise PermissionDenied
    refuse_stale(report, version)
    return report


def what_happened(report: MonthlyReport) -> str:
    """What became of a report that lay on the desk, for those who still have it open; without a full stop."""
    now = f"这份月报现在是“{report.get_status_display()}”"
    submission = report.submissions.last()
    if submission and submission.withdrawn_at:
        return f"填报单位已于 {timezone.localtime(submission.withdrawn_at):%Y-%m-%d %H:%M} 撤回，{now}"
    decision = ReviewDecision.objects.filter(submission__report=report).select_related("decided_by").last()
    if decision is None or (report.is_editable and report.status != ReportStatus.RETURNED):
        return f"{now}，不在您这里审核"
    when = timezone.localtime(decision.decided_at)
    return f"{decision.decided_by}已于 {when:%Y-%m-%d %H:%M} 作出“{decision}”的决定，{now}"


def _pin(report: MonthlyReport, remarks: dict[str, str]) -> list[dict]:
    """[{key, label, text}] in the order of the report; a remark on what was not submitted is refused."""
    content = report.submissions.get(round=report.round).content
    pinned = [
        {"key": entry["key"], "label": entry["label"], "text": remarks[entry["key"]].strip()}
        for entry in content
        if remarks.get(entry["key"], "").strip()
    ]
    if strangers := remarks.keys() - {entry["key"] for entry in content}:
        raise ValidationError(f"批注所指的项不在这次提交里：{'、'.join(sorted(strangers))}。", code="stale")
    return pinned


def _decide(
    report: MonthlyReport, verdict: Verdict, *, by, reason: str, remarks: list[dict] | None = None
) -> ReviewDecision:
    return ReviewDecision.objects.create(
        submission=report.submissions.get(round=report.round),
        desk=report.desk,
        verdict=verdict,
        reason=reason.strip(),
        remarks=remarks or [],
        decided_by=by,
        decided_at=clock.now(),
    )


def _finish_decision(report: MonthlyReport, action: str, *, by, note: str) -> None:
    report.version += 1
    report.save(update_fields=["status", "accepted_at", "waiting_since", "version"])
    AuditEvent.objects.record(
        action, report, by=by, organization=report.site.organization, note=note, round=report.round
    )


def _standing_before(report: MonthlyReport) -> ReportSubmission | None:
    """The submission before this round's that was not taken back."""
    return report.submissions.filter(withdrawn_at=None, round__lt=report.round).last()


def _put_back(report: MonthlyReport, before: ReportSubmission | None) -> None:
    """As the report stood after `before`, the last submission that stands (and was returned); without one nothing was
    ever submitted."""
    report.waiting_since = None
    report.status = ReportStatus.RETURNED if before else ReportStatus.DRAFT
    report.submitted_at = before and before.submitted_at
    report.submitted_by_id = before and before.submitted_by_id
    if before is None:
        report.first_submitted_at, report.organization_path = None, ""
