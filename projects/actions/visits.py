"""Guidance visits (调研指导), written down by who went there."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from organizations.models import AuditEvent
from projects import rules
from projects.actions.attachments import remove_attachment
from projects.actions.locking import lock_visit, locked_report
from projects.models import GuidanceVisit


@transaction.atomic
def add_visit(visit: GuidanceVisit, *, by) -> GuidanceVisit:
    """Keep a new note in the name of the federation to which `by` belongs; `visit` isn't saved yet. A visit may be
    written down late, when its month is closed, too. Raises ValidationError, PermissionDenied."""
    if not rules.can_record_visit(by, visit.site):
        raise PermissionDenied
    visit.level, visit.recorded_at, visit.recorded_by = rules.visit_level_of(by), clock.now(), by
    visit.clean()
    locked_report(visit.report)  # a second click waits here, and finds what the first has written
    visit.validate_constraints()
    visit.save()
    _log("新增调研指导", visit, by=by)
    return visit


@transaction.atomic
def change_visit(visit: GuidanceVisit, *, by, version: int) -> GuidanceVisit:
    """Write what was put right; raises ValidationError (locked, stale, another month), PermissionDenied."""
    stored = lock_visit(visit, by=by)
    if stored.version != version:
        raise ValidationError("您打开之后，这次调研指导又有改动，请刷新后核对再改。", code="stale")
    if stored.month != visit.month:
        raise ValidationError(f"日期要在{stored.month_label}以内。记错了月份的，请移除这一条另记。")
    visit.clean()
    visit.validate_constraints()
    visit.version = version + 1
    visit.save()
    _log("修改调研指导", visit, by=by)
    return visit


@transaction.atomic
def remove_visit(visit: GuidanceVisit, *, by) -> None:
    """Mark it as removed, and remove its photos; the month is due again. Raises ValidationError, PermissionDenied."""
    visit = lock_visit(visit, by=by)
    if visit.rectifications.exists():
        raise ValidationError("这次调研指导已经交办了整改事项，不能移除。")
    for attachment in visit.attachments.current().select_related("site__organization"):
        remove_attachment(attachment, by=by)
    visit.removed_at, visit.removed_by = clock.now(), by
    visit.save(update_fields=["removed_at", "removed_by"])
    _log("移除调研指导", visit, by=by)


def _log(action: str, visit: GuidanceVisit, *, by) -> None:
    AuditEvent.objects.record(
        action, visit, by=by, organization=visit.site.organization, happened_on=str(visit.happened_on)
    )
