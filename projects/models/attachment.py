"""Photos and files that belong to a site: shown with a report, and with the task or record that they are evidence for;
or to a whole programme: those of its trainings and meetings, and of the work logs of its offices.

Those of an activity or a piece of publicity lie in the report of its month, too; those of a visit in no report. Others
were put into the archive (备查资料) of a site, or of a whole programme, directly."""

import secrets
from pathlib import PurePath

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models
from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils import timezone

from fedwork.received import CONTENT_TYPES, ReceivedFile
from fedwork.uploads import MEGABYTE
from projects.models.archive import ArchiveCategory, ArchiveSource
from projects.models.fieldwork import Activity, Publicity
from projects.models.meeting import Meeting
from projects.models.programme import Programme
from projects.models.rectification import Rectification
from projects.models.report import MonthlyReport
from projects.models.schedule import ScheduleItem
from projects.models.site import ProjectSite
from projects.models.training import Training
from projects.models.visit import GuidanceVisit
from projects.models.worklog import WorkLog

ATTACHMENTS = "attachments"  # the key of what is attached among a report's fields

# What an attachment may belong to, and as what it falls into the archive; the first one that it has counts.
SOURCE_OF = {
    "activity": ArchiveSource.ACTIVITY,
    "publicity": ArchiveSource.PUBLICITY,
    "visit": ArchiveSource.VISIT,
    "worklog": ArchiveSource.WORKLOG,
    "training": ArchiveSource.GATHERING,
    "meeting": ArchiveSource.GATHERING,
    "rectification": ArchiveSource.RECTIFICATION,
    "item": ArchiveSource.TASK,
    "report": ArchiveSource.REPORT,
}
OF_SITE = ["report", "item", "rectification", "activity", "publicity", "visit"]  # what only a site has


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AttachmentQuerySet":
        """Whoever sees the report, the site, the programme, or its training, meeting or office's log, sees what is
        attached to it."""
        reports, sites = MonthlyReport.objects.visible_to(user), ProjectSite.objects.visible_to(user)
        of_programme = Q(training=None, meeting=None, worklog=None, programme__in=Programme.objects.visible_to(user))
        of_record = (
            Q(training__in=Training.objects.visible_to(user))
            | Q(meeting__in=Meeting.objects.open_to(user))
            | Q(worklog__in=WorkLog.objects.visible_to(user))
        )
        return self.filter(
            Q(report__in=reports) | Q(report=None, site__in=sites) | Q(site=None) & (of_programme | of_record)
        )

    def current(self) -> "AttachmentQuerySet":
        return self.filter(removed_at=None)

    def for_page(self) -> "AttachmentQuerySet":
        """With all that a page shows of them, what was removed last."""
        return self.select_related("item", "activity", "publicity", "meeting", "uploaded_by", "removed_by").order_by(
            F("removed_at").asc(nulls_first=True), "uploaded_at", "pk"
        )

    def for_archive(self) -> "AttachmentQuerySet":
        """What stands, with all that a catalogue says of it, in the order of its dates."""
        around = [*SOURCE_OF, "site", "uploaded_by"]
        return self.current().select_related(*around).order_by("dated_on", "uploaded_at", "pk")

    def taken_out(self) -> "AttachmentQuerySet":
        """What was removed from the archive, the latest first, with who did it."""
        removed = self.exclude(removal_reason="").select_related("category", "removed_by")
        return removed.order_by("-removed_at", "pk")

    def of_sheets(self) -> "AttachmentQuerySet":
        """What a sheet tells of them, see `Sheet.attachments`."""
        return self.current().select_related("item", "activity", "publicity", "visit")

    def total_bytes(self) -> int:
        return self.aggregate(total=Sum("size"))["total"] or 0

    @staticmethod
    def limits() -> dict[str, int]:
        """What the page says may be uploaded, and what its script refuses before it is sent."""
        return {
            "photo": settings.PHOTO_MAX_MB,
            "file": settings.FILE_MAX_MB,
            "count": settings.REPORT_MAX_FILES,
            "megabyte": MEGABYTE,
        }


def stored_name(attachment: "Attachment", name: str) -> str:
    """A name that nobody can guess, in the folder of the site or programme."""
    folder = f"sites/{attachment.site_id}" if attachment.site_id else f"programmes/{attachment.programme_id}"
    return f"{folder}/{secrets.token_hex(16)}{PurePath(name).suffix}"


class Attachment(models.Model):
    """One file, of a site or of a whole programme. Removing only marks it once its report has been submitted or it was
    put into the archive: what a reviewer saw stays to be seen.

    `category` is None where it follows from what the file belongs to. A file and its annexes (`main`) are one item (件).
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", "照片"
        FILE = "file", "文件"

    site = models.ForeignKey(
        ProjectSite, on_delete=models.PROTECT, null=True, related_name="attachments", verbose_name="项目点"
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, null=True, related_name="attachments", verbose_name="批次"
    )
    report = models.ForeignKey(
        MonthlyReport, on_delete=models.PROTECT, null=True, related_name="attachments", verbose_name="月报"
    )
    item = models.ForeignKey(
        ScheduleItem, on_delete=models.PROTECT, null=True, related_name="attachments", verbose_name="工作内容"
    )
    rectification = models.ForeignKey(
        Rectification, on_delete=models.PROTECT, null=True, related_name="attachments", verbose_name="整改事项"
    )
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, related_name="attachments", verbose_name="活动记录"
    )
    publicity = models.ForeignKey(
        Publicity, on_delete=models.PROTECT, null=True, related_name="attachments", verbose_name="宣传报道"
    )
    visit = models.ForeignKey(
        GuidanceVisit, on_delete=models.PROTECT, null=True, related_name="attachments", verbose_name="调研指导"
    )
    worklog = models.ForeignKey(
        WorkLog, on_delete=models.PROTECT, null=True, related_name="attachments", verbose_name="工作日志"
    )
    training = models.ForeignKey(
        Training, on_delete=models.PROTECT, null=True, related_name="attachments", verbose_name="培训"
    )
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, related_name="attachments", verbose_name="会议"
    )
    category = models.ForeignKey(
        ArchiveCategory, on_delete=models.PROTECT, null=True, related_name="attachments", verbose_name="目录类别"
    )
    main = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="annexes", verbose_name="是哪一件的附件"
    )
    title = models.CharField("题名", max_length=80, blank=True)
    dated_on = models.DateField("成文日期", null=True)
    kind = models.CharField("类别", max_length=10, choices=Kind)
    name = models.CharField("文件名", max_length=100)
    file = models.FileField("文件", upload_to=stored_name, max_length=120)
    thumbnail = models.FileField("缩略图", upload_to=stored_name, max_length=120, blank=True)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField("校验值", max_length=64)
    width = models.PositiveIntegerField("宽", null=True)
    height = models.PositiveIntegerField("高", null=True)
    uploaded_at = models.DateTimeField("上传时间")
    uploaded_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="上传人"
    )
    removed_at = models.DateTimeField("移除时间", null=True)
    removed_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="移除人"
    )
    removal_reason = models.CharField("移除原因", max_length=200, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "照片和文件"
        ordering = ["uploaded_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "sha256"],
                condition=Q(removed_at=None),
                name="attachment_once_in_report",
                violation_error_message="这个文件在本月月报里已经有了。",
            ),
            models.UniqueConstraint(
                fields=["rectification", "sha256"],
                condition=Q(removed_at=None),
                name="attachment_once_in_rectification",
                violation_error_message="这个文件在整改材料里已经有了。",
            ),
            models.UniqueConstraint(
                fields=["visit", "sha256"],
                condition=Q(removed_at=None),
                name="attachment_once_in_visit",
                violation_error_message="这个文件在这次调研指导里已经有了。",
            ),
            models.UniqueConstraint(
                fields=["worklog", "sha256"],
                condition=Q(removed_at=None),
                name="attachment_once_in_worklog",
                violation_error_message="这个文件在这篇日志里已经有了。",
            ),
            models.UniqueConstraint(
                fields=["training", "sha256"],
                condition=Q(removed_at=None),
                name="attachment_once_in_training",
                violation_error_message="这个文件在这次培训里已经有了。",
            ),
            models.UniqueConstraint(
                fields=["meeting", "sha256"],
                condition=Q(removed_at=None),
                name="attachment_once_in_meeting",
                violation_error_message="这个文件在这次会议里已经有了。",
            ),
            models.CheckConstraint(
                condition=Q(training=None, meeting=None)
                | Q(training=None, worklog=None)
                | Q(meeting=None, worklog=None),
                name="attachment_of_one_gathering",
            ),
            models.CheckConstraint(
                condition=Q(worklog=None)
                | Q(report=None, item=None, activity=None, publicity=None, visit=None, rectification=None),
                name="attachment_of_worklog_alone",
            ),
            models.CheckConstraint(
                condition=Q(site__isnull=False, programme=None, training=None, meeting=None)
                | Q(site=None, programme__isnull=False, **dict.fromkeys(OF_SITE))
                & (
                    Q(category__isnull=False)
                    | Q(training__isnull=False)
                    | Q(meeting__isnull=False)
                    | Q(worklog__isnull=False)
                ),
                name="attachment_of_site_or_programme",
                violation_error_message="资料要么属于一个项目点，要么属于整个批次。",
            ),
            models.CheckConstraint(
                condition=Q(main=None) | ~Q(main=F("id")),
                name="attachment_not_its_own_annex",
            ),
            models.CheckConstraint(
                # Who may add and remove it follows from the report or from the visit, never from both.
                condition=Q(visit=None) | Q(report=None, item=None, activity=None, publicity=None),
                name="attachment_of_visit_or_report",
            ),
            models.CheckConstraint(
                condition=Q(activity=None, publicity=None)
                | Q(report__isnull=False, item=None) & (Q(activity=None) | Q(publicity=None)),
                name="attachment_of_one_record",
            ),
            models.CheckConstraint(
                condition=~Q(kind="photo") | Q(width__isnull=False, height__isnull=False) & ~Q(thumbnail=""),
                name="attachment_photo_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="attachment_removed_by",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:attachment_file", args=[self.pk])

    @property
    def record(self) -> Activity | Publicity | GuidanceVisit | WorkLog | Training | Meeting | None:
        """What of the work it shows; None for what belongs to the report or a task."""
        return self.activity or self.publicity or self.visit or self.worklog or self.training or self.meeting

    @property
    def owner(self) -> ProjectSite | Programme:
        """Whose archive it lies in."""
        return self.site or self.programme

    @property
    def origin(self) -> str:
        """The field that says what it belongs to; "" for what was put into the archive directly."""
        return next((name for name in SOURCE_OF if getattr(self, f"{name}_id")), "")

    @property
    def source(self) -> ArchiveSource | None:
        """As what it falls into the archive, unless a category was chosen."""
        return SOURCE_OF.get(self.origin)

    @property
    def is_direct(self) -> bool:
        return not self.origin

    @property
    def archive_url(self) -> str:
        return reverse("projects:archive_item", args=[self.pk])

    @property
    def is_photo(self) -> bool:
        return self.kind == self.Kind.PHOTO

    @property
    def is_closed(self) -> bool:
        """It was sent before a return whose remarks ask for other things: it stays. More may come, as evidence for
        what is corrected: the reviewer sees them as a change. The same once the minutes of its meeting stand."""
        if self.meeting:
            return self.meeting.is_finished
        opened = self.report.reopened_keys if self.report else None
        if opened is None or ATTACHMENTS in opened:
            return False
        return self.uploaded_at <= self.report.last_return.submission.submitted_at

    @property
    def in_words(self) -> str:
        """Name, task or record, and time: phones call every photo the same."""
        uploaded = timezone.localtime(self.uploaded_at)
        subject = self.item or self.record
        about = f"{subject}，" if subject else ""
        return f"{self.name}（{about}{uploaded.month}月{uploaded.day}日 {uploaded:%H:%M}）"

    @property
    def suffix(self) -> str:
        return PurePath(self.file.name).suffix

    @property
    def suffix_label(self) -> str:
        """PDF, DOCX: what stands in the place of a thumbnail."""
        return self.suffix[1:].upper()

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.suffix]

    def write_files(self, received: ReceivedFile) -> None:
        """Put the content on the disk and say here what it is. Raises ValidationError when the disk refuses."""
        photo = received.photo
        self.kind = self.Kind.PHOTO if photo else self.Kind.FILE
        self.name, self.size, self.sha256 = received.name, len(received.data), received.sha256
        self.file.save(f"file{received.suffix}", ContentFile(received.data), save=False)
        if photo:
            self.width, self.height = photo.width, photo.height
            self.thumbnail.save("thumbnail.jpg", ContentFile(photo.thumbnail), save=False)

    def remove_files(self) -> None:
        """From the disk: only for a row that is gone or never came to be."""
        for stored in [self.file, self.thumbnail]:
            if stored:
                stored.storage.delete(stored.name)
