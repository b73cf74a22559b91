"""What the entries of a site and source add up to, and the rules that no posting may break. Decimal yuan."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from funding.amounts import yuan
from funding.states import EntryKind, FundSource, MatchingSource

NOTHING = Decimal(0)


@dataclass
class Account:
    """One source of one site."""

    source: FundSource
    committed: Decimal = NOTHING
    issued: Decimal = NOTHING
    moved_in: Decimal = NOTHING
    moved_out: Decimal = NOTHING
    disbursed: Decimal = NOTHING
    arrived: Decimal = NOTHING
    spent: Decimal = NOTHING
    refunded: Decimal = NOTHING
    committed_in_kind: Decimal = NOTHING
    arrived_in_kind: Decimal = NOTHING

    def add(self, kind: EntryKind, amount: Decimal, *, is_in_kind: bool = False) -> None:
        name = f"{kind}_in_kind" if is_in_kind else str(kind)
        setattr(self, name, getattr(self, name) + amount)

    @property
    def due(self) -> Decimal:
        """应到位: money of the programme as issued; matching money as promised or issued, whichever is more; and what
        was moved here or away."""
        is_matching = self.source in MatchingSource.values
        return (max(self.committed, self.issued) if is_matching else self.issued) + self.moved_in - self.moved_out

    @property
    def balance(self) -> Decimal:
        """结余 on the account."""
        return self.arrived - self.spent - self.refunded

    @property
    def movable(self) -> Decimal:
        """可调出: what was issued or promised and has been neither sent nor received yet."""
        return max(self.due - max(self.disbursed, self.arrived), NOTHING)

    def breaches(self) -> Iterator[str]:
        """A sentence for each rule that does not hold."""
        name = self.source.label
        if self.due < 0:
            yield f"{name}资金调出 {yuan(self.moved_out)} 元，多于可以调出的 {yuan(self.due + self.moved_out)} 元"
        for word, amount in [("拨付", self.disbursed), ("到位", self.arrived)]:
            if amount > max(self.due, NOTHING):
                yield f"{name}资金累计{word} {yuan(amount)} 元，多于{self._due_word} {yuan(self.due)} 元"
        if self.balance < 0:
            yield (
                f"{name}资金累计支出和退回 {yuan(self.spent + self.refunded)} 元，多于到位的 {yuan(self.arrived)} 元"
            )
        if min(vars(self)[str(kind)] for kind in EntryKind) < 0:
            yield f"{name}资金有负数"

    @property
    def _due_word(self) -> str:
        return "承诺或下达的" if self.source in MatchingSource.values else "下达的"


def accounts(entries) -> dict[tuple[int, FundSource], Account]:
    """By site and source; `entries` is a queryset of ledger entries. One query."""
    found: dict[tuple[int, FundSource], Account] = {}
    sources, kinds = ({member.value: member for member in members} for members in (FundSource, EntryKind))
    totals = entries.totals("site_id", "source")
    for site, name, kind, is_in_kind, total in totals.values_list("site_id", "source", "kind", "is_in_kind", "total"):
        source = sources[name]
        account = found.get((site, source))
        if account is None:
            account = found[site, source] = Account(source)
        account.add(kinds[kind], total, is_in_kind=is_in_kind)
    return found


class Tally:
    """Postings added one after the other to what there is. `broken` are those at which an account went beyond its
    rules and stayed there, with the sentence on where it ended: what comes later may put right what came before."""

    def __init__(self, entries):
        self.accounts = accounts(entries)
        self._first: dict[tuple[int, FundSource], int] = {}

    def add(self, place: int, posting) -> None:
        key = posting.site.pk, FundSource(posting.source)
        account = self.accounts.setdefault(key, Account(key[1]))
        account.add(EntryKind(posting.kind), posting.amount, is_in_kind=posting.is_in_kind)
        if any(account.breaches()):
            self._first.setdefault(key, place)
        else:
            self._first.pop(key, None)

    @property
    def broken(self) -> dict[int, str]:
        """A sentence by place."""
        return {place: f"{next(self.accounts[key].breaches())}。" for key, place in self._first.items()}
