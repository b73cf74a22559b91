"""What always holds in the ledger, tested over the whole database: each broken rule is a sentence that names the rows."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Count, F, Q, Sum

from funding.accounts import accounts, broken_rules
from funding.amounts import yuan
from funding.models import AllocationLine, ClaimLine, ClaimState, LedgerEntry, VoucherUse, WorkFundEntry
from funding.models.posted import SIGNED
from funding.states import EntryKind, TableStatus
from projects.models import ProjectSite


def broken_invariants() -> Iterator[str]:
    """A bounded number of queries, whatever the number of entries."""
    yield from _ceilings()
    yield from _reversals()
    yield from _vouchers()
    yield from _tables()
    yield from _reallocations()
    yield from _claims()
    yield from _work_funds()


def _ceilings() -> Iterator[str]:
    broken = list(broken_rules(LedgerEntry.objects.all()))
    names = dict(ProjectSite.objects.filter(pk__in={pk for pk, _ in broken}).values_list("pk", "name"))
    yield from (f"{names[pk]}（项目点 {pk}）：{words}" for pk, words in broken)


def _reversals() -> Iterator[str]:
    same = ["site_id", "kind", "source", "is_in_kind", "amount"]
    wrong = Q(reverses__reverses__isnull=False)
    for name in same:
        wrong |= ~Q(**{name: F(f"reverses__{name}")})
    for entry in LedgerEntry.objects.filter(reverses__isnull=False).filter(wrong):
        yield f"第 {entry.pk} 笔冲正与被冲正的第 {entry.reverses_id} 笔不符"


def _vouchers() -> Iterator[str]:
    spent = LedgerEntry.objects.standing().filter(kind=EntryKind.SPENT)
    for entry in spent.filter(voucher_use=None):
        yield f"第 {entry.pk} 笔支出的凭证 {entry.voucher_number} 没有占用登记"
    for use in VoucherUse.objects.exclude(entry__in=spent).select_related("entry"):
        yield f"凭证 {use.number} 登记为第 {use.entry_id} 笔占用，但那一笔已冲正或不是支出"
    for use in VoucherUse.objects.filter(entry__in=spent).select_related("entry"):
        if use.number != VoucherUse.written(use.entry.voucher_number):
            yield f"凭证 {use.number} 与第 {use.entry_id} 笔的凭证号 {use.entry.voucher_number} 不符"


def _tables() -> Iterator[str]:
    """The ledger says what the last issued table of each programme says, line by line."""
    later = Q(table__programme__allocation_tables__number__gt=F("table__number"))
    later &= Q(table__programme__allocation_tables__status=TableStatus.ISSUED)
    lines = AllocationLine.objects.filter(table__status=TableStatus.ISSUED).annotate(later=Count("pk", filter=later))
    said: dict[tuple, Decimal] = {}
    for line in lines.filter(later=0).select_related("table"):
        amounts = line.by_source(line.table.fund_source)
        said |= {(line.site_id, source): amount for source, amount in amounts.items() if amount}
    issued = accounts(LedgerEntry.objects.filter(kind=EntryKind.ISSUED))
    posted = {place: account.issued for place, account in issued.items() if account.issued}
    for pk, source in said.keys() | posted.keys():
        table, ledger = (found.get((pk, source), Decimal(0)) for found in [said, posted])
        if table != ledger:
            yield f"项目点 {pk} 的{source.label}下达：分配表 {yuan(table)} 元，台账 {yuan(ledger)} 元"


def _reallocations() -> Iterator[str]:
    """What left one site came to another."""
    moves = LedgerEntry.objects.filter(reallocation__isnull=False)
    sums: dict[int, Decimal] = {}
    for row in moves.totals("reallocation_id"):
        sign = 1 if row["kind"] == EntryKind.MOVED_IN else -1
        sums[row["reallocation_id"]] = sums.get(row["reallocation_id"], Decimal(0)) + sign * row["total"]
    for pk, difference in sums.items():
        if difference:
            yield f"第 {pk} 号调剂的调入与调出相差 {yuan(difference)} 元"


def _claims() -> Iterator[str]:
    """A paid claim is spending, voucher by voucher; one that was reversed, and one that isn't paid, is none."""
    standing = Q(entry__isnull=False, entry__reverses=None, entry__reversal=None)
    same = Q(entry__amount=F("amount"), entry__site=F("claim__site"), entry__source=F("claim__source"))
    is_paid = Q(claim__state=ClaimState.PAID)
    wrong = is_paid & ~Q(Q(standing), same) | ~is_paid & Q(standing)
    for line in ClaimLine.objects.filter(wrong).select_related("claim"):
        yield f"报账单 {line.claim.number} 的凭证 {line.voucher_number} 与台账支出不符"


def _work_funds() -> Iterator[str]:
    """工作经费: what arrived was budgeted, and a reversal is of the same unit, year and kind."""
    sums = {f"sum_{kind}": Sum(SIGNED, filter=Q(kind=kind), default=Decimal(0)) for kind in WorkFundEntry.Kind}
    rows = WorkFundEntry.objects.order_by().values("organization__name", "organization", "year").annotate(**sums)
    for row in rows.filter(sum_arrived__gt=F("sum_budgeted")):
        words = f"到位 {yuan(row['sum_arrived'])} 元，多于列入预算的 {yuan(row['sum_budgeted'])} 元"
        yield f"{row['organization__name']}（单位 {row['organization']}）{row['year']}年工作经费{words}"
    wrong = Q(reverses__reverses__isnull=False)
    for name in ["organization_id", "year", "kind", "amount"]:
        wrong |= ~Q(**{name: F(f"reverses__{name}")})
    for entry in WorkFundEntry.objects.filter(reverses__isnull=False).filter(wrong):
        yield f"工作经费第 {entry.pk} 笔冲正与被冲正的第 {entry.reverses_id} 笔不符"
