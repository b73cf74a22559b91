"""What reviewers leave behind beside their decisions: who had which round of a report open, and when."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from projects.models.report import MonthlyReport

# The page says every minute that it is still open; after two of silence nobody is looking any more.
PRESENT_FOR = timedelta(minutes=2)


class ReviewOpeningQuerySet(models.QuerySet):
    def of_round(self, report: MonthlyReport) -> "ReviewOpeningQuerySet":
        """Who opened the report since it was last submitted, the first one first."""
        return self.filter(report=report, round=report.round).select_related("reviewer__organization")

    def present(self, now: datetime) -> "ReviewOpeningQuerySet":
        """Who is looking at the moment, at the round that is on the desk."""
        looking = self.filter(round=models.F("report__round"), last_seen_at__gt=now - PRESENT_FOR)
        return looking.select_related("reviewer__organization")


class ReviewOpening(models.Model):
    """A reviewer who may decide has opened this round: from now on the cadre can't take it back any more."""

    report = models.ForeignKey(MonthlyReport, on_delete=models.PROTECT, related_name="openings")
    round = models.PositiveSmallIntegerField("轮次")
    reviewer = models.ForeignKey("organizations.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField("打开时间")
    last_seen_at = models.DateTimeField("最近在看")

    objects = ReviewOpeningQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "打开记录"
        ordering = ["opened_at", "id"]
        constraints = [models.UniqueConstraint(fields=["report", "round", "reviewer"], name="opening_unique")]
        indexes = [models.Index(fields=["last_seen_at"], name="opening_present")]

    def __str__(self) -> str:
        return f"{self.who} {timezone.localtime(self.opened_at):%Y-%m-%d %H:%M}"

    @property
    def who(self) -> str:
        """The post and the name: 肥西县妇联 示例某."""
        return f"{self.reviewer.organization.name}妇联 {self.reviewer}"

    def minutes_ago(self, now: datetime) -> str:
        minutes = int((now - self.last_seen_at).total_seconds() // 60)
        return f"{minutes} 分钟前" if minutes > 0 else "刚刚"

    def presence(self, now: datetime) -> str:
        return f"{self.who} 正在看这份月报（{self.minutes_ago(now)}）"
