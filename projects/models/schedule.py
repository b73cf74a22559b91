"""A site's schedule (进度和日程安排): stages with windows, tasks with dates. Progress comes from reports alone."""

from django.db import models
from django.db.models import F, Q

from projects.models.site import ProjectSite
from projects.states import StageKind


class Stage(models.Model):
    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="stages", verbose_name="项目点")
    kind = models.CharField("阶段", max_length=10, choices=StageKind)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")

    class Meta:
        verbose_name = verbose_name_plural = "项目点阶段"
        ordering = ["starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["site", "kind"], name="stage_unique"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="stage_window"),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.get_kind_display()}"


class ScheduleItem(models.Model):
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="items", verbose_name="阶段")
    name = models.CharField("工作内容", max_length=80)
    starts_on = models.DateField("开始")
    due_on = models.DateField("计划完成")
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "日程任务"
        ordering = ["stage__starts_on", "position", "id"]
        constraints = [models.CheckConstraint(condition=Q(due_on__gte=F("starts_on")), name="schedule_item_window")]

    def __str__(self) -> str:
        return self.name

    def expected_percent(self, day) -> int:
        """序时进度: the share of the item's window that has passed by the end of `day`, 0 to 100."""
        if day < self.starts_on:
            return 0
        days = (self.due_on - self.starts_on).days + 1
        return min(100, round(100 * ((day - self.starts_on).days + 1) / days))

    def is_lagging(self, percent: int, day) -> bool:
        """滞后: less done by the end of `day` than the calendar expects."""
        return percent < self.expected_percent(day)

    def days_overdue(self, percent: int, day) -> int:
        """Days since the planned date of a task that isn't done; 0 when there is nothing to worry about."""
        return max(0, (day - self.due_on).days) if percent < 100 else 0
