"""What the entries of a site and source add up to, and the rules that no posting may break. Decimal yuan."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from funding.amounts import yuan
from funding.states import INWARD, OUTWARD, EntryKind, FundSource, MatchingSource

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


@dataclass
class Course:
    """What came to one source of one site and what went from it, day by day. What was reversed never was: a spending that
    was taken back and entered anew counts once, on its day."""

    source: FundSource
    came: dict[date, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    went: dict[date, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, kind: EntryKind, amount: Decimal, day: date) -> None:
        if kind in INWARD:
            self.came[day] += amount
        elif kind in OUTWARD:
            self.went[day] += amount

    def breaches(self) -> Iterator[str]:
        """The first day on which more had gone than had come, if it was made up for later: `Account` tells the rest."""
        came = went = NOTHING
        found = None
        for day in sorted(self.came.keys() | self.went.keys()):
            came, went = came + self.came.get(day, NOTHING), went + self.went.get(day, NOTHING)
            if went > came and found is None:
                found = day, went, came
        if found and went <= came:
            day, spent, arrived = found
            yield (
                f"{self.source.label}资金到{day:%Y年}{day.month}月{day.day}日累计支出和退回 {yuan(spent)} 元，"
                f"多于到那天为止到位的 {yuan(arrived)} 元；先垫付的，按从本资金付出的日期登记"
            )


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


def courses(entries) -> dict[tuple[int, FundSource], Course]:
    """By site and source, cash only. One query."""
    found: dict[tuple[int, FundSource], Course] = {}
    moved = entries.standing().filter(is_in_kind=False, kind__in=[*INWARD, *OUTWARD]).order_by()
    sums = moved.values_list("site_id", "source", "kind", "happened_on").annotate(total=Sum("amount"))
    for site, name, kind, day, total in sums:
        key = site, FundSource(name)
        found.setdefault(key, Course(key[1])).add(kind, total, day)
    return found


def broken_rules(entries) -> Iterator[tuple[int, str]]:
    """Site and sentence of every rule that does not hold. Two queries."""
    for found in [accounts(entries), courses(entries)]:
        for (site, _), account in found.items():
            yield from ((site, words) for words in account.breaches())


class Tally:
    """Postings added one after the other to what there is. `broken` are those at which an account went beyond its
    rules and stayed there, with the sentence on where it ended: what comes later may put right what came before."""

    def __init__(self, entries):
        self.accounts, self.courses = accounts(entries), courses(entries)
        self._first: dict[tuple[int, FundSource], int] = {}

    def add(self, place: int, posting) -> None:
        key, kind = (posting.site.pk, FundSource(posting.source)), EntryKind(posting.kind)
        account = self.accounts.setdefault(key, Account(key[1]))
        account.add(kind, posting.amount, is_in_kind=posting.is_in_kind)
        if not posting.is_in_kind:
            self.courses.setdefault(key, Course(key[1])).add(kind, posting.amount, posting.happened_on)
        if any(self._breaches(key)):
            self._first.setdefault(key, place)
        else:
            self._first.pop(key, None)

    def _breaches(self, key) -> Iterator[str]:
        yield from self.accounts[key].breaches()
        if key in self.courses:
            yield from self.courses[key].breaches()

    @property
    def broken(self) -> dict[int, str]:
        """A sentence by place."""
        return {place: f"{next(self._breaches(key))}。" for key, place in self._first.items()}
