"""What a round found wanting, as items of the shared follow-up object: `projects` knows nothing of scores."""

from django.db import models

from assessments.models.rubric import Criterion
from assessments.models.scoring import ScoreRound
from fedwork.triggers import append_only
from projects.models import ProjectSite, Rectification, RectificationState


class RoundFindingQuerySet(models.QuerySet):
    def visible_to(self, user) -> "RoundFindingQuerySet":
        return self.filter(round__site__in=ProjectSite.objects.visible_to(user))

    def unsettled(self) -> "RoundFindingQuerySet":
        return self.exclude(rectification__state=RectificationState.CLOSED)


class RoundFinding(models.Model):
    """One criterion of a round, and the 整改事项 that was raised on it. A round raises each criterion once."""

    round = models.ForeignKey(ScoreRound, on_delete=models.PROTECT, related_name="findings", verbose_name="评分")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+", verbose_name="考核内容")
    rectification = models.OneToOneField(
        Rectification, on_delete=models.PROTECT, related_name="+", verbose_name="整改事项"
    )

    objects = RoundFindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评分发现的问题"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["round", "criterion"], name="round_finding_once")]
        triggers = append_only("round_finding")

    def __str__(self) -> str:
        return f"{self.round} {self.criterion.code}"
