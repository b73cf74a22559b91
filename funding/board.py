"""配套资金到位情况: what was promised and what is there, site by site and county by county, as known at a moment.

A pledge is never counted as money: floor (S0: 配套最低 1 万元) and aim (1:1) are tested on both, side by side. Decimal yuan.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from funding.amounts import MatchingRule
from funding.models import LedgerEntry
from funding.states import EntryKind, FundSource, MatchingSource
from projects.models import Programme, ProjectSite
from projects.states import Mark

NOTHING = Decimal(0)
MATCHING = [FundSource(source) for source in MatchingSource.values]
OF_PROGRAMME = [source for source in FundSource if source not in MATCHING]


@dataclass
class Money:
    """Sums of entries by kind and source, of one site or of many. What is in kind stands apart from what is cash."""

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

    @property
    def issued(self) -> Decimal:
        """上级下达, with what was moved here or away."""
        moved = self.of(EntryKind.MOVED_IN, OF_PROGRAMME) - self.of(EntryKind.MOVED_OUT, OF_PROGRAMME)
        return self.of(EntryKind.ISSUED, OF_PROGRAMME) + moved

    @property
    def issued_arrived(self) -> Decimal:
        return self.of(EntryKind.ARRIVED, OF_PROGRAMME)

    @property
    def pledged(self) -> Decimal:
        """配套承诺"""
        return self.of(EntryKind.COMMITTED, MATCHING)

    @property
    def arrived(self) -> Decimal:
        """配套到位"""
        return self.of(EntryKind.ARRIVED, MATCHING)

    @property
    def all_arrived(self) -> Decimal:
        return self.of(EntryKind.ARRIVED)

    @property
    def spent(self) -> Decimal:
        return self.of(EntryKind.SPENT)

    @property
    def balance(self) -> Decimal:
        """结余＝到位－支出－退回"""
        return self.all_arrived - self.spent - self.of(EntryKind.REFUNDED)

    @property
    def arrival_rate(self) -> Decimal | None:
        """到位率＝配套到位÷配套承诺; None without a promise."""
        return share(self.arrived, self.pledged)

    @property
    def ratio(self) -> Decimal | None:
        """配套比例＝配套到位÷上级下达"""
        return share(self.arrived, self.issued)

    @property
    def issued_rate(self) -> Decimal | None:
        """专项到位率＝专项到位÷下达"""
        return share(self.issued_arrived, self.issued)

    @property
    def spending_rate(self) -> Decimal | None:
        """支付进度＝支出÷到位总额"""
        return share(self.spent, self.all_arrived)


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    return part / whole if whole else None


@dataclass(frozen=True)
class Span:
    """How much of the programme's time had passed by the end of `today`."""

    first: date
    last: date
    today: date

    @classmethod
    def of(cls, programme: Programme, today: date) -> "Span":
        return cls(programme.first_month, programme.last_month + relativedelta(day=31), today)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def passed(self) -> int:
        return min(self.days, max(0, (self.today - self.first).days + 1))

    @property
    def share(self) -> Decimal:
        return Decimal(self.passed) / self.days


class Bar:
    """应配套 / 已到位 / 缺口 as a bar: the aim is its full width."""

    @property
    def pledged_width(self) -> int:
        return self._width(self.money.pledged)

    @property
    def arrived_width(self) -> int:
        return self._width(self.money.arrived)

    def _width(self, amount: Decimal) -> int:
        """Percent, at most 100."""
        return int(min(Decimal(1), amount / self.aim) * 100) if self.aim else 0


@dataclass
class Standing(Bar):
    """One site against the rule of its programme."""

    site: ProjectSite
    money: Money
    rule: MatchingRule
    span: Span

    @property
    def label(self) -> str:
        return self.site.name

    @property
    def aim(self) -> Decimal:
        """What 1:1 asks for: the programme's money of the site times the programme's ratio."""
        return self.site.province_amount * self.rule.target

    @property
    def is_promised_below_floor(self) -> bool:
        return self.money.pledged < self.rule.floor

    @property
    def is_promised_below_aim(self) -> bool:
        return self.money.pledged < self.aim

    @property
    def is_below_floor(self) -> bool:
        """By what has arrived."""
        return self.money.arrived < self.rule.floor

    @property
    def is_below_aim(self) -> bool:
        return self.money.arrived < self.aim

    @property
    def gap_to_floor(self) -> Decimal:
        return max(NOTHING, self.rule.floor - self.money.arrived)

    @property
    def gap_to_aim(self) -> Decimal:
        return max(NOTHING, self.aim - self.money.arrived)

    @property
    def projected(self) -> Decimal | None:
        """What will have arrived on the last day if money keeps coming as it came until now, to the yuan, and never more
        than is promised or there; None before the first day."""
        if not self.span.passed:
            return None
        at_this_pace = (self.money.arrived / self.span.share).quantize(Decimal(1), ROUND_DOWN)
        return min(at_this_pace, max(self.money.pledged, self.money.arrived))

    @property
    def will_miss_floor(self) -> bool:
        return self.projected is not None and self.projected < self.rule.floor

    @property
    def will_miss_aim(self) -> bool:
        return self.projected is not None and self.projected < self.aim

    @property
    def is_spending_late(self) -> bool:
        """Spent less of what was issued and promised than the calendar has passed."""
        wanted = (self.money.issued + self.money.pledged) * self.span.share
        return self.money.spent < wanted

    @property
    def gap(self) -> Decimal:
        """缺口 to the aim."""
        return self.gap_to_aim

    @property
    def remark(self) -> str:
        """备注, the gravest first."""
        if not self.rule.is_asked:
            return "" if self.has_all else "专项资金未全部到位"
        if self.is_below_floor:
            return "到位未达最低配套"
        return "到位未达目标比例" if self.is_below_aim else ""

    @property
    def has_all(self) -> bool:
        """All that was issued is there."""
        return self.money.issued_arrived >= self.money.issued

    @property
    def mark(self) -> Mark:
        if not self.rule.is_asked:
            return Mark("全部到位", "ok") if self.has_all else Mark("未全部到位", "warn")
        if self.is_below_floor:
            return Mark("未达最低配套", "bad")
        return Mark("未达目标", "warn") if self.is_below_aim else Mark("达到目标", "ok")


@dataclass
class Group(Bar):
    """The sites of a county together."""

    label: str
    standings: list[Standing]

    def __post_init__(self) -> None:
        self.money = Money()
        for standing in self.standings:
            self.money += standing.money

    def count(self, question: str) -> int:
        """How many sites answer yes."""
        return sum(getattr(standing, question) for standing in self.standings)

    @property
    def sites(self) -> int:
        return len(self.standings)

    @property
    def aim(self) -> Decimal:
        return sum((standing.aim for standing in self.standings), NOTHING)

    @property
    def gap(self) -> Decimal:
        """What the sites that are behind lack; what others have beyond their aim fills no gap."""
        return sum((standing.gap for standing in self.standings), NOTHING)

    @property
    def mark(self) -> Mark:
        if not self.standings[0].rule.is_asked:
            short = self.sites - self.count("has_all")
            return Mark(f"{short} 个未全部到位", "warn") if short else Mark("全部到位", "ok")
        if self.below_floor:
            return Mark(f"{self.below_floor} 个未达最低配套", "bad")
        return Mark(f"{self.below_aim} 个未达目标", "warn") if self.below_aim else Mark("全部达到目标", "ok")

    @property
    def below_floor(self) -> int:
        return self.count("is_below_floor")

    @property
    def below_aim(self) -> int:
        return self.count("is_below_aim")

    @property
    def will_miss_floor(self) -> int:
        return self.count("will_miss_floor")


@dataclass
class FundBoard:
    programme: Programme
    moment: datetime
    groups: list[Group]

    @property
    def total(self) -> Group:
        return Group("合计", [standing for group in self.groups for standing in group.standings])

    @property
    def span(self) -> Span:
        return Span.of(self.programme, timezone.localdate(self.moment))

    @property
    def has_matching(self) -> bool:
        """Whether there is anything to say of matching money: it is asked for, or there is some all the same."""
        money = self.total.money
        return self.programme.asks_matching or bool(money.pledged or money.arrived)

    @property
    def name(self) -> str:
        """What page and paper are called."""
        return "配套资金到位情况" if self.has_matching else "资金到位情况"


def fund_board(programme: Programme, sites, moment: datetime) -> FundBoard:
    """`sites` are a queryset of the programme's sites. Two queries, however many there are."""
    day = timezone.localdate(moment)
    rule, span = MatchingRule.of(programme), Span.of(programme, day)
    money = money_of(sites, moment)
    counties: dict[str, list[Standing]] = {}
    for site in sites.by_county():
        standing = Standing(site, money.get(site.pk) or Money(), rule, span)
        counties.setdefault(site.county_name, []).append(standing)
    return FundBoard(programme, moment, [Group(label, standings) for label, standings in counties.items()])


def money_of(sites, moment: datetime) -> dict[int, Money]:
    """By site: what was entered by the moment and had happened by its day. One query."""
    entries = LedgerEntry.objects.known_at(moment).filter(
        site__in=sites.order_by().values("pk"), happened_on__lte=timezone.localdate(moment)
    )
    found: dict[int, Money] = defaultdict(Money)
    for row in entries.totals("site_id", "source"):
        kind, money = EntryKind(row["kind"]), found[row["site_id"]]
        if row["is_in_kind"]:
            money.in_kind[kind] += row["total"]
        else:
            money.cash[kind, FundSource(row["source"])] += row["total"]
    return found
