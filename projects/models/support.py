"""Help from outside and above: pairing, help in kind, reports to the Party committee and government, awareness."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from projects.models.fieldwork import MOST
from projects.models.note import EVERYBODY, Note


class PairingKind(models.TextChoices):
    MUTUAL = "mutual", "结对互助"
    BUILDING = "building", "帮扶共建"


class Pairing(Note):
    """结对共建: a unit that stands by a site, from `happened_on` until `ended_on` (open where that is empty)."""

    happened_on = models.DateField("开始日期")
    ended_on = models.DateField("结束日期", null=True, blank=True, help_text="还在结对的空着")
    partner = models.CharField("结对单位", max_length=60)
    kind = models.CharField("方式", max_length=10, choices=PairingKind)
    content = models.TextField("共建内容", max_length=1000)

    class Meta(Note.Meta):
        verbose_name = verbose_name_plural = "结对共建"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "organization", "partner", "kind", "happened_on"],
                condition=Q(removed_at=None),
                name="pairing_noted_once",
                violation_error_message="这一天已经记过和这个单位的结对，不用再记。",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__gte=F("happened_on")),
                name="pairing_dates",
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.CheckConstraint(condition=Q(site__isnull=False), name="pairing_of_site"),
        ]

    def __str__(self) -> str:
        return f"{self.place}与{self.partner}{self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("projects:pairing_edit", args=[self.pk])

    def clean(self) -> None:
        super().clean()
        if self.ended_on and self.ended_on < self.happened_on:
            raise ValidationError({"ended_on": "结束日期不能早于开始日期。"})


class InKindHelp(Note):
    """物资折价: what was given in kind. Its value is an estimate and never stands among the money."""

    item = models.CharField("物资", max_length=60)
    quantity = models.DecimalField(
        "数量", max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    unit = models.CharField("单位", max_length=10, help_text="台、套、本……")
    estimated_value = models.DecimalField(
        "折价（元）", max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    given_by = models.CharField("提供单位", max_length=60)

    class Meta(Note.Meta):
        verbose_name = verbose_name_plural = "实物帮扶"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "organization", "item", "given_by", "happened_on"],
                condition=Q(removed_at=None),
                name="in_kind_noted_once",
                violation_error_message="这一天已经记过这个单位的同一种物资，不用再记。",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, estimated_value__gte=0),
                name="in_kind_amounts",
                violation_error_message="数量应大于 0，折价不能是负数。",
            ),
            models.CheckConstraint(condition=Q(site__isnull=False), name="in_kind_of_site"),
        ]

    def __str__(self) -> str:
        return f"{self.given_by}：{self.item}"

    def get_absolute_url(self) -> str:
        return reverse("projects:inkind_edit", args=[self.pk])


class GovernmentLevel(models.TextChoices):
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWNSHIP = "township", "乡镇（街道）"
    VILLAGE = "village", "村（社区）"


class GovernmentReport(Note):
    """向党委政府汇报: asked for support and matching funds; what came of it."""

    level = models.CharField("汇报到哪一级", max_length=10, choices=GovernmentLevel)
    body = models.CharField("汇报对象", max_length=60, help_text="如：镇党委会、县政府分管领导（写职务，不写姓名）")
    matter = models.TextField("汇报事项", max_length=1000)
    result = models.TextField(
        "结果", max_length=1000, blank=True, help_text="答复、批示、争取到的支持；还没有的以后补写"
    )

    OFFICES = EVERYBODY

    class Meta(Note.Meta):
        verbose_name = verbose_name_plural = "党委政府汇报"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "organization", "level", "body", "happened_on"],
                condition=Q(removed_at=None),
                name="government_report_noted_once",
                violation_error_message="这一天已经记过向同一对象的汇报，请在那一条里修改。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.place}向{self.body}汇报"

    def get_absolute_url(self) -> str:
        return reverse("projects:government_edit", args=[self.pk])


class AwarenessSurvey(Note):
    """知晓率: of those asked so many knew of the project, so many took part."""

    asked = models.PositiveIntegerField("询问人数", validators=[MinValueValidator(1), MaxValueValidator(MOST)])
    aware = models.PositiveIntegerField("知晓人数")
    took_part = models.PositiveIntegerField("参加过活动的人数")
    note = models.TextField("调查方式", max_length=500, blank=True, help_text="如：入户、扫码问卷、活动现场")

    OFFICES = EVERYBODY

    class Meta(Note.Meta):
        verbose_name = verbose_name_plural = "知晓率调查"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "organization", "happened_on"],
                condition=Q(removed_at=None),
                name="survey_noted_once",
                violation_error_message="这一天已经记过知晓率调查，请在那一条里修改。",
            ),
            models.CheckConstraint(
                condition=Q(asked__gt=0, aware__lte=F("asked"), took_part__lte=F("asked")),
                name="survey_of_those_asked",
                violation_error_message="知晓人数和参加人数都不能多于询问人数。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.happened_on} 知晓率调查"

    def get_absolute_url(self) -> str:
        return reverse("projects:survey_edit", args=[self.pk])

    @property
    def aware_percent(self) -> Decimal:
        return share(self.aware, self.asked)

    @property
    def took_part_percent(self) -> Decimal:
        return share(self.took_part, self.asked)


def share(part: int, whole: int) -> Decimal:
    """Percent with one decimal; `whole` isn't 0."""
    return round(Decimal(100 * part) / whole, 1)
