"""Rounds of scoring: self, county, city, province. Each is kept; submitted it can't be changed any more."""

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from assessments.models.rubric import BONUS, FULL, Criterion, Rubric, in_halves, points_field
from fedwork.triggers import kept, no_truncate
from projects.models import ProjectSite
from projects.states import Mark

TEAM_OF_CITY = 3  # so many sign for the city


class RoundLevel(models.IntegerChoices):
    SELF = 1, "自评"
    COUNTY = 2, "县评"
    CITY = 3, "市评"
    PROVINCE = 4, "省验"


class ScoreRoundQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ScoreRoundQuerySet":
        return self.filter(site__in=ProjectSite.objects.visible_to(user))

    def submitted(self) -> "ScoreRoundQuerySet":
        return self.filter(submitted_at__isnull=False)

    def newest(self) -> "ScoreRoundQuerySet":
        """Of each site and level the last one."""
        last = ScoreRound.objects.filter(site=OuterRef("site"), level=OuterRef("level")).order_by("-number")
        return self.filter(pk=Subquery(last.values("pk")[:1]))

    def for_page(self) -> "ScoreRoundQuerySet":
        around = ["site__programme__organization", "site__organization", "site__creation_type", "rubric__creation_type"]
        return self.select_related(*around, "submitted_by", "saved_by")


class ScoreRound(models.Model):
    """One level's score of a site by one version of the rubric. `total` is known when it is submitted; the province's is
    entered with its document and has no scores of its own.

    `bonus` is 附加分 beyond the 100, where the rubric has some; it is part of the total.

    `team` lists who scored, a line each, the head first: 姓名，单位，职务. `hands` are all who wrote in it, not only the last.
    """

    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="score_rounds", verbose_name="项目点")
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="rounds", verbose_name="细则")
    level = models.PositiveSmallIntegerField("哪一级", choices=RoundLevel)
    number = models.PositiveSmallIntegerField("第几次", default=1)
    version = models.PositiveIntegerField("版本", default=0)
    team = models.TextField("考评组", max_length=1000, blank=True)
    remark = models.TextField("总体意见", max_length=1000, blank=True)
    opened_at = models.DateTimeField("开始时间")
    opened_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="开始人"
    )
    saved_at = models.DateTimeField("保存时间", null=True)
    saved_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="保存人"
    )
    submitted_at = models.DateTimeField("提交时间", null=True)
    submitted_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="提交人"
    )
    hands = models.ManyToManyField("organizations.User", related_name="+", verbose_name="经手人")
    total = points_field("总分", null=True)
    grade = models.CharField("等次", max_length=20, blank=True)
    bonus = points_field("附加分", null=True, blank=True)
    bonus_reason = models.CharField("附加分依据", max_length=300, blank=True)
    document_number = models.CharField("文号", max_length=60, blank=True)
    document_on = models.DateField("文件日期", null=True)

    objects = ScoreRoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评分"
        ordering = ["site", "level", "number"]
        constraints = [
            models.UniqueConstraint(fields=["site", "level", "number"], name="score_round_unique"),
            models.UniqueConstraint(
                fields=["site", "level"], condition=Q(submitted_at=None), name="score_round_one_open"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None, submitted_by=None, total=None)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False, total__isnull=False),
                name="score_round_total_when_submitted",
            ),
            models.CheckConstraint(
                condition=Q(total__gte=0, total__lte=FULL + Coalesce("bonus", Decimal(0))), name="score_round_total"
            ),
            models.CheckConstraint(
                condition=Q(bonus=None)
                | Q(bonus__gte=0, bonus__lte=BONUS) & (Q(submitted_at=None) | Q(bonus=0) | ~Q(bonus_reason="")),
                name="score_round_bonus",
                violation_error_message="附加分要写明依据，最多 5 分。",
            ),
            in_halves("score_round_total_in_halves", "total"),
            models.CheckConstraint(
                condition=~Q(level=RoundLevel.PROVINCE) | ~Q(document_number="") & Q(document_on__isnull=False),
                name="score_round_province_document",
                violation_error_message="省验结果要填文号和日期。",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="score_round_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__submitted_at__isnull=False),
            ),
            *kept("score_round", fields=["site", "rubric", "level", "number", "opened_at", "opened_by"]),
        ]

    def __str__(self) -> str:
        return f"{self.site}{self.label}"

    def get_absolute_url(self) -> str:
        return reverse("assessments:site_scores", args=[self.site_id])

    @property
    def label(self) -> str:
        again = f"（第 {self.number} 次）" if self.number > 1 else ""
        return f"{self.get_level_display()}{again}"

    @property
    def is_submitted(self) -> bool:
        return self.submitted_at is not None

    @property
    def is_lowest(self) -> bool:
        """Whether its grade is the last one of its rubric, whatever the city calls it."""
        grades = list(self.rubric.grades.all())
        return bool(grades) and self.grade == grades[-1].name

    @property
    def is_by_document(self) -> bool:
        return self.level == RoundLevel.PROVINCE

    @property
    def members(self) -> list[str]:
        """Lines of the team."""
        return [line.strip() for line in self.team.splitlines() if line.strip()]

    @property
    def least_members(self) -> int:
        return {RoundLevel.COUNTY: 1, RoundLevel.CITY: TEAM_OF_CITY}.get(self.level, 0)

    @property
    def mark(self) -> Mark:
        if self.is_submitted:
            return Mark("已提交", "ok")
        return Mark("评分中", "wait") if self.version else Mark("未评", "idle")


class ScoreQuerySet(models.QuerySet):
    def applying(self) -> "ScoreQuerySet":
        """What counts: of submitted rounds, without the items that don't apply."""
        return self.filter(is_inapplicable=False, points__isnull=False)


class Score(models.Model):
    """One criterion in one round.

    While the round is open: what the assessor answered (`marks`), whether the item applies, points given by hand and why.
    Submitting adds what it came to, as it was then: `counted` by the method, `basis` in words, `points` that count.
    """

    round = models.ForeignKey(ScoreRound, on_delete=models.PROTECT, related_name="scores", verbose_name="评分")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores", verbose_name="考核内容")
    marks = models.JSONField("所答", default=list)
    is_inapplicable = models.BooleanField("不适用", default=False)
    by_hand = points_field("改定分", null=True)
    reason = models.CharField("原因", max_length=300, blank=True)
    counted = points_field("计出分", null=True)
    basis = models.CharField("计分依据", max_length=600, blank=True)
    points = points_field("得分", null=True)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "得分"
        ordering = ["round", "criterion"]
        indexes = [
            models.Index(fields=["round"], condition=Q(is_inapplicable=True), name="score_inapplicable"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["round", "criterion"], name="score_unique"),
            models.CheckConstraint(condition=Q(points=None) | Q(points__gte=0), name="score_points"),
            models.CheckConstraint(condition=Q(by_hand=None) | Q(by_hand__gte=0), name="score_by_hand"),
            in_halves("score_points_in_halves", "points"),
            in_halves("score_by_hand_in_halves", "by_hand"),
            models.CheckConstraint(
                condition=Q(points=None) | Q(by_hand=None) | Q(points=F("by_hand")) & ~Q(reason=""),
                name="score_by_hand_has_reason",
                violation_error_message="改定的分数要写明原因。",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="score_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'pgtrigger: scores stay'; END IF;
                    IF EXISTS (SELECT 1 FROM assessments_scoreround
                               WHERE id IN (OLD.round_id, NEW.round_id) AND submitted_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'pgtrigger: a submitted round is frozen';
                    END IF;
                    RETURN NEW;
                """,
            ),
            no_truncate("score_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.criterion}"

    @property
    def given(self) -> list[Decimal | None]:
        return [None if mark is None else Decimal(mark) for mark in self.marks]
