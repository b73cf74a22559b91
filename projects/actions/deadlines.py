"""The city's hand on deadlines: unlocking a report, closing a month, correcting a figure.

A report's row is the lock under which it is filled in, submitted, decided, unlocked and corrected; closing a month
takes the rows of all its reports. So of a submission and a close at once the second sees the first.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from fedwork import clock
from fedwork.numbers import grouped_number
from organizations.models import AuditEvent
from projects import rules
from projects.actions.locking import locked_report
from projects.effective import effective_rows
from projects.locks import report_locks
from projects.models import FigureCorrection, Measure, MonthClose, MonthlyReport, Programme, ReportUnlock
from projects.months import month_state
from projects.states import ReportStatus

LONGEST_UNLOCK = timedelta(days=31)


@transaction.atomic
def unlock_report(report: MonthlyReport, *, by, until: datetime, reason: str) -> ReportUnlock:
    """Open a locked report for filling in until a moment, for one report and with a reason. It ends by itself; a later
    unlock takes the place of an earlier one. Raises ValidationError, PermissionDenied."""
    report = locked_report(report)
    if not rules.can_unlock_report(by, report):
        raise PermissionDenied
    lock = report_locks([report], regard_unlocks=False).get(report.pk)
    if lock is None or not lock.needs_unlock:
        raise ValidationError(f"这份月报不需要解锁。{lock or '它没有锁定，可以直接填报。'}")
    _refuse_end(until)
    unlock = ReportUnlock(report=report, until=until, reason=reason.strip(), unlocked_by=by, unlocked_at=clock.now())
    unlock.full_clean()
    unlock.save(force_insert=True)
    when = f"{timezone.localtime(until):%Y-%m-%d %H:%M}"
    AuditEvent.objects.record(
        "解锁月报", report, by=by, organization=report.site.organization, note=unlock.reason, until=when
    )
    return unlock


def _refuse_end(until: datetime) -> None:
    if until <= clock.now():
        raise ValidationError({"until": "开放的截止时间应晚于现在。"})
    if until > clock.now() + LONGEST_UNLOCK:
        raise ValidationError({"until": f"一次最多开放 {LONGEST_UNLOCK.days} 天，请核对日期。"})


@transaction.atomic
def close_month(programme: Programme, *, month: date, by) -> MonthClose:
    """月结. What is not reported stays 未报 and opens by an unlock alone. Raises ValidationError, PermissionDenied."""
    if not rules.can_manage_programme(by, programme):
        raise PermissionDenied
    # Two clerks who close at once: the second is told. Submissions and decisions wait at their reports' rows.
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    reports = MonthlyReport.objects.filter(site__programme=programme, month=month)
    list(reports.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    state = month_state(programme, month, clock.now())
    if state.refusal:
        raise ValidationError(state.refusal)
    close = MonthClose.objects.create(programme=programme, month=month, closed_at=clock.now(), closed_by=by)
    AuditEvent.objects.record(
        "月结",
        close,
        by=by,
        organization=programme.organization,
        due=state.due,
        accepted=state.accepted,
        missing=state.unsettled,
    )
    return close


@transaction.atomic
def correct_figure(
    report: MonthlyReport, *, measure: Measure, before: Decimal, after: Decimal, reason: str, by
) -> FigureCorrection:
    """补正 a figure of an accepted report. `before` is what the clerk saw: when somebody else has corrected it since,
    ValidationError with code "stale". Raises ValidationError, PermissionDenied."""
    report = locked_report(report)
    if not rules.can_correct_figure(by, report):
        raise PermissionDenied
    if report.status != ReportStatus.ACCEPTED:
        raise ValidationError("审核通过的月报才能补正；没有通过的，请退回修改。")
    if measure.programme_id != report.site.programme_id:
        raise ValidationError({"measure": "这项指标不属于这个批次。"})
    present = next((row.value for row in effective_rows([report.pk]) if row.measure_id == measure.pk), Decimal(0))
    if present != before:
        shown = f"{grouped_number(before)}，现在是 {grouped_number(present)}"
        raise ValidationError(f"“{measure}”刚刚有人补正过：您看到的是 {shown}，请核对后再改。", code="stale")
    correction = FigureCorrection(
        report=report, measure=measure, before=present, after=after, reason=reason.strip(), made_by=by
    )
    correction.made_at = clock.now()
    correction.full_clean()
    correction.save(force_insert=True)
    _record_correction(correction, by=by)
    return correction


def _record_correction(correction: FigureCorrection, *, by) -> None:
    report = correction.report
    AuditEvent.objects.record(
        "补正数字",
        report,
        by=by,
        organization=report.site.organization,
        note=correction.reason,
        measure=str(correction.measure),
        before=grouped_number(correction.before),
        after=grouped_number(correction.after),
    )
