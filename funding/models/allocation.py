"""The allocation table (资金分配表). Amounts are Decimal yuan (元)."""

from decimal import Decimal

import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from fedwork import clock
from fedwork.triggers import frozen_with, no_truncate
from funding.amounts import AMOUNTS, Amounts, MatchingRule, Sums
from funding.states import TableStatus
from organizations.models import Role
from projects.models import Programme, ProjectSite
from projects.states import ProgrammeSource

DRAFT_READERS = {Role.CITY_STAFF, Role.AUDITOR}  # those who make tables, and those who look at how they are made
AMOUNT = {"max_digits": 12, "decimal_places": 2, "default": Decimal("0"), "validators": [MinValueValidator(0)]}


class AllocationTableQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AllocationTableQuerySet":
        """Issued tables with at least one line in the user's part; a draft is seen only where it is being made."""
        if user.scope_path is None:
            return self.none()
        lines = AllocationLine.objects.visible_to(user).filter(table=models.OuterRef("pk"))
        visible = Q(models.Exists(lines), status=TableStatus.ISSUED)
        if user.role in DRAFT_READERS:
            visible |= Q(status=TableStatus.DRAFT, programme__organization=user.organization_id)
        return self.filter(visible)

    def issued(self) -> "AllocationTableQuerySet":
        return self.filter(status=TableStatus.ISSUED)

    def with_superseded(self) -> "AllocationTableQuerySet":
        """Adds `is_superseded`: a later version was issued."""
        later = AllocationTable.objects.issued().filter(
            programme=models.OuterRef("programme"), number__gt=models.OuterRef("number")
        )
        return self.annotate(is_superseded=models.Exists(later))

    def with_part_of(self, user) -> "AllocationTableQuerySet":
        """Adds what lies in the user's part: `sites`, `part_province` and `part_matching` in yuan."""
        part = Q(lines__organization_path__startswith=user.scope_path or "")
        matching = F("lines__county") + F("lines__township") + F("lines__village") + F("lines__social")
        return self.annotate(
            sites=models.Count("lines", filter=part),
            part_province=models.Sum("lines__province", filter=part, default=Decimal(0)),
            part_matching=models.Sum(matching, filter=part, default=Decimal(0)),
        ).order_by(*AllocationTable._meta.ordering)  # grouping drops the model's own order


class AllocationTable(models.Model):
    """A versioned official document. Once issued it is immutable (trigger); a change is a new version with a reason."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="allocation_tables", verbose_name="批次"
    )
    number = models.PositiveSmallIntegerField("版次", editable=False)
    status = models.CharField("状态", max_length=10, choices=TableStatus, default=TableStatus.DRAFT, editable=False)
    title = models.CharField("标题", max_length=160)
    unit_name = models.CharField("编制单位", max_length=80)
    document_number = models.CharField("文号", max_length=60, blank=True, help_text="如：合妇〔2026〕12号")
    issued_on = models.DateField("下达日期", null=True, blank=True)
    reason = models.CharField("调整原因", max_length=200, blank=True)
    decision_meeting = models.CharField(
        "集体决策会议", max_length=80, blank=True, help_text="如：市妇联 2026 年第 9 次党组会议"
    )
    decided_on = models.DateField("决策日期", null=True, blank=True)
    attendees = models.CharField(
        "参会岗位", max_length=300, blank=True, help_text="写职务，不写姓名，如：主席、副主席、发展部部长"
    )
    finance_number = models.CharField(
        "财政文号", max_length=60, blank=True, help_text="财政部门的下达文件，如：合财行〔2026〕8号；还没有的可以不填"
    )
    finance_on = models.DateField("财政下达日期", null=True, blank=True)
    # Like the rules below kept as they were when the table was made.
    fund_source = models.CharField(
        "专项资金来自", max_length=10, choices=ProgrammeSource, default=ProgrammeSource.PROVINCE, editable=False
    )
    fund_name = models.CharField("专项资金名称", max_length=12, default="省级专项资金", editable=False)
    matching_floor = models.DecimalField("配套资金下限（元）", editable=False, **AMOUNT)
    matching_ratio = models.DecimalField("配套比例目标", max_digits=5, decimal_places=2, editable=False)
    created_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="制表人"
    )
    created_at = models.DateTimeField("编制时间", default=clock.now, editable=False)
    issued_by = models.ForeignKey(
        "organizations.User",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="下达经办人",
    )
    issued_at = models.DateTimeField("下达时间", null=True, editable=False)

    objects = AllocationTableQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "资金分配表"
        ordering = ["-programme__year", "programme_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="allocation_unique_number"),
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(status=TableStatus.DRAFT),
                name="allocation_one_draft",
                violation_error_message="这个批次已有一张编制中的分配表。",
            ),
            models.CheckConstraint(
                condition=Q(status=TableStatus.DRAFT)
                | (~Q(document_number="") & Q(issued_on__isnull=False, issued_at__isnull=False)),
                name="allocation_issued_complete",
                violation_error_message="下达须有文号和日期。",
            ),
            models.CheckConstraint(
                condition=Q(number=1) | Q(status=TableStatus.DRAFT) | ~Q(reason=""),
                name="allocation_change_has_reason",
                violation_error_message="调整须写明原因。",
            ),
            models.CheckConstraint(
                condition=Q(finance_number="", finance_on=None) | ~Q(finance_number="") & Q(finance_on__isnull=False),
                name="allocation_finance_complete",
                violation_error_message="财政文号和财政下达日期要么都填，要么都不填。",
            ),
        ]
        triggers = [
            # A trigger and no constraint: what was issued before decisions were recorded stays as it is.
            pgtrigger.Protect(
                name="issue_needs_decision",
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__status=TableStatus.ISSUED)
                & (
                    pgtrigger.Q(new__decision_meeting="")
                    | pgtrigger.Q(new__attendees="")
                    | pgtrigger.Q(new__decided_on__isnull=True)
                ),
            ),
            pgtrigger.Protect(
                name="issued_table_immutable",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status=TableStatus.ISSUED),
            ),
            no_truncate("issued_table_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.version_label}）"

    def get_absolute_url(self) -> str:
        return reverse("funding:table_detail", args=[self.pk])

    @property
    def is_issued(self) -> bool:
        return self.status == TableStatus.ISSUED

    @property
    def version_label(self) -> str:
        return "首次下达" if self.number == 1 else f"第 {self.number - 1} 次调整"

    @property
    def earlier(self) -> AllocationTableQuerySet:
        """The versions issued before this one, the newest first."""
        found = AllocationTable.objects.issued().filter(programme=self.programme_id, number__lt=self.number)
        return found.order_by("-number")

    @property
    def previous(self) -> "AllocationTable | None":
        """The version issued before this one."""
        return self.earlier.first()


class AllocationLineQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AllocationLineQuerySet":
        """Lines attributed to the user's subtree when the table was made: a document does not change with the map."""
        return self.none() if user.scope_path is None else self.filter(organization_path__startswith=user.scope_path)

    def sums(self) -> Sums:
        """The lines together, added up by the database."""
        totals = {name: models.Sum(name, default=Decimal(0)) for name in AMOUNTS}
        return Sums(**self.aggregate(sites=models.Count("pk"), **totals))


class AllocationLine(Amounts, models.Model):
    """One site's money with the names of the day it was drawn up; everything the printed row says stands here."""

    table = models.ForeignKey(AllocationTable, on_delete=models.CASCADE, related_name="lines")
    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="+", verbose_name="项目点")
    position = models.PositiveSmallIntegerField("序号")
    organization_path = models.CharField("归属", max_length=120, db_collation="C")
    county_code = models.CharField("县代码", max_length=20)
    county_name = models.CharField("县（市、区）", max_length=60)
    township_name = models.CharField("乡镇（街道）", max_length=60, blank=True)
    village_name = models.CharField("村（社区、基地）", max_length=60)
    creation_type = models.CharField("创建类型", max_length=30)
    site_name = models.CharField("项目点", max_length=60)
    province = models.DecimalField("专项资金", **AMOUNT)
    county = models.DecimalField("县级", **AMOUNT)
    township = models.DecimalField("乡镇（街道）", **AMOUNT)
    village = models.DecimalField("村（社区）", **AMOUNT)
    social = models.DecimalField("社会", **AMOUNT)

    objects = AllocationLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "分配明细"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["table", "site"], name="allocation_line_unique_site"),
            models.UniqueConstraint(fields=["table", "position"], name="allocation_line_unique_position"),
            models.CheckConstraint(
                condition=Q(province__gte=0, county__gte=0, township__gte=0, village__gte=0, social__gte=0),
                name="allocation_line_not_negative",
            ),
        ]
        triggers = [
            frozen_with(
                "issued_line_immutable",
                owner="funding_allocationtable",
                column="table_id",
                status="issued",
                words="lines of an issued allocation table",
            ),
            no_truncate("issued_line_no_truncate"),
        ]

    def __str__(self) -> str:
        return self.site_name

    @property
    def is_below_floor(self) -> bool:
        return MatchingRule.of(self.table).is_below_floor(self)

    @property
    def is_below_ratio(self) -> bool:
        return MatchingRule.of(self.table).is_below_ratio(self)

    @property
    def remark(self) -> str:
        return MatchingRule.of(self.table).remark(self)
