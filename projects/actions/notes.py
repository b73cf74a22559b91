"""Notes beside the monthly report (work logs, pairing, inspections ...): written, put right and removed by their post."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from organizations.models import AuditEvent, Organization
from projects import rules
from projects.actions.attachments import remove_attachment
from projects.actions.locking import lock_note
from projects.models import Inspection, Note, WorkLog, WorkLogAddition

STALE = "您打开之后，这条记录又有改动，请刷新后核对再改。"


@transaction.atomic
def add_note(note: Note, *, by) -> Note:
    """Keep a new note of a site, or of the own office when it names none; then `programme` is given by the caller.
    Raises ValidationError, PermissionDenied."""
    if not rules.can_write_note(by, type(note), note.site):
        raise PermissionDenied
    if note.site:
        note.programme = note.site.programme
    note.organization = note.site.organization if note.site else by.organization
    note.role, note.post = by.role, f"{by.organization}{by.get_role_display()}"
    note.recorded_at, note.recorded_by = clock.now(), by
    note.clean()
    # A second click waits here, and finds what the first has written.
    Organization.objects.select_for_update(no_key=True).get(pk=note.organization_id)
    note.validate_constraints()
    note.save()
    _log("新增", note, by=by)
    return note


@transaction.atomic
def change_note(note: Note, *, by, version: int) -> Note:
    """Write what was put right; its place stays. Raises ValidationError (locked, stale), PermissionDenied."""
    stored = lock_note(note, by=by)
    if stored.version != version:
        raise ValidationError(STALE, code="stale")
    if stored.site_id != note.site_id:
        raise ValidationError("记错了项目点的，请移除这一条另记。")
    note.clean()
    note.validate_constraints()
    note.version = version + 1
    note.save()
    _log("修改", note, by=by)
    return note


@transaction.atomic
def remove_note(note: Note, *, by) -> None:
    """Mark it as removed, and remove its photos. Raises ValidationError, PermissionDenied."""
    note = lock_note(note, by=by)
    if isinstance(note, Inspection) and note.rectifications.exists():
        raise ValidationError("这次督查已经交办了整改事项，不能移除。")
    if isinstance(note, WorkLog):
        for attachment in note.attachments.current().select_related("site__organization"):
            remove_attachment(attachment, by=by)
    note.removed_at, note.removed_by = clock.now(), by
    note.save(update_fields=["removed_at", "removed_by"])
    _log("移除", note, by=by)


@transaction.atomic
def add_to_worklog(log: WorkLog, *, by, text: str) -> WorkLogAddition:
    """补记 by the post that wrote the log, at any time; the original stays. Raises ValidationError, PermissionDenied."""
    # A locked log can't be changed, but it can be added to: only the row is held.
    rows = WorkLog.objects.select_for_update(of=("self",)).select_related("organization", "site__organization")
    log = rows.get(pk=log.pk)
    if not rules.can_change_note(by, log):
        raise PermissionDenied
    if log.removed_at:
        raise ValidationError("这篇日志已经移除。", code="removed")
    addition = WorkLogAddition(log=log, text=text.strip(), added_at=clock.now(), added_by=by)
    addition.full_clean()
    if log.additions.filter(text=addition.text).exists():
        raise ValidationError("同样的内容已经补记过了。")
    addition.save()
    _log("补记", log, by=by)
    return addition


def _log(verb: str, note: Note, *, by) -> None:
    AuditEvent.objects.record(
        f"{verb}{note._meta.verbose_name}",
        note,
        by=by,
        organization=note.organization,
        happened_on=f"{note.happened_on}",
    )
