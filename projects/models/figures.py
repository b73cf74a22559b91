"""What a monthly report says line by line: a figure for each measure, the progress of each task."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from projects.models.measure import Measure
from projects.models.report import MonthlyReport
from projects.models.schedule import ScheduleItem


class ReportFigure(models.Model):
    """`records`: from how many records of the site the value was counted when the report was submitted; None when it
    was typed. Only what is counted can be negative: money of an earlier month that was taken back (冲正)."""

    report = models.ForeignKey(MonthlyReport, on_delete=models.CASCADE, related_name="figures")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="figures", verbose_name="指标")
    value = models.DecimalField("本月", max_digits=14, decimal_places=2)
    records = models.PositiveIntegerField("计自几条记录", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "月报数字"
        constraints = [
            models.UniqueConstraint(fields=["report", "measure"], name="figure_unique"),
            models.CheckConstraint(condition=Q(value__gte=0) | Q(records__isnull=False), name="figure_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.value}"


class ProgressLine(models.Model):
    """Progress of one task at the end of the month; `percent` is cumulative, as in form 3.3."""

    report = models.ForeignKey(MonthlyReport, on_delete=models.CASCADE, related_name="progress_lines")
    item = models.ForeignKey(
        ScheduleItem, on_delete=models.PROTECT, related_name="progress_lines", verbose_name="工作内容"
    )
    percent = models.PositiveSmallIntegerField("本期末累计 %", null=True, validators=[MaxValueValidator(100)])
    done_on = models.DateField("完成日期", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "进度"
        constraints = [
            models.UniqueConstraint(fields=["report", "item"], name="progress_unique"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="progress_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.percent}%"
