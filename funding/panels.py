"""Money on the pages of a site, a county and a programme: commitments against floor and aim, and what was allocated."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import QuerySet, Sum

from funding.amounts import yuan
from funding.models import AllocationLine, AllocationTable, MatchingCommitment
from funding.rules import can_view_tables
from projects.models import Programme, ProjectSite
from projects.panels import Panel, register


@dataclass
class MoneyRow:
    """One site or several: yuan promised, and what of it counts against floor and aim of each."""

    label: str
    address: str = ""
    sites: int = 0
    floor: Decimal = Decimal(0)
    aim: Decimal = Decimal(0)
    promised: Decimal = Decimal(0)
    gap: Decimal = Decimal(0)
    below_floor: int = 0
    allocated: Decimal = Decimal(0)

    def add(self, other: "MoneyRow") -> None:
        for name in ["sites", "floor", "aim", "promised", "gap", "below_floor", "allocated"]:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def texts(self) -> dict[str, str]:
        return {name: yuan(getattr(self, name)) for name in ["floor", "aim", "promised", "gap", "allocated"]}

    def _share(self, amount: Decimal) -> int:
        """Of a bar of 100 that is as long as the largest of aim and promise."""
        longest = max(self.aim, self.promised)
        return round(100 * amount / longest) if longest else 0

    @property
    def bar(self) -> dict[str, int]:
        return {name: self._share(getattr(self, name)) for name in ["promised", "floor", "aim"]}

    @property
    def percent(self) -> int | None:
        """承诺 ÷ 1:1, in percent, rounded down: 100 is reached, not nearly reached."""
        return int(100 * self.promised / self.aim) if self.aim else None


@dataclass
class Money:
    rows: list[MoneyRow]
    by: str
    ratio: str
    table: AllocationTable | None
    total: MoneyRow = field(default_factory=lambda: MoneyRow("合计"))

    def __post_init__(self):
        for row in self.rows:
            self.total.add(row)


def read_money(programme: Programme, sites: QuerySet, user, by: str) -> dict | None:
    """Four queries."""
    if not can_view_tables(user):
        return None
    table = AllocationTable.objects.visible_to(user).issued().filter(programme=programme).order_by("-number").first()
    rows = list(_rows(programme, sites, user, table))
    ratio = f"1:{programme.matching_ratio.normalize():f}"
    return {"money": Money(_by_county(rows) if by == "county" else [row for _, row in rows], by, ratio, table)}


def _rows(programme: Programme, sites: QuerySet, user, table) -> Iterable[tuple[str, MoneyRow]]:
    """(county, row) of each approved site."""
    sites = sites.approved().filter(programme=programme)
    here = sites.order_by().values("pk")
    pledges = MatchingCommitment.objects.filter(site__in=here).order_by().values("site").annotate(sum=Sum("amount"))
    promised = {row["site"]: row["sum"] for row in pledges}
    lines = AllocationLine.objects.visible_to(user).filter(table=table, site__in=here) if table else []
    allocated = {line.site_id: line.total for line in lines}
    for site in sites.by_county():
        yield site.county_name, _row(programme, site, promised.get(site.pk, Decimal(0)), allocated)


def _row(programme: Programme, site: ProjectSite, promised: Decimal, allocated: dict[int, Decimal]) -> MoneyRow:
    aim = site.province_amount * programme.matching_ratio
    return MoneyRow(
        site.name,
        site.get_absolute_url(),
        sites=1,
        floor=programme.matching_floor,
        aim=aim,
        promised=promised,
        gap=max(aim - promised, Decimal(0)),
        below_floor=promised < programme.matching_floor,
        allocated=allocated.get(site.pk, Decimal(0)),
    )


def _by_county(rows: Iterable[tuple[str, MoneyRow]]) -> list[MoneyRow]:
    found: dict[str, MoneyRow] = {}
    for county, row in rows:
        found.setdefault(county, MoneyRow(county or "市本级")).add(row)
    return list(found.values())


register(Panel("money", "资金", "funding/_money_panel.html", read_money))
