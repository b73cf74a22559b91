"""Read models of claims: the page of one with what can be done there, and the register of many."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from fedwork.capitals import capitals
from funding.amounts import yuan
from funding.claims import rules
from funding.claims.checks import balance_of, problems, total_of, warnings
from funding.models import Claim, ClaimFile, ClaimLine, ClaimState


@dataclass(frozen=True)
class Doing:
    """What the user can do with a claim now, and on whom it lies."""

    writes: bool
    withdraws: bool
    checks: bool
    pays: bool
    reverses: bool
    waits_for: str

    @property
    def returns(self) -> bool:
        return self.checks or self.pays


def doing(claim: Claim, user) -> Doing:
    may_write = rules.can_write_claims(user, claim.site)
    may_pay = rules.can_pay_claim(user, claim)
    return Doing(
        writes=claim.is_to_write and may_write,
        withdraws=claim.is_under_way and may_write and user.pk in claim.writer_ids,
        checks=claim.state == ClaimState.TOWNSHIP and rules.can_check_claim(user, claim),
        pays=claim.state == ClaimState.COUNTY and may_pay,
        reverses=claim.state == ClaimState.PAID and may_pay,
        waits_for=_waits_for(claim),
    )


def _waits_for(claim: Claim) -> str:
    site = claim.site
    return {
        ClaimState.DRAFT: "还没有提交",
        ClaimState.RETURNED: f"等{site.village_name}或{site.township_name}填报员修改",
        ClaimState.TOWNSHIP: f"等{site.township_name}审核",
        ClaimState.COUNTY: f"等{site.county_name}妇联审核支付",
    }.get(claim.state, "")


@dataclass(frozen=True)
class ClaimView:
    """A claim with its vouchers, scans, money in figures and words, and what is wrong or odd about it."""

    claim: Claim
    lines: list[ClaimLine]
    scans: list[ClaimFile]
    problems: list[str]
    warnings: list[str]
    balance: str

    @property
    def total(self) -> Decimal:
        return total_of(self.lines)

    @property
    def total_in_figures(self) -> str:
        return yuan(self.total, with_fen=True)

    @property
    def total_in_words(self) -> str:
        return capitals(self.total)

    def rows(self) -> Iterator[tuple]:
        """(number, line, amount in figures, number of its scans)."""
        for number, line in enumerate(self.lines, 1):
            scans = sum(scan.line_id == line.pk and not scan.removed_at for scan in self.scans)
            yield number, line, yuan(line.amount, with_fen=True), scans


def claim_view(claim: Claim) -> ClaimView:
    """A bounded number of queries, whatever the number of vouchers."""
    lines = list(claim.lines.select_related("purpose"))
    scans = list(claim.files.select_related("line", "uploaded_by", "removed_by"))
    return ClaimView(
        claim,
        lines,
        scans,
        problems(claim, lines) if claim.is_to_write else [],
        warnings(claim, lines),
        "" if claim.is_settled else yuan(balance_of(claim)),
    )
