"""Photos and files that show that something was put right: they come and go as long as it has not been handed in."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from fedwork.received import ReceivedFile
from organizations.models import AuditEvent
from projects import rules
from projects.actions.attachments import refuse_over_quota
from projects.actions.rectifications import locked_rectification
from projects.models import Attachment, Rectification


def add_evidence(item: Rectification, *, by, received: ReceivedFile) -> Attachment:
    """The same content sent twice is kept once. Raises ValidationError, PermissionDenied; whatever fails, no file stays
    without its row."""
    attachment = Attachment(rectification=item, site_id=item.site_id, uploaded_by=by, uploaded_at=clock.now())
    try:
        with transaction.atomic():
            item = _open_for(item, by=by)
            if there := item.attachments.current().filter(sha256=received.sha256).first():
                return there
            if item.attachments.current().count() >= settings.REPORT_MAX_FILES:
                raise ValidationError(f"一个整改事项最多 {settings.REPORT_MAX_FILES} 个照片和文件，请先移除不需要的。")
            refuse_over_quota(item.site_id, received)
            attachment.write_files(received)
            attachment.save()
            _record("上传整改材料", attachment, by=by)
    except BaseException:
        attachment.remove_files()
        raise
    return attachment


@transaction.atomic
def remove_evidence(attachment: Attachment, *, by) -> None:
    """What a reviewer has seen is only marked; else it is forgotten. Twice is as good as once."""
    item = _open_for(attachment.rectification, by=by)
    attachment = Attachment.objects.select_for_update(of=("self",)).filter(pk=attachment.pk, removed_at=None).first()
    if attachment is None:
        return
    if item.submitted_at and attachment.uploaded_at <= item.submitted_at:
        attachment.removed_at, attachment.removed_by = clock.now(), by
        attachment.save(update_fields=["removed_at", "removed_by"])
    else:
        Attachment.objects.filter(pk=attachment.pk).delete()
        transaction.on_commit(attachment.remove_files)
    _record("移除整改材料", attachment, by=by)


def _open_for(item: Rectification, *, by) -> Rectification:
    item = locked_rectification(item)
    if not rules.can_answer_rectification(by, item):
        raise PermissionDenied
    if not item.is_to_rectify:
        raise ValidationError(f"现在的状态是“{item.get_state_display()}”，材料不能再改。")
    return item


def _record(action: str, attachment: Attachment, *, by) -> None:
    AuditEvent.objects.record(
        action,
        attachment,
        by=by,
        organization=attachment.site.organization,
        rectification=attachment.rectification_id,
        size=attachment.size,
        sha256=attachment.sha256,
    )
