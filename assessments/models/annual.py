"""年度目标管理考核 (S0: 列为目标管理考核的一项内容，实行一票否决): the level above assesses the one right below it; the project
work of its sites is a veto item."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from assessments.models.rubric import points_field
from fedwork.triggers import kept, steps_only
from organizations.models import Organization
from projects.models import Programme
from projects.states import Mark

GRADES = [(Decimal(90), "优秀"), (Decimal(80), "良好"), (Decimal(60), "合格"), (Decimal(0), "不合格")]
VETOED = "否决"


class AnnualTrigger(models.TextChoices):
    """When the project work counts against the whole unit."""

    ANY_FAILED = "any_failed", "有项目点验收不通过"
    SHARE_FAILED = "share_failed", "验收不通过的项目点达到一定比例"
    ANY_VETOED = "any_vetoed", "有项目点被一票否决"


class AnnualRule(models.Model):
    """The city's choice for a programme; without a row it is 有项目点验收不通过."""

    programme = models.OneToOneField(
        Programme, on_delete=models.CASCADE, related_name="annual_rule", verbose_name="批次"
    )
    trigger = models.CharField("否决触发条件", max_length=20, choices=AnnualTrigger, default=AnnualTrigger.ANY_FAILED)
    percent = models.PositiveSmallIntegerField(
        "不通过的比例（%）",
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="只在按比例时用：达到这个比例即触发",
    )

    class Meta:
        verbose_name = verbose_name_plural = "年度考核规则"

    def __str__(self) -> str:
        if self.trigger == AnnualTrigger.SHARE_FAILED:
            return f"验收不通过的项目点达到 {self.percent}%"
        return self.get_trigger_display()


class AnnualVeto(models.TextChoices):
    NONE = "none", "没有提出"
    PROPOSED = "proposed", "已提出，待核准"
    CONFIRMED = "confirmed", "已核准"
    DISMISSED = "dismissed", "未核准"
    LIFTED = "lifted", "申诉成立，已撤销"


class AnnualQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AnnualQuerySet":
        if user.scope_path is None:
            return self.none()
        return self.filter(assessed__path__startswith=user.scope_path)

    def for_page(self) -> "AnnualQuerySet":
        people = ["saved_by", "veto_by", "veto_decided_by", "appealed_by", "appeal_answered_by"]
        return self.select_related("programme__organization", "assessed", "assessor", *people)


class AnnualAssessment(models.Model):
    """One unit in one year; `result` is 否决 whatever the total once the veto is confirmed."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="annual_assessments", verbose_name="批次"
    )
    assessor = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", verbose_name="考核单位")
    assessed = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", verbose_name="被考核单位")
    version = models.PositiveIntegerField("版本", default=0)
    total = points_field("年度考核得分", validators=[MinValueValidator(0), MaxValueValidator(100)])
    remark = models.TextField("考核意见", max_length=1000, blank=True)
    saved_at = models.DateTimeField("评定时间")
    saved_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="评定人"
    )
    veto = models.CharField("一票否决", max_length=10, choices=AnnualVeto, default=AnnualVeto.NONE)
    veto_basis = models.CharField("否决依据", max_length=300, blank=True)
    veto_evidence = models.TextField("证据", max_length=1000, blank=True)
    veto_at = models.DateTimeField("提出时间", null=True, blank=True)
    veto_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提出人"
    )
    veto_decided_at = models.DateTimeField("核准时间", null=True, blank=True)
    veto_decided_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核准人"
    )
    veto_note = models.CharField("核准意见", max_length=300, blank=True)
    appeal = models.TextField("申诉", max_length=1000, blank=True)
    appealed_at = models.DateTimeField("申诉时间", null=True, blank=True)
    appealed_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申诉人"
    )
    appeal_answer = models.TextField("申诉答复", max_length=1000, blank=True)
    appeal_answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    appeal_answered_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )

    objects = AnnualQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度考核"
        ordering = ["programme", "assessed__code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "assessed"], name="annual_unique"),
            models.CheckConstraint(condition=Q(total__gte=0, total__lte=100), name="annual_total"),
            models.CheckConstraint(
                condition=Q(veto="none") | ~Q(veto_basis="") & ~Q(veto_evidence="") & Q(veto_by__isnull=False),
                name="annual_veto_has_evidence",
                violation_error_message="否决要写明依据和证据。",
            ),
            models.CheckConstraint(
                condition=Q(veto__in=["none", "proposed"], veto_decided_by=None)
                | Q(veto__in=["confirmed", "dismissed", "lifted"], veto_decided_by__isnull=False),
                name="annual_veto_has_approver",
            ),
            models.CheckConstraint(
                condition=Q(veto_decided_by=None) | ~Q(veto_decided_by=F("veto_by")),
                name="annual_veto_second_approver",
                violation_error_message="否决要由提出人以外的人核准。",
            ),
            models.CheckConstraint(
                condition=Q(appeal_answered_by=None) | ~Q(appeal_answered_by=F("veto_by")),
                name="annual_appeal_answered_by_another",
                violation_error_message="申诉要由提出否决的人以外的人答复。",
            ),
        ]
        triggers = [
            steps_only(
                "annual_veto_steps",
                field="veto",
                transitions=[
                    ("none", "proposed"),
                    ("proposed", "confirmed"),
                    ("proposed", "dismissed"),
                    ("dismissed", "proposed"),
                    ("confirmed", "lifted"),
                ],
            ),
            *kept("annual", fields=["programme", "assessor", "assessed"]),
        ]

    def __str__(self) -> str:
        return f"{self.assessed}{self.programme.year}年度考核"

    def get_absolute_url(self) -> str:
        return reverse("assessments:annual_detail", args=[self.pk])

    @property
    def is_vetoed(self) -> bool:
        return self.veto == AnnualVeto.CONFIRMED

    @property
    def result(self) -> str:
        if self.is_vetoed:
            return VETOED
        return next(name for least, name in GRADES if self.total >= least)

    @property
    def mark(self) -> Mark:
        if self.veto == AnnualVeto.PROPOSED:
            return Mark("否决待核准", "warn")
        return Mark(self.result, "bad" if self.is_vetoed or self.result == "不合格" else "ok")
