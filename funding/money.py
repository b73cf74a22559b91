"""What the entries of sites add up to by kind and source, as known at a moment. Decimal yuan (元)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from funding.models import LedgerEntry
from funding.states import MATCHING, OF_PROGRAMME, EntryKind, FundSource

NOTHING = Decimal(0)


@dataclass
class Money:
    """Sums of entries by kind and source, of one site or of many. What is in kind stands apart from what is cash. The
    sums are made once: whatever is added is added before they are asked for."""

    cash: dict[tuple[EntryKind, FundSource], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    in_kind: dict[EntryKind, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def __iadd__(self, other: "Money") -> "Money":
        for place, amount in other.cash.items():
            self.cash[place] += amount
        for kind, amount in other.in_kind.items():
            self.in_kind[kind] += amount
        return self

    def of(self, kind: EntryKind, sources: Iterable[FundSource] = FundSource) -> Decimal:
        return sum((self.cash.get((kind, source), NOTHING) for source in sources), NOTHING)

    @cached_property
    def issued(self) -> Decimal:
        """上级下达, with what was moved here or away."""
        moved = self.of(EntryKind.MOVED_IN, OF_PROGRAMME) - self.of(EntryKind.MOVED_OUT, OF_PROGRAMME)
        return self.of(EntryKind.ISSUED, OF_PROGRAMME) + moved

    @cached_property
    def issued_arrived(self) -> Decimal:
        return self.of(EntryKind.ARRIVED, OF_PROGRAMME)

    @cached_property
    def pledged(self) -> Decimal:
        """配套承诺"""
        return self.of(EntryKind.COMMITTED, MATCHING)

    @cached_property
    def arrived(self) -> Decimal:
        """配套到位"""
        return self.of(EntryKind.ARRIVED, MATCHING)

    @cached_property
    def all_arrived(self) -> Decimal:
        return self.of(EntryKind.ARRIVED)

    @cached_property
    def spent(self) -> Decimal:
        return self.of(EntryKind.SPENT)

    @cached_property
    def balance(self) -> Decimal:
        """结余＝到位－支出－退回"""
        return self.all_arrived - self.spent - self.of(EntryKind.REFUNDED)

    @cached_property
    def arrival_rate(self) -> Decimal | None:
        """到位率＝配套到位÷配套承诺; None without a promise."""
        return share(self.arrived, self.pledged)

    @cached_property
    def ratio(self) -> Decimal | None:
        """配套比例＝配套到位÷上级下达"""
        return share(self.arrived, self.issued)

    @property
    def issued_rate(self) -> Decimal | None:
        """专项到位率＝专项到位÷下达"""
        return share(self.issued_arrived, self.issued)

    @cached_property
    def spending_rate(self) -> Decimal | None:
        """支付进度＝支出÷到位总额"""
        return share(self.spent, self.all_arrived)


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    return part / whole if whole else None


def entries_of(sites, moment: datetime):
    """What was entered by the moment and had happened by its day."""
    return LedgerEntry.objects.known_at(moment).filter(
        site__in=sites.order_by().values("pk"), happened_on__lte=timezone.localdate(moment)
    )


def money_of(sites, moment: datetime) -> dict[int, Money]:
    """By site. One query. A member of EntryKind is its text: hundred thousand of these need not be made anew."""
    found: dict[int, Money] = defaultdict(Money)
    totals = entries_of(sites, moment).totals("site_id", "source")
    for site, source, kind, is_in_kind, total in totals.values_list("site_id", "source", "kind", "is_in_kind", "total"):
        if is_in_kind:
            found[site].in_kind[kind] += total
        else:
            found[site].cash[kind, source] = total
    return found
