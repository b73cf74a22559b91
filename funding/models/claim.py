"""县级报账: a site's vouchers on their way from the village to the county that pays them. Amounts are Decimal yuan (元).

The village spends, the county keeps the account: only what is paid on a claim becomes spending in the ledger.
"""

import uuid
from decimal import Decimal
from functools import cached_property

import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.urls import reverse
from django.utils import timezone

from fedwork.triggers import append_only, kept, no_truncate, steps_only
from funding.models.ledger import LedgerEntry, SpendingPurpose
from funding.models.posted import CENT
from funding.states import FundSource
from organizations.models import Level, Role
from projects.models import Programme, ProjectSite
from projects.states import Mark

AMOUNT = {"max_digits": 12, "decimal_places": 2}


class ClaimState(models.TextChoices):
    DRAFT = "draft", "草稿"
    TOWNSHIP = "township", "待乡镇审核"
    COUNTY = "county", "待县级支付"
    RETURNED = "returned", "已退回"
    PAID = "paid", "已支付"
    REVERSED = "reversed", "已冲销"
    VOID = "void", "已作废"


class ClaimStepKind(models.TextChoices):
    WRITTEN = "written", "填写"
    CHANGED = "changed", "修改"
    SUBMITTED = "submitted", "提交"
    WITHDRAWN = "withdrawn", "撤回"
    CHECKED = "checked", "乡镇审核通过"
    RETURNED = "returned", "退回"
    PAID = "paid", "支付"
    REVERSED = "reversed", "冲销"
    VOIDED = "voided", "作废"


class PaymentMethod(models.TextChoices):
    TRANSFER = "transfer", "银行转账"
    CARD = "card", "公务卡"
    CASH = "cash", "现金"


TO_WRITE = {ClaimState.DRAFT, ClaimState.RETURNED}
UNDER_WAY = {ClaimState.TOWNSHIP, ClaimState.COUNTY}
SETTLED = {ClaimState.PAID, ClaimState.REVERSED}
WRITING = {ClaimStepKind.WRITTEN, ClaimStepKind.CHANGED, ClaimStepKind.SUBMITTED}
TRANSITIONS = [
    (ClaimState.DRAFT, ClaimState.TOWNSHIP),
    (ClaimState.DRAFT, ClaimState.COUNTY),
    (ClaimState.DRAFT, ClaimState.VOID),
    (ClaimState.RETURNED, ClaimState.TOWNSHIP),
    (ClaimState.RETURNED, ClaimState.COUNTY),
    (ClaimState.RETURNED, ClaimState.VOID),
    (ClaimState.TOWNSHIP, ClaimState.COUNTY),
    (ClaimState.TOWNSHIP, ClaimState.RETURNED),
    (ClaimState.TOWNSHIP, ClaimState.DRAFT),
    (ClaimState.COUNTY, ClaimState.RETURNED),
    (ClaimState.COUNTY, ClaimState.DRAFT),
    (ClaimState.COUNTY, ClaimState.PAID),
    (ClaimState.PAID, ClaimState.REVERSED),
]
TAG_OF_STATE = {
    ClaimState.DRAFT: "idle",
    ClaimState.TOWNSHIP: "wait",
    ClaimState.COUNTY: "wait",
    ClaimState.RETURNED: "bad",
    ClaimState.PAID: "ok",
    ClaimState.REVERSED: "warn",
    ClaimState.VOID: "idle",
}
TAG_OF_STEP = {
    ClaimStepKind.CHECKED: "ok",
    ClaimStepKind.RETURNED: "bad",
    ClaimStepKind.PAID: "ok",
    ClaimStepKind.REVERSED: "warn",
    ClaimStepKind.SUBMITTED: "wait",
}


class ClaimTermsQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ClaimTermsQuerySet":
        return self.filter(programme__in=Programme.objects.visible_to(user))


class ClaimTerms(models.Model):
    """What a programme asks of claims; without a row the defaults hold."""

    programme = models.OneToOneField(
        Programme, on_delete=models.PROTECT, related_name="claim_terms", verbose_name="批次"
    )
    cash_limit = models.DecimalField(
        "现金限额（元）",
        default=Decimal(1000),
        validators=[MinValueValidator(0)],
        help_text="一张现金报账单超过这个数就提示，不拦截；按当地现金结算起点填写",
        **AMOUNT,
    )
    has_township_check = models.BooleanField(
        "要乡镇审核", default=True, help_text="由填写人以外的乡镇填报员审核；乡镇没有第二个人时直接报县级"
    )

    objects = ClaimTermsQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报账规定"
        ordering = ["-programme__year", "programme_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cash_limit__gte=0),
                name="claim_terms_cash_limit",
                violation_error_message="限额不能是负数。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme}报账规定"

    @classmethod
    def of(cls, programme: Programme) -> "ClaimTerms":
        return cls.objects.filter(programme=programme).first() or cls(programme=programme)


class ClaimQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ClaimQuerySet":
        """What was never submitted is seen by those who write it, and by nobody above."""
        if user.scope_path is None:
            return self.none()
        claims = self.filter(site__organization__path__startswith=user.scope_path)
        return claims if user.role == Role.CADRE else claims.exclude(submitted_at=None)

    def written_by(self, user) -> "ClaimQuerySet":
        mine = ClaimStep.objects.filter(claim=OuterRef("pk"), made_by=user, kind__in=sorted(WRITING))
        return self.filter(Exists(mine))

    def to_do(self, user) -> "ClaimQuerySet":
        """What waits for the user: returned to the own site, to be checked at the own township, to be paid by the own
        county; never what one wrote oneself."""
        waiting = {
            Role.COUNTY_REVIEWER: Q(state=ClaimState.COUNTY),
            Role.CADRE: Q(state=ClaimState.TOWNSHIP) if _is_at_township(user) else Q(pk=None),
        }.get(user.role)
        if waiting is None:
            return self.none()
        own = Q(pk__in=Claim.objects.written_by(user).values("pk"))
        returned = Q(state=ClaimState.RETURNED) if user.role == Role.CADRE else Q(pk=None)
        return self.visible_to(user).filter(waiting & ~own | returned)

    def state_counts(self) -> dict[str, int]:
        """Of each state, and of "all". One query."""
        counts = {f"in_{state}": Count("pk", filter=Q(state=state)) for state in ClaimState.values}
        found = self.order_by().aggregate(in_all=Count("pk"), **counts)
        return {name.removeprefix("in_"): number for name, number in found.items()}

    def with_total(self) -> "ClaimQuerySet":
        """Adds `total` in yuan and `vouchers`, the number of lines."""
        lines = ClaimLine.objects.filter(claim=OuterRef("pk")).order_by().values("claim")
        return self.annotate(
            total=models.Subquery(lines.annotate(sum=Sum("amount")).values("sum")),
            vouchers=models.Subquery(lines.annotate(number=Count("pk")).values("number")),
        )

    def for_list(self) -> "ClaimQuerySet":
        """With what a list shows; what is under way first, the longest wait on top, then the newest."""
        is_over = models.Case(models.When(state__in=sorted(UNDER_WAY | TO_WRITE), then=0), default=1)
        waiting = models.Case(models.When(state__in=sorted(UNDER_WAY), then=F("submitted_at")))
        ordered = self.order_by(is_over, waiting.asc(nulls_last=True), "-pk")
        return ordered.with_total().select_related("site")


def _is_at_township(user) -> bool:
    return user.organization_id is not None and user.organization.level == Level.TOWNSHIP


class Claim(models.Model):
    """One 报账单: of a site, out of one source. `version` grows with every step: who acts says which one they saw.

    经手人, 证明人 and 审批人 are posts; the names come onto the paper with the pen.
    """

    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="claims", verbose_name="项目点")
    source = models.CharField("资金来源", max_length=10, choices=FundSource)
    subject = models.CharField("事由", max_length=100, help_text="如：妇女之家活动室改造")
    method = models.CharField("支付方式", max_length=10, choices=PaymentMethod, default=PaymentMethod.TRANSFER)
    handler_post = models.CharField("经手人职务", max_length=40, help_text="如：村妇联副主席；写职务，签名在纸上")
    certifier_post = models.CharField("证明人职务", max_length=40)
    approver_post = models.CharField("审批人职务", max_length=40, default="村民委员会主任")
    state = models.CharField("状态", max_length=10, choices=ClaimState, default=ClaimState.DRAFT, editable=False)
    version = models.PositiveIntegerField("版本", default=0, editable=False)
    created_at = models.DateTimeField("填写时间", editable=False)
    submitted_at = models.DateTimeField("提交时间", null=True, editable=False)
    submitted_by = models.ForeignKey(
        "organizations.User",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="提交人",
    )
    checked_at = models.DateTimeField("乡镇审核时间", null=True, editable=False)
    checked_by = models.ForeignKey(
        "organizations.User",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="乡镇审核人",
    )
    paid_at = models.DateTimeField("办理支付时间", null=True, editable=False)
    paid_by = models.ForeignKey(
        "organizations.User",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="支付人",
    )
    paid_on = models.DateField("支付日期", null=True, editable=False)
    payment_number = models.CharField("支付单号", max_length=40, blank=True, editable=False)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报账单"
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "submitted_at"], name="claim_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[ClaimState.DRAFT, ClaimState.VOID])
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="claim_submitted_by",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(SETTLED), paid_at__isnull=False, paid_by__isnull=False)
                & Q(paid_on__isnull=False)
                | ~Q(state__in=sorted(SETTLED)) & Q(paid_at=None, paid_by=None, paid_on=None),
                name="claim_paid_by",
            ),
            models.CheckConstraint(
                condition=(Q(checked_by=None) | ~Q(checked_by=F("submitted_by")))
                & (Q(paid_by=None) | ~Q(paid_by=F("submitted_by"))),
                name="claim_checked_by_another",
                violation_error_message="审核和支付要由提交人以外的人办理。",
            ),
        ]
        triggers = [
            *kept("claim", fields=["site", "created_at"]),
            steps_only("claim_transitions", field="state", transitions=TRANSITIONS),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.site}"

    def get_absolute_url(self) -> str:
        return reverse("funding:claim_detail", args=[self.pk])

    @property
    def number(self) -> str:
        return f"BZ{timezone.localtime(self.created_at).year}-{self.pk:04d}"

    @property
    def mark(self) -> Mark:
        return Mark(self.get_state_display(), TAG_OF_STATE[self.state])

    @property
    def is_to_write(self) -> bool:
        return self.state in TO_WRITE

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def is_settled(self) -> bool:
        """The ledger has it, or had it."""
        return self.state in SETTLED

    @cached_property
    def writer_ids(self) -> set[int]:
        """Whoever wrote, changed or submitted it; they don't check it."""
        return set(self.steps.filter(kind__in=sorted(WRITING)).values_list("made_by", flat=True))


class ClaimLineQuerySet(models.QuerySet):
    def scans(self) -> "ClaimLineQuerySet":
        """With the `number` of scans of the voucher and of its claim as a whole."""
        there = Q(claim__files__removed_at=None) & (Q(claim__files__line=None) | Q(claim__files__line=F("pk")))
        return self.order_by().annotate(number=Count("claim__files", filter=there))


class ClaimLine(models.Model):
    """One voucher. `key` is the ledger's key of its spending: paid twice, it is posted once."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="lines", verbose_name="报账单")
    voucher_number = models.CharField("发票（凭证）号", max_length=40)
    voucher_key = models.CharField(max_length=40, editable=False)
    voucher_on = models.DateField("开票日期")
    payee = models.CharField("收款人", max_length=60, help_text="单位或个体户的全称")
    purpose = models.ForeignKey(SpendingPurpose, on_delete=models.PROTECT, related_name="+", verbose_name="用途")
    amount = models.DecimalField("金额（元）", validators=[MinValueValidator(CENT)], **AMOUNT)
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    entry = models.OneToOneField(
        LedgerEntry,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="claim_line",
        verbose_name="台账",
    )

    objects = ClaimLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报账凭证"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="claim_line_amount_positive", violation_error_message="金额应大于 0。"
            ),
            models.UniqueConstraint(
                fields=["claim", "voucher_key"],
                name="claim_voucher_once",
                violation_error_message="同一张报账单里凭证号重复。",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="claim_line_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("standing", "text")],
                func="""
                    SELECT state INTO standing FROM funding_claim
                     WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.claim_id ELSE NEW.claim_id END;
                    IF standing NOT IN ('draft', 'returned') AND NOT (TG_OP = 'UPDATE' AND
                       (OLD.claim_id, OLD.voucher_number, OLD.voucher_key, OLD.voucher_on, OLD.payee, OLD.purpose_id,
                        OLD.amount, OLD.key) IS NOT DISTINCT FROM
                       (NEW.claim_id, NEW.voucher_number, NEW.voucher_key, NEW.voucher_on, NEW.payee, NEW.purpose_id,
                        NEW.amount, NEW.key))
                    THEN
                        RAISE EXCEPTION 'pgtrigger: the vouchers of a submitted claim cannot change';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
            no_truncate("claim_line_no_truncate"),
        ]

    def __str__(self) -> str:
        return self.voucher_number


class ClaimStep(models.Model):
    """What happened to a claim: who did what, in which words, and the state it then was in. Never changed."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="steps", verbose_name="报账单")
    kind = models.CharField("办理", max_length=10, choices=ClaimStepKind)
    text = models.CharField("说明", max_length=300, blank=True)
    state = models.CharField("办理后状态", max_length=10, choices=ClaimState)
    made_at = models.DateTimeField("时间")
    made_by = models.ForeignKey("organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="办理人")

    class Meta:
        verbose_name = verbose_name_plural = "报账办理记录"
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=[ClaimStepKind.RETURNED, ClaimStepKind.REVERSED, ClaimStepKind.VOIDED])
                | ~Q(text=""),
                name="claim_step_has_reason",
                violation_error_message="请写明原因。",
            )
        ]
        triggers = append_only("claim_step")

    def __str__(self) -> str:
        return f"{self.claim} {self.get_kind_display()}"

    @property
    def tag(self) -> str:
        return TAG_OF_STEP.get(self.kind, "idle")

    @property
    def who(self) -> str:
        return f"{self.made_by.organization}{self.made_by.get_role_display()}　{self.made_by}"
