"""What lights can look at in money that moves: does it arrive, is it spent, as the programme's time passes? Registered by
funding/apps.py. A pledge is never counted as money."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal

from django.urls import reverse
from django.utils import timezone

from funding import rules
from funding.amounts import yuan
from funding.board import Span
from funding.models import LedgerEntry
from funding.states import EntryKind, MatchingSource
from projects.lights.grading import Link, Reading
from projects.lights.registry import Signal, register
from projects.lights.scope import Scope
from projects.models import ProjectSite

HUNDRED = Decimal(100)
DUE = {EntryKind.COMMITTED: 1, EntryKind.ISSUED: 1, EntryKind.MOVED_IN: 1, EntryKind.MOVED_OUT: -1}
Entries = list[tuple[datetime, EntryKind, Decimal]]  # when it was entered, what it is, yuan; reversals are negative


@dataclass(frozen=True)
class Pace(Reading):
    """How many percent of what is due the site lags behind the calendar. `done` has the days on which money was entered
    and what had come to pass by the end of each, in order; `due` is what is issued and promised by now."""

    site: ProjectSite
    word: str
    due: Decimal
    span: Span
    done: list[tuple[date, Decimal]] = field(hash=False)

    @property
    def site_id(self) -> int:
        return self.site.pk

    @property
    def key(self) -> str:
        return f"pace {self.word}"

    @property
    def now_done(self) -> Decimal:
        return self.done[-1][1] if self.done else Decimal(0)

    @property
    def value(self) -> int:
        return max(0, int(self._lag(self.now_done, self.span.passed)))

    def _lag(self, done: Decimal, days: int) -> Decimal:
        return HUNDRED * days / self.span.days - HUNDRED * done / self.due

    @property
    def words(self) -> str:
        percent = int(HUNDRED * self.now_done / self.due)
        return (
            f"已{self.word} {yuan(self.now_done)} 元，是下达和承诺的 {percent}%，序时 {int(HUNDRED * self.span.share)}%"
        )

    def since(self, threshold: int) -> date:
        """Between two entries the lag grows day by day: the first day of the last time that it came to the threshold."""
        since = None
        steps = [(self.span.first, Decimal(0)), *((day, done) for day, done in self.done if day > self.span.first)]
        before = [done for day, done in self.done if day <= self.span.first]
        steps[0] = self.span.first, before[-1] if before else Decimal(0)
        ends = [*(day - timedelta(days=1) for day, _ in steps[1:]), self.span.today]
        for (start, done), end in zip(steps, ends, strict=True):
            crossed = max(start, self._day_of(done, threshold))
            if crossed > end:
                since = None
            elif since is None or crossed > start:
                since = crossed
        return since or self.span.today

    def _day_of(self, done: Decimal, threshold: int) -> date:
        """The first day on which this much is too little."""
        days = (threshold + HUNDRED * done / self.due) * self.span.days / HUNDRED
        return self.span.first + timedelta(days=int(days.to_integral_value(ROUND_CEILING)) - 1)

    def clears(self, threshold: int) -> str:
        """Today, the least in full yuan."""
        enough = self.due * (HUNDRED * self.span.share - threshold) / HUNDRED
        more = (enough - self.now_done).to_integral_value(ROUND_DOWN) + 1
        return f"再{self.word} {yuan(more)} 元以上并登记后解除。"

    def link(self, user) -> Link | None:
        if not rules.can_view_tables(user):
            return None
        return Link("看账簿", reverse("funding:site_book", args=[self.site.pk]))


def read_arrival(scope: Scope) -> Iterator[Pace]:
    return _read(scope, "到位", EntryKind.ARRIVED)


def read_spending(scope: Scope) -> Iterator[Pace]:
    return _read(scope, "支出", EntryKind.SPENT)


def _read(scope: Scope, word: str, kind: EntryKind) -> Iterator[Pace]:
    by_site, span = _entries(scope), Span.of(scope.programme, scope.today)
    for site in scope.listed:
        known = [entry for entry in by_site.get(site.pk, []) if entry[0] <= scope.moment]
        due = sum((DUE[of] * amount for _, of, amount in known if of in DUE), Decimal(0))
        if due > 0:
            reading = Pace(site, word, due, span, _steps(known, kind))
            if reading.value:
                yield reading


def _steps(entries: Entries, kind: EntryKind) -> list[tuple[date, Decimal]]:
    found: dict[date, Decimal] = {}
    done = Decimal(0)
    for moment, of, amount in entries:
        if of == kind:
            done += amount
            found[timezone.localdate(moment)] = done
    return list(found.items())


def _entries(scope: Scope) -> dict[int, Entries]:
    """By site the cash entries in the order in which they were made; one query for both signals and all moments."""
    facts = scope.facts
    if "money" not in facts.memo:
        kinds = [*DUE, EntryKind.ARRIVED, EntryKind.SPENT]
        entries = LedgerEntry.objects.known_at(facts.until).filter(facts.here(), is_in_kind=False, kind__in=kinds)
        # A table issues matching money as it was promised: it is due once.
        entries = entries.exclude(kind=EntryKind.ISSUED, source__in=MatchingSource.values)
        found: dict[int, Entries] = {}
        rows = entries.order_by("recorded_at", "pk").values_list(
            "site_id", "recorded_at", "kind", "amount", "reverses_id"
        )
        for site, moment, kind, amount, reverses in rows:
            found.setdefault(site, []).append((moment, EntryKind(kind), -amount if reverses else amount))
        facts.memo["money"] = found
    return facts.memo["money"]


register(
    Signal(
        key="arrival_pace",
        label="资金到位落后序时",
        unit="%",
        read=read_arrival,
        usual=(25, 50),
        hint="已到位占下达和承诺的比例，比批次已经过去的时间少百分之几；实物折价不算",
    ),
    Signal(
        key="spending_pace",
        label="资金支出落后序时",
        unit="%",
        read=read_spending,
        usual=(40, None),
        hint="已支出占下达和承诺的比例，比批次已经过去的时间少百分之几",
    ),
)
