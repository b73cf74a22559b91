"""How every action takes hold of a report: the row locked, and refused to those who looked at an older version."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from fedwork import clock
from projects import rules
from projects.locks import report_lock, visit_lock, worklog_lock
from projects.models import GuidanceVisit, Meeting, MonthlyReport, Note, Training, WorkLog


class StaleReportError(ValidationError):
    """The row was written since the caller read it, and nothing of the caller's was stored. `conflicts` are the keys
    of the fields that hold something else now than the caller started from and wants to write."""

    def __init__(self, message: str, *, conflicts: list[str]):
        super().__init__(message, code="stale")
        self.conflicts = conflicts


def locked_report(report: MonthlyReport) -> MonthlyReport:
    """The report as it is now, nobody else's until the transaction ends."""
    rows = MonthlyReport.objects.select_for_update(of=("self",))
    return rows.select_related("site__programme__organization", "site__organization").get(pk=report.pk)


def lock_for_filling_in(report: MonthlyReport, *, by) -> MonthlyReport:
    """Raises ValidationError with the lock's sentence and code, PermissionDenied."""
    report = locked_report(report)
    if lock := report_lock(report):
        raise ValidationError(str(lock), code=lock.code)
    if not rules.can_fill_in_report(by, report):
        raise PermissionDenied
    return report


def lock_visit(visit: GuidanceVisit, *, by) -> GuidanceVisit:
    """The visit as it is now; it raises as `lock_for_filling_in` does. A removed one is gone for good."""
    rows = GuidanceVisit.objects.select_for_update(of=("self",)).select_related("site__programme__organization")
    visit = rows.select_related("site__organization").get(pk=visit.pk)
    if lock := visit_lock(visit):
        raise ValidationError(str(lock), code=lock.code)
    if not rules.can_change_visit(by, visit):
        raise PermissionDenied
    return visit


def lock_note(note: Note, *, by) -> Note:
    """The note as it is now; it raises as `lock_for_filling_in` does."""
    rows = type(note).objects.select_for_update(of=("self",))
    note = rows.select_related("programme__organization", "organization", "site__organization").get(pk=note.pk)
    if note.removed_at:
        raise ValidationError("这条记录已经移除。", code="removed")
    if not rules.can_change_note(by, note):
        raise PermissionDenied
    if isinstance(note, WorkLog) and (lock := worklog_lock(note)):
        raise ValidationError(str(lock), code=lock.code)
    return note


def lock_training(training: Training, *, by) -> Training:
    """The training as it is now; it raises as `lock_for_filling_in` does."""
    training = Training.objects.select_for_update(of=("self",)).select_related("organization").get(pk=training.pk)
    if training.removed_at:
        raise ValidationError("这次培训已经移除。", code="removed")
    if not rules.can_record_training(by, training):
        raise PermissionDenied
    return training


def lock_meeting(meeting: Meeting, *, by) -> Meeting:
    """The meeting as it is now, also a finished one: what was signed at it is scanned after its minutes are written."""
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("programme__organization")
    meeting = rows.get(pk=meeting.pk)
    if not rules.can_manage_meeting(by, meeting):
        raise PermissionDenied
    return meeting


def refuse_stale(report: MonthlyReport, version: int) -> None:
    """StaleReportError unless `version` is the present one."""
    if report.version != version:
        raise stale_report(report, [])


def stale_report(report: MonthlyReport, conflicts: list[str]) -> StaleReportError:
    when = timezone.localtime(report.saved_at or clock.now())
    return StaleReportError(f"您打开之后，这份月报在 {when:%H:%M} 又有改动，请核对后再试。", conflicts=conflicts)
