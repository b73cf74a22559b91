"""绩效自评: what a programme is measured by, and what a county or the city says of itself. Rules 4.1: 执行 10 分、产出 50
分、效益 30 分、满意度 10 分."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from fedwork.triggers import frozen_with, no_truncate
from organizations.models import Organization, Role
from projects.models import Measure, Programme

POINTS = {"max_digits": 5, "decimal_places": 2}
AMOUNT = {"max_digits": 14, "decimal_places": 2, "null": True, "editable": False}
EXECUTION_POINTS = Decimal(10)


class Dimension(models.TextChoices):
    """一级指标 beside the execution of the budget."""

    OUTPUT = "output", "产出指标"
    EFFECT = "effect", "效益指标"
    SATISFACTION = "satisfaction", "满意度指标"


POINTS_OF = {Dimension.OUTPUT: Decimal(50), Dimension.EFFECT: Decimal(30), Dimension.SATISFACTION: Decimal(10)}


class IndicatorSource(models.TextChoices):
    """Typed, or read from the system; see funding/evaluation/reading.py."""

    TYPED = "typed", "手工填写"
    MEASURE = "measure", "月报指标累计（已审核），指标值按每个项目点"
    COMPLETED = "completed", "完成验收阶段的项目点（%）"
    ON_TIME = "on_time", "月报按时率（%）"
    MATCHING = "matching", "配套资金到位率（%）"


class Indicator(models.Model):
    """What a row of the form asks for; the same in the programme's template and in an evaluation."""

    dimension = models.CharField("一级指标", max_length=12, choices=Dimension)
    second = models.CharField("二级指标", max_length=20, help_text="如：数量指标、质量指标、时效指标、社会效益指标")
    name = models.CharField("三级指标", max_length=60)
    target = models.CharField("年度指标值", max_length=40, help_text="表上写的，如：≥40场次、100%、显著提升")
    target_number = models.DecimalField(
        "指标值（数）",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text="由系统取数的必填，按完成的比例计分，最多得满分；月报指标填每个项目点应完成多少",
    )
    unit = models.CharField("单位", max_length=10, blank=True)
    points = models.DecimalField("分值", validators=[MinValueValidator(Decimal("0.01"))], **POINTS)
    source = models.CharField("完成值来自", max_length=10, choices=IndicatorSource, default=IndicatorSource.TYPED)
    measure = models.ForeignKey(
        Measure, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="哪项月报指标"
    )
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        abstract = True

    @property
    def is_typed(self) -> bool:
        return self.source == IndicatorSource.TYPED


class EvaluationIndicator(Indicator):
    """One row of a programme's template."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="evaluation_indicators", verbose_name="批次"
    )

    class Meta:
        verbose_name = verbose_name_plural = "绩效指标"
        ordering = ["programme_id", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "dimension", "second", "name"],
                name="indicator_unique",
                violation_error_message="这个批次已有同名的三级指标。",
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0), name="indicator_points", violation_error_message="分值应大于 0。"
            ),
            models.CheckConstraint(
                condition=Q(source=IndicatorSource.TYPED) | Q(target_number__isnull=False, target_number__gt=0),
                name="indicator_counted_has_target",
                violation_error_message="由系统取数的指标要填“指标值（数）”。",
            ),
            models.CheckConstraint(
                condition=Q(source=IndicatorSource.MEASURE, measure__isnull=False)
                | ~Q(source=IndicatorSource.MEASURE) & Q(measure=None),
                name="indicator_of_measure",
                violation_error_message="取月报指标的要选是哪一项，其他的不选。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.measure and self.programme_id and self.measure.programme_id != self.programme_id:
            raise ValidationError({"measure": "请选本批次的月报指标。"})


def template_problems(indicators: Iterable[Indicator]) -> list[str]:
    """A sentence for each 一级指标 whose points don't come to what they must."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for indicator in indicators:
        sums[indicator.dimension] += indicator.points
    return [
        f"{dimension.label}共 {sums[dimension].normalize():f} 分，应为 {points} 分"
        for dimension, points in POINTS_OF.items()
        if sums[dimension] != points
    ]


class EvaluatedProgramme(Programme):
    """A programme as the desk of its evaluation sees it."""

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = "绩效指标"


class EvaluationStatus(models.TextChoices):
    DRAFT = "draft", "填写中"
    CONFIRMED = "confirmed", "已确认"


class SelfEvaluationQuerySet(models.QuerySet):
    def visible_to(self, user) -> "SelfEvaluationQuerySet":
        """A draft is seen where it is written, and by the auditor; what is confirmed also above."""
        if user.scope_path is None:
            return self.none()
        here = self.filter(organization__path__startswith=user.scope_path)
        if user.role == Role.AUDITOR:
            return here
        return here.exclude(~Q(organization=user.organization_id), status=EvaluationStatus.DRAFT)

    def confirmed(self) -> "SelfEvaluationQuerySet":
        return self.filter(status=EvaluationStatus.CONFIRMED)


class SelfEvaluation(models.Model):
    """One version of a county's or the city's own form. Once confirmed it is immutable, with the figures of that moment;
    a change is a new version."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="evaluations", verbose_name="批次")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="evaluations", verbose_name="自评单位"
    )
    number = models.PositiveSmallIntegerField("第几版", editable=False)
    status = models.CharField(
        "状态", max_length=10, choices=EvaluationStatus, default=EvaluationStatus.DRAFT, editable=False
    )
    version = models.PositiveIntegerField("修改次数", default=0, editable=False)
    achieved = models.TextField("年度目标完成情况", max_length=1000, blank=True)
    execution_reason = models.CharField("执行率偏差原因及改进措施", max_length=300, blank=True)
    initial_budget = models.DecimalField("年初预算数", **AMOUNT)
    full_budget = models.DecimalField("全年预算数", **AMOUNT)
    executed = models.DecimalField("全年执行数", **AMOUNT)
    execution_score = models.DecimalField("执行得分", null=True, editable=False, **POINTS)
    started_at = models.DateTimeField("开始时间", editable=False)
    started_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", editable=False, verbose_name="填报人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, editable=False)
    confirmed_by = models.ForeignKey(
        "organizations.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="确认人",
    )

    objects = SelfEvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "绩效自评表"
        ordering = ["-programme__year", "programme_id", "organization__code", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "organization", "number"], name="evaluation_unique_number"),
            models.UniqueConstraint(
                fields=["programme", "organization"],
                condition=Q(status=EvaluationStatus.DRAFT),
                name="evaluation_one_draft",
                violation_error_message="已有一张正在填写的自评表。",
            ),
            models.CheckConstraint(
                condition=Q(status=EvaluationStatus.DRAFT)
                | Q(
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                    full_budget__isnull=False,
                    executed__isnull=False,
                    execution_score__isnull=False,
                ),
                name="evaluation_confirmed_complete",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="evaluation_immutable",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status=EvaluationStatus.CONFIRMED),
            ),
            no_truncate("evaluation_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.organization}{self.programme}绩效自评表（第 {self.number} 版）"

    def get_absolute_url(self) -> str:
        return reverse("funding:evaluation_detail", args=[self.pk])

    @property
    def is_confirmed(self) -> bool:
        return self.status == EvaluationStatus.CONFIRMED


class EvaluationLine(Indicator):
    """An indicator as it stood when the version was begun, with what was reached. Of indicators read from the system
    `actual` and `score` are written when the version is confirmed."""

    evaluation = models.ForeignKey(SelfEvaluation, on_delete=models.CASCADE, related_name="lines")
    actual = models.CharField("实际完成值", max_length=60, blank=True)
    score = models.DecimalField("得分", null=True, blank=True, validators=[MinValueValidator(0)], **POINTS)
    reason = models.CharField("偏差原因分析及改进措施", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "绩效自评明细"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "dimension", "second", "name"], name="evaluation_line_unique"
            ),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=models.F("points")) | Q(score=None),
                name="evaluation_line_score",
                violation_error_message="得分应在 0 和分值之间。",
            ),
        ]
        triggers = [
            frozen_with(
                "evaluation_line_immutable",
                owner="funding_selfevaluation",
                column="evaluation_id",
                status="confirmed",
                words="lines of a confirmed evaluation",
            ),
            no_truncate("evaluation_line_no_truncate"),
        ]

    def __str__(self) -> str:
        return self.name
