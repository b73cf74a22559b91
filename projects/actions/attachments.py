"""Photos and files come to a report, a visit, a log, a training or a meeting, and are taken from it, as long as it can
be changed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from fedwork import clock
from fedwork.received import ReceivedFile
from fedwork.uploads import MEGABYTE
from organizations.models import AuditEvent
from projects.actions.locking import lock_for_filling_in, lock_meeting, lock_note, lock_training, lock_visit
from projects.models import (
    Activity,
    Attachment,
    GuidanceVisit,
    Meeting,
    MonthlyReport,
    Publicity,
    ScheduleItem,
    Training,
    WorkLog,
)

CLOSED_REPORT = "这次退回没有要求改照片和文件：可以补充，退回前交的照片和文件不能移除。"
CLOSED_MEETING = "会议记录已经定稿：照片和文件可以补充，不能移除。"


def add_attachment(
    report: MonthlyReport,
    *,
    by,
    received: ReceivedFile,
    item: ScheduleItem | None = None,
    record: Activity | Publicity | None = None,
) -> Attachment:
    """Keep a photo or file with the report, and with one of its site's tasks or records when it is given.

    The same content sent twice is kept once: a phone that lost the answer simply sends again. Raises ValidationError
    (not open, too many, quota, disk full) and PermissionDenied. Whatever fails, no file stays without its row.
    """
    attachment = Attachment(report=report, site_id=report.site_id, item=item, uploaded_by=by, uploaded_at=clock.now())
    if record:
        setattr(attachment, record._meta.model_name, record)
    with whole(attachment):
        report = lock_for_filling_in(report, by=by)
        if there := report.attachments.current().filter(sha256=received.sha256).first():
            return _same(there, attachment)
        _refuse_foreign(report, attachment)
        keep(attachment, received, report.attachments.filter(_beside(attachment)), by=by)
    return attachment


def add_visit_attachment(visit: GuidanceVisit, *, by, received: ReceivedFile) -> Attachment:
    """Keep a photo or file with a visit, as long as its note can be changed; raises as `add_attachment` does."""
    attachment = Attachment(visit=visit, site_id=visit.site_id, uploaded_by=by, uploaded_at=clock.now())
    with whole(attachment):
        visit = lock_visit(visit, by=by)
        if there := visit.attachments.current().filter(sha256=received.sha256).first():
            return there
        keep(attachment, received, visit.attachments, by=by)
    return attachment


def add_worklog_attachment(log: WorkLog, *, by, received: ReceivedFile) -> Attachment:
    """Keep a photo or file with a work log, as long as it can be changed; raises as `add_attachment` does. Those of an
    office belong to the programme."""
    programme = None if log.site_id else log.programme_id
    attachment = Attachment(
        worklog=log, site_id=log.site_id, programme_id=programme, uploaded_by=by, uploaded_at=clock.now()
    )
    with whole(attachment):
        log = lock_note(log, by=by)
        if there := log.attachments.current().filter(sha256=received.sha256).first():
            return there
        keep(attachment, received, log.attachments, by=by)
    return attachment


def add_training_attachment(training: Training, *, by, received: ReceivedFile) -> Attachment:
    """签到册, photos, materials; raises as `add_attachment` does."""
    attachment = Attachment(
        training=training, programme_id=training.programme_id, uploaded_by=by, uploaded_at=clock.now()
    )
    with whole(attachment):
        training = lock_training(training, by=by)
        if there := training.attachments.current().filter(sha256=received.sha256).first():
            return there
        keep(attachment, received, training.attachments, by=by)
    return attachment


def add_meeting_attachment(meeting: Meeting, *, by, received: ReceivedFile) -> Attachment:
    """As for a training; also to a meeting that is finished."""
    attachment = Attachment(meeting=meeting, programme_id=meeting.programme_id, uploaded_by=by, uploaded_at=clock.now())
    with whole(attachment):
        meeting = lock_meeting(meeting, by=by)
        if there := meeting.attachments.current().filter(sha256=received.sha256).first():
            return there
        keep(attachment, received, meeting.attachments, by=by)
    return attachment


@contextmanager
def whole(attachment: Attachment) -> Iterator[None]:
    """Row and files come to be together, or neither."""
    try:
        with transaction.atomic():
            yield
    except BaseException:
        attachment.remove_files()
        raise


def _beside(attachment: Attachment) -> Q:
    """Those that are counted together with it: of the same record, or else of the report and its tasks."""
    return Q(activity=attachment.activity, publicity=attachment.publicity)


def keep(attachment: Attachment, received: ReceivedFile, beside, *, by, action: str = "上传附件") -> None:
    """Write files, row and audit row of a new attachment; `beside` are those that are counted together with it."""
    _refuse_overflow(attachment, received, beside)
    attachment.write_files(received)
    attachment.save()
    _record(action, attachment, by=by)


@transaction.atomic
def remove_attachment(attachment: Attachment, *, by) -> None:
    """Take it out of its report or record. A report that was never submitted forgets the file; else it is only marked.

    Raises ValidationError when the report or the record is locked, PermissionDenied. Twice is as good as once.
    """
    _lock_owner(attachment, by=by)
    attachment = locked_attachment(attachment)
    if attachment is None:
        return
    if attachment.is_closed:
        raise ValidationError(CLOSED_MEETING if attachment.meeting else CLOSED_REPORT, code="not_reopened")
    only_mark = attachment.report is None or attachment.report.round or attachment.category_id
    take_out(attachment, only_mark=bool(only_mark), by=by)


def _lock_owner(attachment: Attachment, *, by) -> None:
    """What it belongs to is held, and refuses who may not change it."""
    if attachment.visit:
        lock_visit(attachment.visit, by=by)
    elif attachment.worklog:
        lock_note(attachment.worklog, by=by)
    elif attachment.training:
        lock_training(attachment.training, by=by)
    elif attachment.meeting:
        lock_meeting(attachment.meeting, by=by)
    else:
        lock_for_filling_in(attachment.report, by=by)


def locked_attachment(attachment: Attachment) -> Attachment | None:
    """The attachment as it is now; None when it is removed already."""
    return Attachment.objects.select_for_update(of=("self",)).filter(pk=attachment.pk, removed_at=None).first()


def take_out(attachment: Attachment, *, only_mark: bool, by, action: str = "移除附件") -> None:
    """What somebody has seen is only marked as removed; else row and files go."""
    if only_mark:
        attachment.removed_at, attachment.removed_by = clock.now(), by
        attachment.save(update_fields=["removed_at", "removed_by"])
    else:
        Attachment.objects.filter(pk=attachment.pk).delete()
        transaction.on_commit(attachment.remove_files)
    _record(action, attachment, by=by)


def _same(there: Attachment, attachment: Attachment) -> Attachment:
    if (there.item, there.record) != (attachment.item, attachment.record):
        subject = there.item or there.record
        place = f"“{subject}”下面" if subject else "本月月报里（没有分到任务）"
        raise ValidationError(f"同样的文件已经在{place}了，要换地方请先移除那一个。")
    return there


def _refuse_foreign(report: MonthlyReport, attachment: Attachment) -> None:
    if attachment.item and attachment.item.stage.site_id != report.site_id:
        raise ValidationError("所选的工作内容不是这个项目点的。")
    record = attachment.record
    if record and ((record.site_id, record.month) != (report.site_id, report.month) or record.removed_at):
        raise ValidationError("这条工作记录已移除，或者不是本月的。")


def _refuse_overflow(attachment: Attachment, received: ReceivedFile, beside) -> None:
    if beside.current().count() >= settings.REPORT_MAX_FILES:
        about = attachment.rectification or attachment.record or attachment.report
        whole = about._meta.verbose_name if about else "资料"
        raise ValidationError(f"一份{whole}最多 {settings.REPORT_MAX_FILES} 个照片和文件，请先移除不需要的。")
    used = attachment.owner.attachments.total_bytes()
    if used + len(received.data) > settings.SITE_QUOTA_MB * MEGABYTE:
        raise ValidationError(
            f"“{attachment.owner}”的照片和文件已用 {used / MEGABYTE:.0f} MB，最多 {settings.SITE_QUOTA_MB} MB，请联系市妇联。"
        )


def _record(action: str, attachment: Attachment, *, by) -> None:
    AuditEvent.objects.record(
        action,
        attachment,
        by=by,
        organization=(attachment.training or attachment.worklog or attachment.owner).organization,
        **{name: pk for name in ["report", "rectification"] if (pk := getattr(attachment, f"{name}_id"))},
        size=attachment.size,
        sha256=attachment.sha256,
    )
