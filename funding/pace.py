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
Step = tuple[date, Decimal, Decimal]  # a day on which money was entered; what was done by its end, and of how much


@dataclass(frozen=True)
class Pace(Reading):
    """How many percent of `of` (下达和承诺, or 到位) the site lags behind the calendar. `steps` stand in their order, from
    how it was before the first entry to how it is now."""

    site: ProjectSite
    word: str
    of: str
    span: Span
    steps: list[Step] = field(hash=False)

    @property
    def site_id(self) -> int:
        return self.site.pk

    @property
    def key(self) -> str:
        return f"pace {self.word}"

    @property
    def now(self) -> Step:
        return self.steps[-1]

    @property
    def value(self) -> int:
        return max(0, int(HUNDRED * self.span.share - _percent(self.now)))

    @property
    def words(self) -> str:
        passed = int(HUNDRED * self.span.share)
        return f"已{self.word} {yuan(self.now[1])} 元，是{self.of}的 {int(_percent(self.now))}%，序时 {passed}%"

    def since(self, threshold: int) -> date:
        """Between two entries the lag grows day by day: the first day of the last time that it came to the threshold."""
        first, since = self.span.first, None
        _, *at_first = [step for step in self.steps if step[0] <= first][-1]
        later = [step for step in self.steps if step[0] > first]
        steps = [(first, *at_first), *later]
        ends = [*(day - timedelta(days=1) for day, _, _ in later), self.span.today]
        for step, end in zip(steps, ends, strict=True):
            crossed = max(step[0], self._day_of(step, threshold))
            if crossed > end:
                since = None
            elif since is None or crossed > step[0]:
                since = crossed
        return since or self.span.today

    def _day_of(self, step: Step, threshold: int) -> date:
        """The first day on which this much is too little."""
        days = (threshold + _percent(step)) * self.span.days / HUNDRED
        return self.span.first + timedelta(days=int(days.to_integral_value(ROUND_CEILING)) - 1)

    def clears(self, threshold: int) -> str:
        """Today, the least in full yuan."""
        _, done, due = self.now
        enough = due * (HUNDRED * self.span.share - threshold) / HUNDRED
        more = (enough - done).to_integral_value(ROUND_DOWN) + 1
        return f"再{self.word} {yuan(more)} 元以上并登记后解除。"

    def link(self, user) -> Link | None:
        if not rules.can_view_tables(user):
            return None
        return Link("看账簿", reverse("funding:site_book", args=[self.site.pk]))


def _percent(step: Step) -> Decimal:
    """At most 100. Where nothing could be done, nothing is missing."""
    _, done, due = step
    return min(HUNDRED, HUNDRED * done / due) if due > 0 else HUNDRED


def read_arrival(scope: Scope) -> Iterator[Pace]:
    """Of what is issued and promised by now."""
    span = Span.of(scope.programme, scope.today)
    for site, known in _known(scope):
        due = sum((DUE[kind] * amount for _, kind, amount in known if kind in DUE), Decimal(0))
        steps = [(day, arrived, due) for day, arrived, _ in _by_day(known)]
        yield Pace(site, "到位", "下达和承诺", span, steps)


def read_spending(scope: Scope) -> Iterator[Pace]:
    """支付进度, as on the board: of what had arrived by then."""
    span = Span.of(scope.programme, scope.today)
    for site, known in _known(scope):
        steps = [(day, spent, arrived) for day, arrived, spent in _by_day(known)]
        yield Pace(site, "支出", "到位", span, steps)


def _known(scope: Scope) -> Iterator[tuple[ProjectSite, Entries]]:
    """What had been entered of each site by the moment."""
    by_site = _entries(scope)
    for site in scope.listed:
        yield site, [entry for entry in by_site.get(site.pk, []) if entry[0] <= scope.moment]


def _by_day(entries: Entries) -> list[Step]:
    """What had arrived and what was spent by the end of each day; first of all nothing."""
    arrived = spent = Decimal(0)
    found = {date.min: (arrived, spent)}
    for moment, kind, amount in entries:
        if kind == EntryKind.ARRIVED:
            arrived += amount
        elif kind == EntryKind.SPENT:
            spent += amount
        else:
            continue
        found[timezone.localdate(moment)] = arrived, spent
    return [(day, *sums) for day, sums in found.items()]


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
        hint="支付进度（支出占到位的比例）比批次已经过去的时间少百分之几；还没有到位的不算",
    ),
)
