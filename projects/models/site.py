from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Min, Q, Window
from django.urls import reverse

from fedwork.triggers import fixed_once, steps_only
from organizations.models import Level, Organization
from projects.models.programme import CreationType, Programme
from projects.models.standard import CreationStandard
from projects.states import SETTLED, SITE_TRANSITIONS, TAG_OF_SITE, SiteStatus


class ProjectSiteQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ProjectSiteQuerySet":
        return self.none() if user.scope_path is None else self.filter(organization__path__startswith=user.scope_path)

    def approved(self) -> "ProjectSiteQuerySet":
        return self.filter(status=SiteStatus.APPROVED)

    def running(self) -> "ProjectSiteQuerySet":
        """Approved or on the way there: all but those that were declined."""
        return self.exclude(status=SiteStatus.DECLINED)

    def search(self, text: str) -> "ProjectSiteQuerySet":
        """By part of the site's or the unit's name, or by beginning of the unit's code or pinyin initials."""
        text = text.strip()
        if text.isascii():
            unit = Q(organization__code__startswith=text) | Q(organization__initials__startswith=text.lower())
            return self.filter(unit | Q(name__contains=text)) if text else self
        return self.filter(Q(name__contains=text) | Q(organization__name__contains=text))

    def as_rows(self) -> "ProjectSiteQuerySet":
        """Of ten thousand sites only what a row of a list needs of each and its organisation."""
        own = ["programme", "name", "county_name", "status", "approved_at", "province_amount"]
        its = ["level", "name", "path"]
        return self.select_related("organization").only(*own, *(f"organization__{name}" for name in its))

    def by_county(self) -> "ProjectSiteQuerySet":
        """Counties together, in the order of their codes, and the sites of each in the order of theirs."""
        first_code = Window(Min("organization__code"), partition_by=["county_name"])
        return self.order_by(first_code, "county_name", "organization__code", "pk")


class ProjectSite(models.Model):
    """项目点: the unit of money, reporting, scoring and archive; before its approval a nomination (申报点).

    `county_name`, `township_name` and `village_name` are written by the actions when the site is entered and frozen
    when it is approved, so that papers keep the names of that day however divisions are renamed or moved later.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="sites", verbose_name="批次")
    creation_type = models.ForeignKey(
        CreationType, on_delete=models.PROTECT, related_name="sites", verbose_name="创建类型"
    )
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="sites",
        verbose_name="村（社区、基地）",
        limit_choices_to={"level__in": [Level.VILLAGE, Level.UNIT]},
        error_messages={"invalid": "项目点应是村（社区）一级或基地、车间等单位。"},
    )
    name = models.CharField("项目点名称", max_length=60)
    leader_title = models.CharField("负责人职务", max_length=40, blank=True)
    province_amount = models.DecimalField(
        "专项资金（元）",
        max_digits=12,
        decimal_places=2,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text="空着即按批次的标准",
    )
    status = models.CharField("状态", max_length=12, choices=SiteStatus, default=SiteStatus.PROPOSED, editable=False)
    approved_at = models.DateTimeField("批准时间", null=True, editable=False)
    approved_by = models.ForeignKey(
        "organizations.User",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="批准人",
    )
    standard = models.ForeignKey(
        CreationStandard,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="sites",
        verbose_name="批准时的创建标准",
    )
    county_name = models.CharField("县（市、区）", max_length=60, blank=True, editable=False)
    township_name = models.CharField("乡镇（街道）", max_length=60, blank=True, editable=False)
    village_name = models.CharField("村（社区、基地）名", max_length=60, blank=True, editable=False)

    objects = ProjectSiteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目点"
        ordering = ["programme", "creation_type__position", "organization__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "organization"],
                condition=~Q(status=SiteStatus.DECLINED),
                name="site_unique_in_programme",
                violation_error_message="这个单位在本批次里已有项目点。",
            ),
            models.CheckConstraint(
                condition=Q(province_amount__gt=0),
                name="site_province_amount_positive",
                violation_error_message="专项资金应大于 0。",
            ),
            models.CheckConstraint(
                condition=~Q(status=SiteStatus.APPROVED) | Q(approved_at__isnull=False),
                name="site_approved_when",
                violation_error_message="已批准的项目点要有批准时间。",
            ),
        ]
        triggers = [
            steps_only("site_status_steps", field="status", transitions=SITE_TRANSITIONS),
            fixed_once("site_type_fixed", fields=["programme", "creation_type"], status=SiteStatus.APPROVED),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:site_detail", args=[self.pk])

    def clean(self) -> None:
        if self.programme_id is None:
            return
        if self.province_amount is None:
            self.province_amount = self.programme.province_amount
        errors = {}
        if self.creation_type_id and self.creation_type.programme_id != self.programme_id:
            errors["creation_type"] = f"“{self.creation_type}”不是“{self.programme}”的创建类型。"
        if self.organization_id and not self.programme.organization.contains(self.organization.path):
            errors["organization"] = f"“{self.organization}”不在{self.programme.organization}的管辖范围内。"
        elif self.organization_id and self.status not in SETTLED and self.organization.is_closed:
            errors["organization"] = f"“{self.organization}”已于 {self.organization.valid_to} 撤销，请选择现在的单位。"
        if errors:
            raise ValidationError(errors)

    @property
    def is_approved(self) -> bool:
        return self.status == SiteStatus.APPROVED

    @property
    def is_settled(self) -> bool:
        """Approved or declined: the nomination is over."""
        return self.status in SETTLED

    @property
    def tag(self) -> str:
        return TAG_OF_SITE[self.status]
