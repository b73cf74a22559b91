"""Photos and files that show that something was put right: they come and go as long as it has not been handed in."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from fedwork.received import ReceivedFile
from projects import rules
from projects.actions.attachments import keep, locked_attachment, take_out, whole
from projects.actions.rectifications import locked_rectification
from projects.models import Attachment, Rectification


def add_evidence(item: Rectification, *, by, received: ReceivedFile) -> Attachment:
    """The same content sent twice is kept once. Raises ValidationError, PermissionDenied; whatever fails, no file stays
    without its row."""
    attachment = Attachment(rectification=item, site_id=item.site_id, uploaded_by=by, uploaded_at=clock.now())
    with whole(attachment):
        item = _open_for(item, by=by)
        if there := item.attachments.current().filter(sha256=received.sha256).first():
            return there
        keep(attachment, received, item.attachments, by=by, action="上传整改材料")
    return attachment


@transaction.atomic
def remove_evidence(attachment: Attachment, *, by) -> None:
    """What a reviewer has seen is only marked; else it is forgotten. Twice is as good as once."""
    item = _open_for(attachment.rectification, by=by)
    if (attachment := locked_attachment(attachment)) is None:
        return
    was_seen = bool(item.submitted_at and attachment.uploaded_at <= item.submitted_at)
    take_out(attachment, only_mark=was_seen, by=by, action="移除整改材料")


def _open_for(item: Rectification, *, by) -> Rectification:
    item = locked_rectification(item)
    if not rules.can_answer_rectification(by, item):
        raise PermissionDenied
    if not item.is_to_rectify:
        raise ValidationError(f"现在的状态是“{item.get_state_display()}”，材料不能再改。")
    return item
