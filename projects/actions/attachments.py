"""Photos and files come to a report, and are taken from it, as long as it can be filled in."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from fedwork import clock
from fedwork.received import ReceivedFile
from fedwork.uploads import MEGABYTE
from organizations.models import AuditEvent
from projects.actions.locking import lock_for_filling_in
from projects.models import Attachment, MonthlyReport, ScheduleItem


def add_attachment(
    report: MonthlyReport, *, by, received: ReceivedFile, item: ScheduleItem | None = None
) -> Attachment:
    """Keep a photo or file with the report, and with one of its site's tasks when `item` is given.

    The same content sent twice is kept once: a phone that lost the answer simply sends again. Raises ValidationError
    (not open, too many, quota, disk full) and PermissionDenied. Whatever fails, no file stays without its row.
    """
    attachment = Attachment(report=report, site_id=report.site_id, item=item, uploaded_by=by, uploaded_at=clock.now())
    try:
        with transaction.atomic():
            report = lock_for_filling_in(report, by=by)
            if there := report.attachments.current().filter(sha256=received.sha256).first():
                return _same(there, item)
            _refuse_foreign_item(report, item)
            _refuse_overflow(report, received)
            attachment.write_files(received)
            attachment.save()
            _record("上传附件", attachment, by=by)
    except BaseException:
        attachment.remove_files()
        raise
    return attachment


@transaction.atomic
def remove_attachment(attachment: Attachment, *, by) -> None:
    """Take it out of its report. A report that was never submitted forgets the file; else it is only marked.

    Raises ValidationError when the report isn't open for filling in, PermissionDenied. Twice is as good as once.
    """
    lock_for_filling_in(attachment.report, by=by)
    attachment = Attachment.objects.select_for_update(of=("self",)).filter(pk=attachment.pk, removed_at=None).first()
    if attachment is None:
        return
    if attachment.is_closed:
        raise ValidationError(
            "这次退回没有要求改照片和文件：可以补充，退回前交的照片和文件不能移除。", code="not_reopened"
        )
    if attachment.report.round:
        attachment.removed_at, attachment.removed_by = clock.now(), by
        attachment.save(update_fields=["removed_at", "removed_by"])
    else:
        Attachment.objects.filter(pk=attachment.pk).delete()
        transaction.on_commit(attachment.remove_files)
    _record("移除附件", attachment, by=by)


def _same(there: Attachment, item: ScheduleItem | None) -> Attachment:
    if there.item != item:
        place = f"“{there.item}”下面" if there.item else "本月月报里（没有分到任务）"
        raise ValidationError(f"同样的文件已经在{place}了，要换地方请先移除那一个。")
    return there


def _refuse_foreign_item(report: MonthlyReport, item: ScheduleItem | None) -> None:
    if item and item.stage.site_id != report.site_id:
        raise ValidationError("所选的工作内容不是这个项目点的。")


def _refuse_overflow(report: MonthlyReport, received: ReceivedFile) -> None:
    if report.attachments.current().count() >= settings.REPORT_MAX_FILES:
        raise ValidationError(f"一份月报最多 {settings.REPORT_MAX_FILES} 个照片和文件，请先移除不需要的。")
    refuse_over_quota(report.site_id, received)


def refuse_over_quota(site_id: int, received: ReceivedFile) -> None:
    """ValidationError when the site's files would take more than it may have, wherever they are attached."""
    used = Attachment.objects.filter(site=site_id).total_bytes()
    if used + len(received.data) > settings.SITE_QUOTA_MB * MEGABYTE:
        raise ValidationError(
            f"这个项目点的照片和文件已用 {used / MEGABYTE:.0f} MB，最多 {settings.SITE_QUOTA_MB} MB，请联系市妇联。"
        )


def _record(action: str, attachment: Attachment, *, by) -> None:
    AuditEvent.objects.record(
        action,
        attachment,
        by=by,
        organization=attachment.site.organization,
        report=attachment.report_id,
        size=attachment.size,
        sha256=attachment.sha256,
    )
