"""Two versions of an allocation table side by side: sites added, removed and changed, with the sums."""

from dataclasses import dataclass
from decimal import Decimal

from funding.amounts import AMOUNTS, Sums, yuan
from funding.models import AllocationLine

ADDED, REMOVED, CHANGED = "新增", "减少", "变化"


@dataclass(frozen=True)
class AmountChange:
    """One amount before and after, yuan."""

    label: str
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before

    @property
    def before_text(self) -> str:
        return yuan(self.before)

    @property
    def after_text(self) -> str:
        return yuan(self.after)

    @property
    def difference_text(self) -> str:
        """With its sign in words that survive a black-and-white print: "+5,000", "-300", "0"."""
        return f"{'+' if self.difference > 0 else ''}{yuan(self.difference)}"


@dataclass(frozen=True)
class SiteChange:
    kind: str
    site_name: str
    county_name: str
    amounts: list[AmountChange]


@dataclass(frozen=True)
class Comparison:
    sites: list[SiteChange]
    before: Sums
    after: Sums
    fund_name: str

    @property
    def sums(self) -> list[AmountChange]:
        """The programme's money, the four sources, matching and total, changed or not."""
        names = [*AMOUNTS, "matching", "total"] if self.before.matching or self.after.matching else ["province"]
        words = [label_of(name, self.fund_name) for name in names]
        return [
            AmountChange(label, getattr(self.before, name), getattr(self.after, name))
            for label, name in zip(words, names, strict=True)
        ]


def label_of(name: str, fund_name: str) -> str:
    extra = {"province": fund_name, "matching": "配套小计", "total": "合计"}
    return extra.get(name) or str(AllocationLine._meta.get_field(name).verbose_name)


def compare(before: list[AllocationLine], after: list[AllocationLine]) -> Comparison:
    """The lines of two versions, matched by site; in the order of the newer version, removed sites last."""
    fund_name = next((line.table.fund_name for line in [*after, *before]), "")
    old, new = {line.site_id: line for line in before}, {line.site_id: line for line in after}
    pairs = [(old.get(line.site_id), line) for line in after]
    pairs += [(line, None) for line in before if line.site_id not in new]
    changes = [_site_change(*pair, fund_name) for pair in pairs]
    return Comparison([change for change in changes if change.amounts], Sums.of(before), Sums.of(after), fund_name)


def _site_change(before: AllocationLine | None, after: AllocationLine | None, fund_name: str) -> SiteChange:
    kind = CHANGED if before and after else ADDED if after else REMOVED
    nothing, line = Sums(0), after or before
    amounts = [
        AmountChange(label_of(name, fund_name), getattr(before or nothing, name), getattr(after or nothing, name))
        for name in AMOUNTS
    ]
    return SiteChange(kind, line.site_name, line.county_name, [amount for amount in amounts if amount.difference])
