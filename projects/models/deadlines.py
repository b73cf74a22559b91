"""What stands around a month's deadline: unlocking a report, closing a month, correcting a figure. All append-only."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from fedwork.triggers import append_only
from projects.models.measure import Measure
from projects.models.programme import Programme
from projects.models.report import MonthlyReport


class ReportUnlock(models.Model):
    """A locked report opened once more by the city, until a moment. Of several the latest counts."""

    report = models.ForeignKey(MonthlyReport, on_delete=models.PROTECT, related_name="unlocks", verbose_name="月报")
    until = models.DateTimeField("开放到")
    reason = models.CharField("原因", max_length=200, error_messages={"blank": "请写明原因。"})
    unlocked_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="解锁人"
    )
    unlocked_at = models.DateTimeField("解锁时间")

    class Meta:
        verbose_name = verbose_name_plural = "月报解锁"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("unlocked_at")),
                name="unlock_ends_later",
                violation_error_message="开放的截止时间应晚于现在。",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="unlock_has_reason", violation_error_message="解锁必须写明原因。"
            ),
        ]
        triggers = append_only("report_unlock")

    def __str__(self) -> str:
        return f"{self.report} 解锁"


class MonthCloseQuerySet(models.QuerySet):
    def visible_to(self, user) -> "MonthCloseQuerySet":
        return self.filter(programme__in=Programme.objects.visible_to(user))


class MonthClose(models.Model):
    """月结: the programme's month is over. What was accepted stays as it is; what is missing needs an unlock."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="month_closes", verbose_name="批次")
    month = models.DateField("报告期")
    closed_at = models.DateTimeField("月结时间")
    closed_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="月结人"
    )

    objects = MonthCloseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "月结"
        ordering = ["-month", "programme_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "month"], name="month_closed_once", violation_error_message="这个月已经月结。"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="closed_month_is_first"),
        ]
        triggers = append_only("month_close")

    def __str__(self) -> str:
        return f"{self.programme} {self.month_label}月结"

    @property
    def month_label(self) -> str:
        return f"{self.month.year}年{self.month.month}月"


def is_supplementary() -> Exists:
    """补报: of a report, whether it was first submitted after its month was closed. For filter() and annotate()."""
    return Exists(
        MonthClose.objects.filter(
            programme=OuterRef("site__programme"), month=OuterRef("month"), closed_at__lt=OuterRef("first_submitted_at")
        )
    )


class FigureCorrectionQuerySet(models.QuerySet):
    def known_at(self, moment: datetime) -> "FigureCorrectionQuerySet":
        return self.filter(made_at__lte=moment)

    def in_words(self) -> "FigureCorrectionQuerySet":
        """With what a page tells of them."""
        return self.select_related("measure", "made_by")


class FigureCorrection(models.Model):
    """补正: an accepted figure put right by the city. The figure itself stays as it was reported."""

    report = models.ForeignKey(MonthlyReport, on_delete=models.PROTECT, related_name="corrections", verbose_name="月报")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="corrections", verbose_name="指标")
    before = models.DecimalField("补正前", max_digits=14, decimal_places=2)
    after = models.DecimalField("补正后", max_digits=14, decimal_places=2)
    reason = models.CharField("原因", max_length=200, error_messages={"blank": "请写明原因。"})
    made_by = models.ForeignKey("organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="补正人")
    made_at = models.DateTimeField("补正时间")

    objects = FigureCorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "数字补正"
        ordering = ["id"]
        indexes = [models.Index(fields=["made_at"], name="correction_made_at")]
        constraints = [
            models.CheckConstraint(
                condition=Q(after__gte=0), name="correction_not_negative", violation_error_message="不能填负数。"
            ),
            models.CheckConstraint(
                condition=~Q(after=F("before")),
                name="correction_changes",
                violation_error_message="补正后的数和现在的数相同，不用补正。",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="correction_has_reason", violation_error_message="补正必须写明原因。"
            ),
        ]
        triggers = append_only("figure_correction")

    def __str__(self) -> str:
        return f"{self.report} {self.measure} 补正"
