"""The ledger (台账) of a site's money: rows are added and never changed. Amounts are Decimal yuan (元).

A mistake is put right by a row that reverses it; the database refuses everything else, whoever writes.
"""

import unicodedata
from datetime import date

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Sum
from django.urls import reverse

from fedwork.triggers import append_only, goes_only, no_truncate, reversal_matches
from funding.models.allocation import AllocationTable
from funding.models.posted import SIGNED, Posted, PostedQuerySet
from funding.states import BY_DOCUMENT, CASH_MOVEMENTS, IN_KIND, EntryKind, FundSource
from projects.models import Programme, ProjectSite

VOUCHER_LENGTH = 40


class SpendingPurpose(models.Model):
    """A purpose for which project money may be spent (2-18: 阵地建设、教育培训、妇女维权、关爱救助……)."""

    name = models.CharField("用途", max_length=30, unique=True)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    is_active = models.BooleanField("可选", default=True, help_text="停用后不能再选，已记的支出不变")

    class Meta:
        verbose_name = verbose_name_plural = "支出用途"
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class ReallocationQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ReallocationQuerySet":
        """Whoever sees one of its two sites."""
        return self.filter(pk__in=LedgerEntry.objects.visible_to(user).values("reallocation"))

    def for_list(self) -> "ReallocationQuerySet":
        return self.prefetch_related(
            models.Prefetch(
                "entries",
                LedgerEntry.objects.select_related("site__programme__organization", "recorded_by").order_by("pk"),
            )
        )


class Reallocation(models.Model):
    """调剂: money issued to one site goes to another, by a decision on paper. Its two entries stand or fall together."""

    document_number = models.CharField("文号", max_length=60)
    decided_on = models.DateField("决定日期")
    reason = models.CharField("原因", max_length=200)

    objects = ReallocationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "资金调剂"
        ordering = ["-decided_on", "-id"]
        triggers = append_only("reallocation")

    def __str__(self) -> str:
        return f"{self.document_number}资金调剂"

    def get_absolute_url(self) -> str:
        return reverse("funding:reallocation_detail", args=[self.pk])

    def _entry(self, kind: EntryKind) -> "LedgerEntry":
        return next(entry for entry in self.entries.all() if entry.kind == kind and entry.reverses_id is None)

    @property
    def given(self) -> "LedgerEntry":
        """What left the one site."""
        return self._entry(EntryKind.MOVED_OUT)

    @property
    def taken(self) -> "LedgerEntry":
        """What came to the other."""
        return self._entry(EntryKind.MOVED_IN)

    @property
    def taking_back(self) -> "LedgerEntry | None":
        """The reversal at the giving site, when it was taken back."""
        return next((entry for entry in self.entries.all() if entry.reverses_id == self.given.pk), None)


class LedgerEntryQuerySet(PostedQuerySet):
    def visible_to(self, user) -> "LedgerEntryQuerySet":
        if user.scope_path is None:
            return self.none()
        return self.filter(site__organization__path__startswith=user.scope_path)

    def totals(self, *keys: str) -> "LedgerEntryQuerySet":
        """Rows with `keys`, `kind`, `is_in_kind` and `total` in yuan: reversals taken off. One query."""
        return self.order_by().values(*keys, "kind", "is_in_kind").annotate(total=Sum(SIGNED))

    def for_book(self) -> "LedgerEntryQuerySet":
        """In the order in which it happened, with what a book shows of each."""
        rows = self.select_related("purpose", "recorded_by", "reverses", "reversal", "table", "reallocation")
        return rows.order_by("happened_on", "pk")


class LedgerEntry(Posted):
    """One amount of one kind and source."""

    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="entries", verbose_name="项目点")
    kind = models.CharField("类别", max_length=10, choices=EntryKind)
    source = models.CharField("来源", max_length=10, choices=FundSource)
    is_in_kind = models.BooleanField("实物折价", default=False, help_text="单独记，不算资金")
    voucher_number = models.CharField("凭证号", max_length=VOUCHER_LENGTH, blank=True)
    purpose = models.ForeignKey(
        SpendingPurpose, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="用途"
    )
    table = models.ForeignKey(
        AllocationTable, on_delete=models.PROTECT, null=True, blank=True, related_name="entries", verbose_name="分配表"
    )
    reallocation = models.ForeignKey(
        Reallocation, on_delete=models.PROTECT, null=True, blank=True, related_name="entries", verbose_name="调剂"
    )

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "资金台账"
        ordering = ["happened_on", "id"]
        indexes = [
            models.Index(fields=["site", "kind", "source"], name="entry_of_account"),
            models.Index(fields=["site", "happened_on", "id"], name="entry_of_book"),
            models.Index(fields=["happened_on", "id"], name="entry_of_register"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="entry_amount_positive", violation_error_message="金额应大于 0。"
            ),
            models.CheckConstraint(
                condition=Q(is_in_kind=False) | Q(kind__in=IN_KIND),
                name="entry_in_kind",
                violation_error_message="实物折价只记承诺和到位，不能拨付、支出或退回。",
            ),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.SPENT, purpose__isnull=False) | ~Q(kind=EntryKind.SPENT) & Q(purpose=None),
                name="entry_purpose_of_spending",
                violation_error_message="支出要选用途，其他不选。",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=CASH_MOVEMENTS) | Q(is_in_kind=True) | ~Q(voucher_number=""),
                name="entry_has_voucher",
                violation_error_message="拨付、到位、支出和退回要填凭证号。",
            ),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.ISSUED, table__isnull=False) | ~Q(kind=EntryKind.ISSUED) & Q(table=None),
                name="entry_issued_by_table",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[EntryKind.MOVED_IN, EntryKind.MOVED_OUT], reallocation__isnull=False)
                | ~Q(kind__in=[EntryKind.MOVED_IN, EntryKind.MOVED_OUT]) & Q(reallocation=None),
                name="entry_moved_by_decision",
            ),
            models.CheckConstraint(
                condition=Q(reverses=None) | ~Q(memo=""),
                name="entry_reversal_has_reason",
                violation_error_message="冲正要写明原因。",
            ),
        ]
        triggers = [
            *append_only("entry"),
            reversal_matches(
                "entry_reversal_matches",
                table="funding_ledgerentry",
                columns=["site_id", "kind", "source", "is_in_kind", "amount"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.in_words} {self.amount} 元"

    def get_absolute_url(self) -> str:
        return reverse("funding:entry_detail", args=[self.pk])

    @property
    def in_words(self) -> str:
        """ "县级到位", "县级冲正到位"."""
        return f"{self.get_source_display()}{'冲正' if self.reverses_id else ''}{self.get_kind_display()}"

    @property
    def is_by_document(self) -> bool:
        return self.kind in BY_DOCUMENT

    def clean(self) -> None:
        super().clean()
        if self.reverses_id:
            return
        if self.purpose and not self.purpose.is_active:
            raise ValidationError({"purpose": f"“{self.purpose}”已停用，请选择别的用途。"})
        if len(VoucherUse.written(self.voucher_number)) > VOUCHER_LENGTH:
            raise ValidationError({"voucher_number": "凭证号太长，请核对。"})
        first = date(self.site.programme.year - 1, 1, 1)  # promises are made the year before
        if self.happened_on < first:
            raise ValidationError({"happened_on": f"日期不能早于 {first}，请核对年份。"})


class VoucherUse(models.Model):
    """A voucher is spent on once: held by the entry that spends on it, and given back when that is reversed."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name="批次")
    number = models.CharField("凭证号", max_length=VOUCHER_LENGTH)
    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="voucher_use", verbose_name="支出")

    class Meta:
        verbose_name = verbose_name_plural = "凭证使用"
        constraints = [models.UniqueConstraint(fields=["programme", "number"], name="voucher_used_once")]
        triggers = [
            pgtrigger.Protect(name="voucher_use_kept", operation=pgtrigger.Update),
            goes_only(
                "voucher_given_back",
                when="EXISTS (SELECT 1 FROM funding_ledgerentry WHERE reverses_id = OLD.entry_id)",
                words="a voucher is given back by the reversal of its spending",
            ),
            no_truncate("voucher_use_no_truncate"),
        ]

    def __str__(self) -> str:
        return self.number

    @staticmethod
    def written(number: str) -> str:
        """The one way in which a number is kept: full-width or small letters, spaces and marks that nobody sees (they
        come with what is pasted) make no other voucher."""
        seen = "".join(sign for sign in unicodedata.normalize("NFKC", number) if unicodedata.category(sign) != "Cf")
        return "".join(seen.upper().split())
