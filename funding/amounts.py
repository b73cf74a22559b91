"""The five amounts of an allocation row and what follows from them, for one site and for sums of sites alike.

`province` is the programme's own money: the province's in most programmes, the city's in others (`fund_source`).
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from funding.states import FundSource

SOURCES = ("county", "township", "village", "social")
AMOUNTS = ("province", *SOURCES)
WAN = Decimal(10_000)


class Amounts:
    """What anything with the attributes of AMOUNTS (Decimal, yuan) also has."""

    @property
    def matching(self) -> Decimal:
        """配套小计 of the four sources, yuan."""
        return self.county + self.township + self.village + self.social

    def by_source(self, own: str) -> dict[FundSource, Decimal]:
        """`own` is the source of the programme's money."""
        return {FundSource(own): self.province} | {FundSource(name): getattr(self, name) for name in SOURCES}

    @property
    def total(self) -> Decimal:
        return self.province + self.matching

    @property
    def ratio(self) -> Decimal | None:
        """配套比例: matching per yuan of the programme's money, unrounded; None without it."""
        return self.matching / self.province if self.province else None


@dataclass(frozen=True)
class Sums(Amounts):
    """The amounts of several sites together."""

    sites: int
    province: Decimal = Decimal(0)
    county: Decimal = Decimal(0)
    township: Decimal = Decimal(0)
    village: Decimal = Decimal(0)
    social: Decimal = Decimal(0)

    @classmethod
    def of(cls, rows: list[Amounts]) -> "Sums":
        return cls(len(rows), **{name: sum((getattr(row, name) for row in rows), Decimal(0)) for name in AMOUNTS})


@dataclass(frozen=True)
class MatchingRule:
    """What a programme asks of the matching money of one site, and an allocation table keeps from it. A programme that
    asks for none has floor and target zero."""

    floor: Decimal
    target: Decimal

    @property
    def is_asked(self) -> bool:
        return bool(self.floor or self.target)

    @classmethod
    def of(cls, owner) -> "MatchingRule":
        """`owner` is a programme or an allocation table."""
        return cls(owner.matching_floor, owner.matching_ratio)

    def is_below_floor(self, amounts: Amounts) -> bool:
        """S0: 配套最低 1 万元. Blocks the issue."""
        return amounts.matching < self.floor

    def is_below_ratio(self, amounts: Amounts) -> bool:
        """S0: 配套争取 1:1. An aim, so only noted."""
        return amounts.matching < amounts.province * self.target

    def remark(self, amounts: Amounts) -> str:
        """The 备注 of a site: "未达最低配套 1 万元", "未达 1:1" or nothing."""
        if self.is_below_floor(amounts):
            return f"未达最低配套 {in_words(self.floor)}"
        return f"未达 1:{self.target.normalize():f}" if self.is_below_ratio(amounts) else ""


def is_whole(amount: Decimal) -> bool:
    return amount == amount.to_integral_value()


def yuan(amount: Decimal, *, with_fen: bool | None = None) -> str:
    """ "30,000", or "30,000.50" with fen. (Django's own grouping for Chinese is by four digits.)"""
    with_fen = not is_whole(amount) if with_fen is None else with_fen
    return f"{amount:,.2f}" if with_fen else f"{amount:,.0f}"


def signed(amount: Decimal) -> str:
    """With its sign, which survives a black-and-white print: "+5,000", "-300", "0"."""
    return f"{'+' if amount > 0 else ''}{yuan(amount)}"


def wan(amount: Decimal) -> str:
    """Yuan as 万元 with two decimals, rounded once, half up: 681600 -> "68.16"."""
    return f"{(amount / WAN).quantize(Decimal('0.01'), ROUND_HALF_UP):,.2f}"


def percent(ratio: Decimal | None) -> str:
    return "" if ratio is None else f"{(ratio * 100).quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


def in_words(amount: Decimal) -> str:
    """As a sentence says it: "1 万元", "1.5 万元", "9,999 元"."""
    if amount and is_whole(amount / 100):
        return f"{(amount / WAN).normalize():f} 万元"
    return f"{yuan(amount)} 元"
