"""账簿 of one site: its entries in order with the balance after each, a page at a time."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.db.models import Case, F, Q, Sum, When

from funding.accounts import Account, accounts
from funding.models import EntryFile, LedgerEntry
from funding.states import INWARD, OUTWARD, FundSource
from projects.models import ProjectSite

PAGE_LENGTH = 50


@dataclass(frozen=True)
class Query:
    """What of the book is shown. Kind and voucher leave rows out, so that there is no balance beside the others."""

    source: str = ""
    kind: str = ""
    voucher: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def has_balance(self) -> bool:
        return not (self.kind or self.voucher)


@dataclass(frozen=True)
class Row:
    entry: LedgerEntry
    balance: Decimal | None
    scans: int = 0

    @property
    def amount_in(self) -> Decimal | None:
        return self.entry.signed if self.entry.kind in INWARD and not self.entry.is_in_kind else None

    @property
    def amount_out(self) -> Decimal | None:
        return self.entry.signed if self.entry.kind in OUTWARD else None

    @property
    def amount_noted(self) -> Decimal | None:
        """Promises, issues and what is in kind: noted, but no money on the account."""
        return self.entry.signed if self.amount_in is None and self.amount_out is None else None


@dataclass(frozen=True)
class Book:
    site: ProjectSite
    accounts: list[Account]
    opening: Decimal
    page: Page
    rows: list[Row]


def book(site: ProjectSite, query: Query, page_number) -> Book:
    """Seven queries, however long the book is. The page is found by an index of its own before anything else is read of
    its entries, and the balance above it is one sum."""
    entries = LedgerEntry.objects.filter(site=site)
    if query.source:
        entries = entries.filter(source=query.source)
    shown = _shown(entries, query)
    page = Paginator(shown.order_by("happened_on", "pk").values_list("pk", flat=True), PAGE_LENGTH).get_page(
        page_number
    )
    listed = list(LedgerEntry.objects.filter(pk__in=list(page)).for_book())
    scans = EntryFile.objects.numbers(listed)
    balance = _cash(_before(entries, listed[0])) if listed and query.has_balance else None
    rows = []
    for entry in listed:
        balance = None if balance is None else balance + _effect(entry)
        rows.append(Row(entry, balance, scans.get(entry.pk, 0)))
    opening = _cash(entries.filter(happened_on__lt=query.first)) if query.first else Decimal(0)
    totals = accounts(LedgerEntry.objects.filter(site=site))
    return Book(site, [totals[site.pk, s] for s in FundSource if (site.pk, s) in totals], opening, page, rows)


def _shown(entries, query: Query):
    if query.kind:
        entries = entries.filter(kind=query.kind)
    if query.voucher:
        entries = entries.filter(voucher_number__icontains=query.voucher)
    if query.first:
        entries = entries.filter(happened_on__gte=query.first)
    return entries.filter(happened_on__lte=query.last) if query.last else entries


def _before(entries, entry: LedgerEntry):
    """Those that stand above the entry in the book."""
    return entries.filter(Q(happened_on__lt=entry.happened_on) | Q(happened_on=entry.happened_on, pk__lt=entry.pk))


def _cash(entries) -> Decimal:
    """What the entries left on the account. An entry and the one that reverses it cancel out and count neither, or the
    balance between their days would be one that never was."""
    moved = Case(When(kind__in=INWARD, then=F("amount")), When(kind__in=OUTWARD, then=-F("amount")))
    return entries.standing().filter(is_in_kind=False).aggregate(sum=Sum(moved))["sum"] or Decimal(0)


def _effect(entry: LedgerEntry) -> Decimal:
    if entry.is_in_kind or entry.is_reversed or entry.reverses_id or entry.kind not in [*INWARD, *OUTWARD]:
        return Decimal(0)
    return entry.amount if entry.kind in INWARD else -entry.amount
