"""A site's schedule (进度和日程安排): stages with windows and gates, tasks with dates. Progress comes from reports alone."""

from datetime import date

from dateutil.relativedelta import relativedelta
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from fedwork.triggers import append_only
from projects.models.site import ProjectSite
from projects.models.stages import TaskTemplate
from projects.states import Owner, StageKind


class StageQuerySet(models.QuerySet):
    def visible_to(self, user) -> "StageQuerySet":
        return self.filter(site__in=ProjectSite.objects.visible_to(user))


class Stage(models.Model):
    """A stage of one site. Completed ones are in order: where the site stands is the first that isn't."""

    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="stages", verbose_name="项目点")
    kind = models.CharField("阶段", max_length=10, choices=StageKind)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")
    completed_at = models.DateTimeField("完成时间", null=True)
    completed_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="确认完成的人"
    )

    objects = StageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目点阶段"
        ordering = ["starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["site", "kind"], name="stage_unique"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="stage_window"),
            models.CheckConstraint(
                condition=Q(completed_at=None, completed_by=None)
                | Q(completed_at__isnull=False, completed_by__isnull=False),
                name="stage_completed_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.get_kind_display()}"

    @property
    def is_completed(self) -> bool:
        return self.completed_at is not None

    def days_over(self, today: date) -> int:
        """Days since the end of a stage that isn't completed; 0 when there is nothing to worry about."""
        return 0 if self.is_completed else max(0, (today - self.ends_on).days)


class StageStep(models.Model):
    """What was decided of a stage: completed, opened again, its window moved. Only added."""

    class Kind(models.TextChoices):
        COMPLETED = "completed", "确认完成"
        REOPENED = "reopened", "重新打开"
        MOVED = "moved", "调整起止"

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="steps", verbose_name="阶段")
    kind = models.CharField("办理", max_length=10, choices=Kind)
    text = models.CharField("说明", max_length=300, blank=True)
    made_at = models.DateTimeField("时间")
    made_by = models.ForeignKey("organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="办理人")

    class Meta:
        verbose_name = verbose_name_plural = "阶段办理记录"
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="completed") | ~Q(text=""),
                name="stage_step_reason",
                violation_error_message="请写明原因。",
            )
        ]
        triggers = append_only("stage_step")

    def __str__(self) -> str:
        return f"{self.stage} {self.get_kind_display()}"


class PlanConfirmation(models.Model):
    """细排进度: the site looked through its schedule, and stands by it."""

    site = models.OneToOneField(
        ProjectSite, on_delete=models.PROTECT, related_name="plan_confirmation", verbose_name="项目点"
    )
    confirmed_at = models.DateTimeField("确认时间")
    confirmed_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="确认人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "日程确认"

    def __str__(self) -> str:
        return f"{self.site} 日程确认"


class Planned:
    """What follows from a task's dates; also for rows that were read without their model (projects/lights/tasks.py).
    Has `occurrence`, `starts_on`, `due_on`, `milestone_on` and `milestone_percent`."""

    def expected_percent(self, day: date) -> int:
        """序时进度: the share of the item's window that has passed by the end of `day`, 0 to 100."""
        if day < self.starts_on:
            return 0
        node, percent = self.milestone_on, self.milestone_percent
        if node is None or not self.starts_on <= node < self.due_on:
            return min(100, round(100 * _share(self.starts_on, self.due_on, day)))
        if day <= node:
            return round(percent * _share(self.starts_on, node, day))
        return min(100, round(percent + (100 - percent) * (day - node).days / (self.due_on - node).days))

    def is_lagging(self, percent: int, day) -> bool:
        """滞后: less done by the end of `day` than the calendar expects."""
        return percent < self.expected_percent(day)

    def is_told_later(self, today: date) -> bool:
        """A turn ends with its month, when that month's report is already sent: the next one says what became of it,
        and until its month is over the turn isn't called overdue."""
        return bool(self.occurrence) and self.due_on >= told_from(today)

    def days_overdue(self, percent: int, day) -> int:
        """Days since the planned date of a task that isn't done; 0 when there is nothing to worry about."""
        return max(0, (day - self.due_on).days) if percent < 100 else 0


class ScheduleItemQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ScheduleItemQuerySet":
        return self.filter(stage__site__in=ProjectSite.objects.visible_to(user))


class ScheduleItem(Planned, models.Model):
    """A task of one site, or one turn of it. `name` says which turn (`occurrence`).

    `starts_on` and `due_on` are the plan that holds now; the baseline is the one of the day of approval and is never
    touched. With a milestone `milestone_percent` of the task are expected by `milestone_on`. `times`: how often the
    thing is to happen within these dates.
    """

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="items", verbose_name="阶段")
    template = models.ForeignKey(
        TaskTemplate, on_delete=models.SET_NULL, null=True, related_name="items", verbose_name="任务模板"
    )
    name = models.CharField("工作内容", max_length=110)
    occurrence = models.CharField("哪一次", max_length=20, blank=True)
    times = models.PositiveSmallIntegerField("应做几次", default=1)
    starts_on = models.DateField("开始")
    due_on = models.DateField("计划完成")
    baseline_starts_on = models.DateField("基准开始")
    baseline_due_on = models.DateField("基准完成")
    milestone_on = models.DateField("节点日期", null=True)
    milestone_percent = models.PositiveSmallIntegerField(
        "节点进度 %", null=True, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    owner = models.CharField("谁来做", max_length=10, choices=Owner, default=Owner.VILLAGE)
    evidence = models.CharField("佐证材料", max_length=60, blank=True)
    evidence_count = models.PositiveSmallIntegerField("至少几份", default=0)
    position = models.PositiveSmallIntegerField("顺序", default=0)

    objects = ScheduleItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "日程任务"
        ordering = ["stage__starts_on", "position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gte=F("starts_on")), name="schedule_item_window"),
            models.CheckConstraint(
                condition=Q(baseline_due_on__gte=F("baseline_starts_on")), name="schedule_item_baseline"
            ),
            models.CheckConstraint(
                condition=Q(milestone_on=None, milestone_percent=None)
                | Q(milestone_on__isnull=False, milestone_percent__gte=1, milestone_percent__lte=99),
                name="schedule_item_milestone",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def replan_url(self) -> str:
        return reverse("projects:replan_ask", args=[self.pk])

    @property
    def task_name(self) -> str:
        """Without the turn."""
        return self.name.removesuffix(f"（{self.occurrence}）") if self.occurrence else self.name

    @property
    def is_replanned(self) -> bool:
        return (self.starts_on, self.due_on) != (self.baseline_starts_on, self.baseline_due_on)


def told_from(today: date) -> date:
    """Turns that were due on this day or later may still be told of by a report to come."""
    return today.replace(day=1) - relativedelta(months=1)


def overdue(today: date) -> Q:
    """What counts as overdue among tasks that carry `reached` (projects/schedule/reached.py); for one task see
    `is_told_later`."""
    return Q(reached__lt=100, due_on__lt=today) & (Q(occurrence="") | Q(due_on__lt=told_from(today)))


def is_overdue(percent: int, due_on: date, occurrence: str, today: date) -> bool:
    """The same of one row."""
    return percent < 100 and due_on < today and (occurrence == "" or due_on < told_from(today))


def _share(first: date, last: date, day: date) -> float:
    return ((day - first).days + 1) / ((last - first).days + 1)
