"""配套资金到位情况: what was promised and what is there, site by site and county by county, as known at a moment.

A pledge is never counted as money: floor (S0: 配套最低 1 万元) and aim (1:1) are tested on both, side by side. Decimal yuan.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from functools import cached_property

from django.utils import timezone

from funding.amounts import MatchingRule
from funding.money import NOTHING, Money, money_of
from projects.models import Programme, ProjectSite
from projects.states import Mark


@dataclass(frozen=True)
class Span:
    """How much of the programme's time, from its first month to acceptance, had passed by the end of `today`."""

    first: date
    last: date
    today: date

    @classmethod
    def of(cls, programme: Programme, today: date) -> "Span":
        return cls(programme.first_month, programme.acceptance_day, today)

    @cached_property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @cached_property
    def passed(self) -> int:
        return min(self.days, max(0, (self.today - self.first).days + 1))

    @cached_property
    def share(self) -> Decimal:
        return Decimal(self.passed) / self.days


class Compared:
    """What came since the moment that the board is compared with; `before` is None where it is compared with none."""

    before: Money | None

    def change(self, name: str) -> Decimal:
        return getattr(self.money, name) - getattr(self.before, name) if self.before is not None else NOTHING


class Bar(Compared):
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
    before: Money | None = None

    @property
    def label(self) -> str:
        return self.site.name

    @cached_property
    def aim(self) -> Decimal:
        """What 1:1 asks for: the programme's money of the site times the programme's ratio."""
        return self.site.province_amount * self.rule.target

    @property
    def is_promised_below_floor(self) -> bool:
        return self.money.pledged < self.rule.floor

    @property
    def is_promised_below_aim(self) -> bool:
        return self.money.pledged < self.aim

    @cached_property
    def is_below_floor(self) -> bool:
        """By what has arrived."""
        return self.money.arrived < self.rule.floor

    @cached_property
    def is_below_aim(self) -> bool:
        return self.money.arrived < self.aim

    @property
    def gap_to_floor(self) -> Decimal:
        return max(NOTHING, self.rule.floor - self.money.arrived)

    @cached_property
    def gap_to_aim(self) -> Decimal:
        return max(NOTHING, self.aim - self.money.arrived)

    @cached_property
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
        """支付进度 behind the calendar; where nothing has arrived there is nothing to spend."""
        return self.money.spent < self.money.all_arrived * self.span.share

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
        """By what has arrived."""
        if not self.rule.is_asked:
            return Mark("全部到位", "ok") if self.has_all else Mark("未全部到位", "warn")
        return _mark(self.is_below_floor, self.is_below_aim)

    @property
    def promised_mark(self) -> Mark:
        return _mark(self.is_promised_below_floor, self.is_promised_below_aim)

    @property
    def late_mark(self) -> Mark | None:
        return Mark("慢于时间", "warn") if self.is_spending_late else None


def _mark(is_below_floor: bool, is_below_aim: bool) -> Mark:
    if is_below_floor:
        return Mark("未达最低数", "bad")
    return Mark("未达目标", "warn") if is_below_aim else Mark("达到目标", "ok")


@dataclass
class Group(Bar):
    """The sites of a county together."""

    label: str
    standings: list[Standing]

    def __post_init__(self) -> None:
        self.money = _together(standing.money for standing in self.standings)
        compared = [standing.before for standing in self.standings if standing.before is not None]
        self.before = _together(compared) if compared else None

    def count(self, question: str) -> int:
        """How many sites answer yes."""
        return sum(getattr(standing, question) for standing in self.standings)

    @property
    def sites(self) -> int:
        return len(self.standings)

    @cached_property
    def aim(self) -> Decimal:
        return sum((standing.aim for standing in self.standings), NOTHING)

    @cached_property
    def gap(self) -> Decimal:
        """What the sites that are behind lack; what others have beyond their aim fills no gap."""
        return sum((standing.gap for standing in self.standings), NOTHING)

    @property
    def projected(self) -> Decimal | None:
        """What will have arrived at all sites together; None before the first day."""
        found = [standing.projected for standing in self.standings]
        return None if None in found else sum(found, NOTHING)

    @property
    def mark(self) -> Mark:
        if not any(standing.rule.is_asked for standing in self.standings):
            short = self.sites - self.count("has_all")
            return Mark(f"{short} 个未全部到位", "warn") if short else Mark("全部到位", "ok")
        return self._mark(self.below_floor, self.below_aim)

    @property
    def promised_mark(self) -> Mark:
        return self._mark(self.promised_below_floor, self.count("is_promised_below_aim"))

    @staticmethod
    def _mark(below_floor: int, below_aim: int) -> Mark:
        if below_floor:
            return Mark(f"{below_floor} 个未达最低数", "bad")
        return Mark(f"{below_aim} 个未达目标", "warn") if below_aim else Mark("全部达到目标", "ok")

    @cached_property
    def below_floor(self) -> int:
        return self.count("is_below_floor")

    @cached_property
    def below_aim(self) -> int:
        return self.count("is_below_aim")

    @cached_property
    def will_miss_floor(self) -> int:
        return self.count("will_miss_floor")

    @cached_property
    def promised_below_floor(self) -> int:
        return self.count("is_promised_below_floor")

    @cached_property
    def late(self) -> int:
        """How many sites spend more slowly than time passes."""
        return self.count("is_spending_late")

    @property
    def late_mark(self) -> Mark | None:
        return Mark(f"{self.late} 个慢于时间", "warn") if self.late else None


def _together(parts: Iterable[Money]) -> Money:
    money = Money()
    for part in parts:
        money += part
    return money


@dataclass
class FundBoard:
    programme: Programme
    moment: datetime
    groups: list[Group]

    @cached_property
    def total(self) -> Group:
        return Group("合计", [standing for group in self.groups for standing in group.standings])

    @property
    def aim_words(self) -> str:
        """ "1:1"."""
        return f"1:{self.programme.matching_ratio.normalize():f}"

    @property
    def span(self) -> Span:
        return Span.of(self.programme, timezone.localdate(self.moment))

    def where(self, question: str) -> "FundBoard":
        """Only the sites that answer yes."""
        kept = [
            Group(group.label, [standing for standing in group.standings if getattr(standing, question)])
            for group in self.groups
        ]
        return FundBoard(self.programme, self.moment, [group for group in kept if group.standings])

    @property
    def has_matching(self) -> bool:
        """Whether there is anything to say of matching money: it is asked for, or there is some all the same."""
        money = self.total.money
        return self.programme.asks_matching or bool(money.pledged or money.arrived)

    @property
    def name(self) -> str:
        """What page and paper are called."""
        return "配套资金到位情况" if self.has_matching else "资金到位情况"


def fund_board(programme: Programme, sites, moment: datetime, before: datetime | None = None) -> FundBoard:
    """`sites` are a queryset of the programme's sites. Two queries, however many there are; three when compared with an
    earlier moment."""
    day = timezone.localdate(moment)
    rule, span = MatchingRule.of(programme), Span.of(programme, day)
    money, earlier = money_of(sites, moment), money_of(sites, before) if before else None
    counties: dict[str, list[Standing]] = {}
    for site in sites.by_county():
        then = None if earlier is None else earlier.get(site.pk) or Money()
        standing = Standing(site, money.get(site.pk) or Money(), rule, span, then)
        counties.setdefault(site.county_name, []).append(standing)
    return FundBoard(programme, moment, [Group(label, standings) for label, standings in counties.items()])
