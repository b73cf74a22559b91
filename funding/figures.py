"""What stands behind a figure of the board or the reconciliation: the entries that add up to it, to the cent."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from funding.money import entries_of
from funding.states import MATCHING, OF_PROGRAMME, EntryKind, FundSource

MOVES = [EntryKind.MOVED_IN, EntryKind.MOVED_OUT]


@dataclass(frozen=True)
class Figure:
    """A column: which kinds of entries it adds up, of which sources. What was moved out counts as less."""

    label: str
    kinds: list[EntryKind]
    sources: list[FundSource]

    def entries(self, sites, moment: datetime, source: str = ""):
        """`source` narrows down to one; help in kind isn't money and isn't in any figure."""
        sources = [source] if source else self.sources
        found = entries_of(sites, moment).filter(kind__in=self.kinds, source__in=sources, is_in_kind=False)
        return found.select_related("site", "recorded_by").order_by("-happened_on", "-pk")

    @staticmethod
    def total(entries) -> Decimal:
        """One query."""
        rows = entries.totals()
        return sum((-row["total"] if row["kind"] == EntryKind.MOVED_OUT else row["total"] for row in rows), Decimal(0))


ALL = list(FundSource)
FIGURES = {
    "pledged": Figure("配套承诺", [EntryKind.COMMITTED], MATCHING),
    "arrived": Figure("配套到位", [EntryKind.ARRIVED], MATCHING),
    "issued": Figure("上级下达", [EntryKind.ISSUED, *MOVES], OF_PROGRAMME),
    "issued_arrived": Figure("上级资金到位", [EntryKind.ARRIVED], OF_PROGRAMME),
    "posted": Figure("台账下达", [EntryKind.ISSUED], ALL),
    "moved": Figure("调剂", MOVES, ALL),
    "disbursed": Figure("拨付", [EntryKind.DISBURSED], ALL),
    "all_arrived": Figure("到位", [EntryKind.ARRIVED], ALL),
    "spent": Figure("支出", [EntryKind.SPENT], ALL),
    "refunded": Figure("退回", [EntryKind.REFUNDED], ALL),
}
