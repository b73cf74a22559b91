"""工作日志: of a site, or of an office of the federation itself."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from fedwork.triggers import append_only
from organizations.models import Role
from projects.models.note import DESKS, Note


class WorkLog(Note):
    """One day of one post, in its own words. Put right for some days (`Programme.log_edit_days`); after that additions
    (补记) stand beside it and the original stays."""

    content = models.TextField("工作内容", max_length=2000)

    AT_SITES = frozenset({Role.CADRE})
    OFFICES = DESKS

    class Meta(Note.Meta):
        verbose_name = verbose_name_plural = "工作日志"
        indexes = [models.Index(fields=["organization", "happened_on"], name="worklog_of_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "organization", "role", "happened_on"],
                condition=Q(removed_at=None),
                name="worklog_once_a_day",
                violation_error_message="这一天的日志已经写过，请在那一篇里修改或补记。",
            ),
            models.CheckConstraint(
                condition=~Q(content=""), name="worklog_says", violation_error_message="请写工作内容。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.happened_on} 工作日志"

    def get_absolute_url(self) -> str:
        return reverse("projects:worklog_detail", args=[self.pk])

    def clean(self) -> None:
        super().clean()
        if self.happened_on and self.happened_on < self.programme.first_month.replace(month=1, day=1):
            raise ValidationError({"happened_on": "日期早于批次的年度，请核对。"})

    @property
    def days_late(self) -> int:
        """How many days after its day it was written."""
        return (timezone.localdate(self.recorded_at) - self.happened_on).days


class WorkLogAddition(models.Model):
    """补记: what is said after the log was locked; never changed."""

    log = models.ForeignKey(WorkLog, on_delete=models.PROTECT, related_name="additions", verbose_name="工作日志")
    text = models.TextField("补记内容", max_length=1000)
    added_at = models.DateTimeField("补记时间")
    added_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="补记人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "日志补记"
        ordering = ["added_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""), name="worklog_addition_says", violation_error_message="请写补记内容。"
            )
        ]
        triggers = append_only("worklog_addition")

    def __str__(self) -> str:
        return f"{self.log} 补记"
