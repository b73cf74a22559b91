"""工作经费: what a county, township or village is due each year, by how much it was budgeted, and what arrived.

Sources 0-34 and 2-15: 县级按妇女人数人均 1 元、乡镇每年 1 万元、村每年 2000 元. The amounts are data. Decimal yuan (元).
"""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from fedwork import clock
from fedwork.triggers import append_only, reversal_matches
from funding.amounts import yuan
from funding.models.posted import CENT, Posted, PostedQuerySet
from organizations.models import Level, Organization, OrganizationKind

LEVELS = [Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE]
YEAR = {"validators": [MinValueValidator(2000), MaxValueValidator(2100)]}


class InScope(models.QuerySet):
    def visible_to(self, user) -> "InScope":
        """What belongs to organisations of the user's subtree."""
        if user.scope_path is None:
            return self.none()
        return self.filter(organization__path__startswith=user.scope_path)


class WorkFundStandardQuerySet(models.QuerySet):
    def visible_to(self, user) -> "WorkFundStandardQuerySet":
        """Those made at or below the user's organisation, and those of the organisations above it."""
        if user.scope_path is None:
            return self.none()
        above = user.organization.ancestor_ids if user.organization else []
        return self.filter(Q(organization__path__startswith=user.scope_path) | Q(organization_id__in=above))


class WorkFundStandard(models.Model):
    """So much a year for each organisation of a level below `organization`, from `since_year` until a newer row."""

    class Basis(models.TextChoices):
        PER_WOMAN = "per_woman", "按妇女人数，每人"
        PER_UNIT = "per_unit", "每个单位"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="work_fund_standards", verbose_name="制定单位"
    )
    level = models.PositiveSmallIntegerField("层级", choices=[(level.value, level.label) for level in LEVELS])
    kind = models.ForeignKey(
        OrganizationKind,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="只用于",
        help_text="空着即这一层级的全部单位；另行规定的类型（如街道）单列一条，优先于不分类型的",
    )
    since_year = models.PositiveSmallIntegerField(
        "自哪一年起", help_text="到有新的一条为止；以前各年仍按原来的", **YEAR
    )
    basis = models.CharField("计算办法", max_length=10, choices=Basis)
    amount = models.DecimalField(
        "标准（元／年）", max_digits=10, decimal_places=2, validators=[MinValueValidator(CENT)]
    )
    legal_basis = models.CharField("依据", max_length=200, help_text="文件名称和文号")

    objects = WorkFundStandardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作经费标准"
        ordering = ["-since_year", "level", "kind_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "level", "kind", "since_year"],
                nulls_distinct=False,
                name="work_fund_standard_unique",
                violation_error_message="这一年、这一层级已有标准。",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="work_fund_standard_amount", violation_error_message="标准应大于 0。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since_year}年起{self.who}{self.words}"

    def clean(self) -> None:
        if self.kind and self.kind.level != self.level:
            raise ValidationError({"kind": f"“{self.kind}”不是{self.get_level_display()}的类型。"})

    @property
    def who(self) -> str:
        return self.kind.name if self.kind else self.get_level_display()

    @property
    def is_per_woman(self) -> bool:
        return self.basis == self.Basis.PER_WOMAN

    @property
    def words(self) -> str:
        amount = yuan(self.amount)
        return f"按妇女人数人均 {amount} 元" if self.is_per_woman else f"每年 {amount} 元"


class WomenCount(models.Model):
    """How many women a place has for the year's standard, and who says so."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="women_counts", verbose_name="单位"
    )
    year = models.PositiveSmallIntegerField("年度", **YEAR)
    women = models.PositiveIntegerField("妇女人数", validators=[MinValueValidator(1)])
    source = models.CharField("人数来源", max_length=80, help_text="如：2025年统计年鉴、公安户籍年报")
    recorded_at = models.DateTimeField("登记时间", editable=False)
    recorded_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="登记人", editable=False
    )

    objects = InScope.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "妇女人数"
        ordering = ["-year", "organization__code"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "year"], name="women_count_unique"),
            models.CheckConstraint(
                condition=Q(women__gt=0), name="women_count_positive", violation_error_message="妇女人数应大于 0。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.year}年 {self.women} 人"


class WorkFundEntryQuerySet(PostedQuerySet, InScope):
    pass


class WorkFundEntry(Posted):
    """列入预算 or 到位: added, never changed; a mistake is reversed by a row that names it."""

    class Kind(models.TextChoices):
        BUDGETED = "budgeted", "列入预算"
        ARRIVED = "arrived", "到位"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="work_fund_entries", verbose_name="单位"
    )
    year = models.PositiveSmallIntegerField("年度", **YEAR)
    kind = models.CharField("类别", max_length=10, choices=Kind)
    number = models.CharField("文号或凭证号", max_length=60, help_text="列入预算填预算文号，到位填凭证号")

    objects = WorkFundEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作经费台账"
        ordering = ["happened_on", "id"]
        indexes = [models.Index(fields=["organization", "year", "kind"], name="work_fund_of_year")]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="work_fund_amount_positive", violation_error_message="金额应大于 0。"
            ),
            models.CheckConstraint(
                condition=~Q(number=""), name="work_fund_has_number", violation_error_message="请填预算文号或凭证号。"
            ),
            models.CheckConstraint(
                condition=Q(reverses=None) | ~Q(memo=""),
                name="work_fund_reversal_has_reason",
                violation_error_message="冲正要写明原因。",
            ),
        ]
        triggers = [
            *append_only("work_fund"),
            reversal_matches(
                "work_fund_reversal_matches",
                table="funding_workfundentry",
                columns=["organization_id", "year", "kind", "amount"],
            ),
        ]

    def __str__(self) -> str:
        reversal = "冲正" if self.reverses_id else ""
        return f"{self.organization} {self.year}年{reversal}{self.get_kind_display()} {self.amount} 元"

    def clean(self) -> None:
        super().clean()
        if self.year and self.happened_on and not self.year - 1 <= self.happened_on.year <= self.year + 1:
            raise ValidationError({"happened_on": f"日期不在 {self.year} 年前后，请核对年度。"})
        if self.year and self.year > clock.today().year + 1:
            raise ValidationError({"year": "最早可以登记下一年的。"})
