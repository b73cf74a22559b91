"""What stands in the way of a claim, and what is only odd about it. Sentences that name the line; Decimal yuan."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Sum

from funding.accounts import Account, accounts
from funding.amounts import yuan
from funding.models import Claim, ClaimLine, ClaimTerms, LedgerEntry, PaymentMethod, VoucherUse
from funding.models.claim import UNDER_WAY
from funding.states import FundSource


def problems(claim: Claim, lines: list[ClaimLine]) -> list[str]:
    """What keeps it from being submitted."""
    if not lines:
        return ["还没有填凭证，请至少填一张。"]
    return [*voucher_problems(claim, lines), *_scan_problems(claim, lines), *_money_problems(claim, lines)]


def voucher_problems(claim: Claim, lines: list[ClaimLine]) -> Iterator[str]:
    """Vouchers that are spent on already, or stand on another claim under way."""
    numbers = [line.voucher_key for line in lines]
    used = VoucherUse.objects.filter(programme=claim.site.programme_id, number__in=numbers)
    where = {use.number: f"已经列支，用于{use.entry.site}" for use in used.select_related("entry__site")}
    others = ClaimLine.objects.filter(claim__state__in=sorted(UNDER_WAY), voucher_key__in=numbers)
    others = others.filter(claim__site__programme=claim.site.programme_id).exclude(claim=claim)
    where |= {other.voucher_key: f"已在{other.claim}的报账单上" for other in others.select_related("claim__site")}
    for number, line in enumerate(lines, 1):
        if line.voucher_key in where:
            yield f"{name_of(number, line)}{where[line.voucher_key]}，不能重复使用。"
        if not line.purpose.is_active:
            yield f"{name_of(number, line)}的用途“{line.purpose}”已停用，请选择别的用途。"


def _scan_problems(claim: Claim, lines: list[ClaimLine]) -> Iterator[str]:
    """A scan for the claim as a whole, or one for each voucher."""
    owners = set(claim.files.current().values_list("line_id", flat=True))
    if None in owners:
        return
    for number, line in enumerate(lines, 1):
        if line.pk not in owners:
            yield f"{name_of(number, line)}还没有传发票照片或扫描件。"


def _money_problems(claim: Claim, lines: list[ClaimLine]) -> Iterator[str]:
    balance, asked = balance_of(claim), asked_elsewhere(claim)
    total = total_of(lines)
    if total > balance - asked:
        name = FundSource(claim.source).label
        others = f"，其他在办报账单 {yuan(asked)} 元" if asked else ""
        yield f"{name}资金结余 {yuan(balance)} 元{others}，本单 {yuan(total)} 元，超出 {yuan(total + asked - balance)} 元。"


def warnings(claim: Claim, lines: list[ClaimLine]) -> list[str]:
    """What a reviewer should look at; nothing of it blocks."""
    limit, first = ClaimTerms.of(claim.site.programme).cash_limit, claim.site.programme.first_month
    found = []
    if claim.method == PaymentMethod.CASH and total_of(lines) > limit:
        found.append(f"现金支付 {yuan(total_of(lines))} 元，超过现金限额 {yuan(limit)} 元，请说明或改用转账、公务卡。")
    found += [
        f"{name_of(number, line)}开票日期 {line.voucher_on:%Y-%m-%d}，早于项目开始的 {first.year}年{first.month}月。"
        for number, line in enumerate(lines, 1)
        if line.voucher_on < first
    ]
    return found


def balance_of(claim: Claim) -> Decimal:
    """结余 of the claim's source at its site, as the ledger has it."""
    source = FundSource(claim.source)
    found = accounts(LedgerEntry.objects.filter(site=claim.site_id, source=source))
    return found.get((claim.site_id, source), Account(source)).balance


def asked_elsewhere(claim: Claim) -> Decimal:
    """What other claims under way ask of the same money."""
    others = ClaimLine.objects.filter(
        claim__site=claim.site_id, claim__source=claim.source, claim__state__in=sorted(UNDER_WAY)
    )
    return others.exclude(claim=claim).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def total_of(lines: list[ClaimLine]) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))


def name_of(number: int, line: ClaimLine) -> str:
    return f"第 {number} 张（{line.voucher_number}）"
