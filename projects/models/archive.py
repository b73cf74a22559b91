"""备查资料: the categories (目录类别) of a programme's archive, as data. What lies in them: `Attachment` and records."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from projects.models.programme import CreationType, Programme
from projects.states import StageKind


class Retention(models.TextChoices):
    """保管期限 of documents (文书档案)."""

    PERMANENT = "permanent", "永久"
    THIRTY_YEARS = "30_years", "30年"
    TEN_YEARS = "10_years", "10年"


class ArchiveSource(models.TextChoices):
    """What falls into a category by itself, with its photos and files."""

    NOMINATION = "nomination", "申报材料"
    GROUP = "group", "组织机构"
    PLAN = "plan", "实施方案"
    TASK = "task", "日程任务"
    REPORT = "report", "月报"
    GATHERING = "gathering", "培训和会议"
    ACTIVITY = "activity", "活动记录"
    PUBLICITY = "publicity", "宣传报道"
    VISIT = "visit", "调研指导"
    RECTIFICATION = "rectification", "督查检查和整改事项"
    WORKLOG = "worklog", "工作日志"


# Name, retention, source, least number of items, from which stage on (the launch where nothing is said), required.
USUAL_CATEGORIES = [
    ("申报资料", Retention.PERMANENT, ArchiveSource.NOMINATION, 1, StageKind.LAUNCH, True),
    ("组织机构", Retention.PERMANENT, ArchiveSource.GROUP, 1, StageKind.LAUNCH, True),
    ("实施方案", Retention.PERMANENT, ArchiveSource.PLAN, 1, StageKind.LAUNCH, True),
    ("日程安排", Retention.THIRTY_YEARS, ArchiveSource.TASK, 1, StageKind.LAUNCH, True),
    ("进度月报", Retention.THIRTY_YEARS, ArchiveSource.REPORT, 1, StageKind.BUILD, True),
    ("会议培训", Retention.THIRTY_YEARS, ArchiveSource.GATHERING, 1, StageKind.BUILD, True),
    ("活动记录", Retention.THIRTY_YEARS, ArchiveSource.ACTIVITY, 3, StageKind.BUILD, True),
    ("调研指导", Retention.THIRTY_YEARS, ArchiveSource.VISIT, 1, StageKind.BUILD, True),
    ("督查整改", Retention.THIRTY_YEARS, ArchiveSource.RECTIFICATION, 1, StageKind.BUILD, False),
    ("宣传报道", Retention.TEN_YEARS, ArchiveSource.PUBLICITY, 1, StageKind.BUILD, True),
    ("资金", Retention.THIRTY_YEARS, "", 1, StageKind.BUILD, True),
    ("工作日志", Retention.TEN_YEARS, ArchiveSource.WORKLOG, 1, StageKind.BUILD, True),
    ("考核验收", Retention.PERMANENT, "", 1, StageKind.ACCEPT, True),
]


class ArchiveCategory(models.Model):
    """`required_for` are the creation types whose sites must have `minimum` items of it, once the stage has begun."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="archive_categories", verbose_name="批次"
    )
    position = models.PositiveSmallIntegerField("目录号", validators=[MinValueValidator(1), MaxValueValidator(99)])
    name = models.CharField("目录类别", max_length=30)
    retention = models.CharField("保管期限", max_length=10, choices=Retention, default=Retention.THIRTY_YEARS)
    source = models.CharField("自动归入", max_length=20, choices=ArchiveSource, blank=True)
    required_for = models.ManyToManyField(
        CreationType, blank=True, related_name="archive_categories", verbose_name="必备的创建类型"
    )
    minimum = models.PositiveSmallIntegerField(
        "至少几件", default=1, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    from_stage = models.CharField(
        "从哪个阶段起", max_length=10, choices=StageKind, default=StageKind.LAUNCH, help_text="阶段开始以后才算应有"
    )

    class Meta:
        verbose_name = verbose_name_plural = "备查资料目录"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"],
                name="archive_category_unique_name",
                violation_error_message="同一批次里目录类别不能重名。",
            ),
            models.UniqueConstraint(
                fields=["programme", "position"],
                name="archive_category_unique_position",
                deferrable=models.Deferrable.DEFERRED,  # two may change places in one form
                violation_error_message="同一批次里目录号不能重复。",
            ),
            models.UniqueConstraint(
                fields=["programme", "source"],
                condition=~Q(source=""),
                name="archive_category_unique_source",
                violation_error_message="同一种记录只能自动归入一个类别。",
            ),
            models.CheckConstraint(
                condition=Q(minimum__gte=1, minimum__lte=99),
                name="archive_category_minimum",
                violation_error_message="至少几件填 1 至 99。",
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=99),
                name="archive_category_position",
                violation_error_message="目录号填 1 至 99。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """“01 申报资料”, as folders and the catalogue call it."""
        return f"{self.position:02} {self.name}"

    @property
    def is_used(self) -> bool:
        return self.attachments.exists()

    def is_required_of(self, creation_type_id: int) -> bool:
        """Needs `required_for`, prefetched where there are many."""
        return any(kind.pk == creation_type_id for kind in self.required_for.all())

    def is_due(self, starts: dict[str, date], today: date) -> bool:
        """`starts` gives the first day of each stage; a stage that the programme doesn't have asks for nothing yet."""
        return (start := starts.get(self.from_stage)) is not None and start <= today


def stage_starts(programme: Programme) -> dict[str, date]:
    """The first day of each of the programme's stages, by kind; one query."""
    return dict(programme.stages.values_list("kind", "starts_on"))
