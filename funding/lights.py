"""What lights can look at in the money: commitments against the floor and the aim. Registered by funding/apps.py."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal

from django.urls import reverse
from django.utils import timezone

from funding.amounts import yuan
from funding.pledges import pledge_entries
from funding.rules import can_manage_commitments
from projects.lights.grading import Link, Reading
from projects.lights.registry import Signal, register
from projects.lights.scope import Scope
from projects.models import Programme, ProjectSite


@dataclass(frozen=True)
class Shortfall(Reading):
    """What the commitments of a site lack to `wanted` yuan, in percent of it, rounded up."""

    site: ProjectSite
    wanted: Decimal
    aim: str
    history: list[tuple[datetime, Decimal]]  # from the approval on, what was promised from when

    @property
    def site_id(self) -> int:
        return self.site.pk

    @property
    def promised(self) -> Decimal:
        return self.history[-1][1]

    @property
    def value(self) -> int:
        return self._lacks(self.promised)

    def _lacks(self, promised: Decimal) -> int:
        if promised >= self.wanted:
            return 0
        return int((100 * (self.wanted - promised) / self.wanted).to_integral_value(ROUND_CEILING))

    @property
    def key(self) -> str:
        """Below the floor it is below the aim, too; one of them is enough."""
        return "commitments"

    @property
    def words(self) -> str:
        gap = self.wanted - self.promised
        return f"承诺配套 {yuan(self.promised)} 元，{self.aim} {yuan(self.wanted)} 元，还差 {yuan(gap)} 元"

    def since(self, threshold: int) -> date:
        """Since the last time that it was less short."""
        since = self.history[0][0]
        for (_, before), (made_at, after) in zip(self.history, self.history[1:], strict=False):
            if self._lacks(before) < threshold <= self._lacks(after):
                since = made_at
        return timezone.localdate(since)

    def clears(self, threshold: int) -> str:
        """The least that has to be promised, in full yuan."""
        least = self.wanted * (100 - threshold + 1) / 100
        more = (least - self.promised).to_integral_value(ROUND_CEILING)
        return f"再落实承诺 {yuan(max(more, Decimal(1)))} 元以上并登记后解除。"

    def link(self, user) -> Link | None:
        programme = self.site.programme
        if not can_manage_commitments(user, programme):
            return None
        return Link("登记配套承诺", reverse("admin:funding_commitment_edit", args=[programme.pk]))


def read_floor(scope: Scope) -> Iterator[Shortfall]:
    """S0: 配套最低 1 万元."""
    return _read(scope, "下限", lambda site: scope.programme.matching_floor)


def read_ratio(scope: Scope) -> Iterator[Shortfall]:
    """S0: 配套争取 1:1."""
    ratio = scope.programme.matching_ratio
    return _read(scope, f"按 1:{ratio.normalize():f} 应", lambda site: site.province_amount * ratio)


def _read(scope: Scope, aim: str, wanted) -> Iterator[Shortfall]:
    by_site = _steps(scope)
    for site in scope.listed:
        least = wanted(site)
        steps = [step for step in by_site.get(site.pk, []) if step[0] <= scope.moment]
        if least > (steps[-1][1] if steps else 0):
            yield Shortfall(site, least, aim, _since_approval(site, steps))


def _steps(scope: Scope) -> dict[int, list[tuple[datetime, Decimal]]]:
    """By site what its sources together had promised from when; one query for both signals and all moments."""
    facts = scope.facts
    if "commitments" not in facts.memo:
        entries = pledge_entries().known_at(facts.until).filter(facts.here()).order_by("recorded_at", "pk")
        found: dict[int, list[tuple[datetime, Decimal]]] = {}
        for site, amount, reverses, moment in entries.values_list("site_id", "amount", "reverses_id", "recorded_at"):
            steps = found.setdefault(site, [])
            promised = steps[-1][1] if steps else Decimal(0)
            steps.append((moment, promised - amount if reverses else promised + amount))
        facts.memo["commitments"] = found
    return facts.memo["commitments"]


def _since_approval(site: ProjectSite, steps: list[tuple[datetime, Decimal]]) -> list[tuple[datetime, Decimal]]:
    """Of entries at the same moment the last counts; what was promised before the approval stands at its moment."""
    before = [promised for made_at, promised in steps if made_at <= site.approved_at]
    later = {made_at: promised for made_at, promised in steps if made_at > site.approved_at}
    return [(site.approved_at, before[-1] if before else Decimal(0)), *later.items()]


def asks_matching(programme: Programme) -> bool:
    return programme.asks_matching


register(
    Signal(
        key="commitment_floor",
        label="承诺低于配套下限",
        unit="%",
        read=read_floor,
        is_for=asks_matching,
        usual=(None, 1),
        hint="各来源承诺合计比批次的配套下限少百分之几；1 即只要低于下限",
    ),
    Signal(
        key="commitment_ratio",
        label="承诺未达配套比例",
        unit="%",
        read=read_ratio,
        is_for=asks_matching,
        usual=(30, None),
        hint="各来源承诺合计比专项资金乘配套比例目标少百分之几",
    ),
)
