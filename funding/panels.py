"""Money on the pages of a site, a county and a programme: what was promised against floor and aim, allocated, and there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import QuerySet
from django.urls import reverse

from fedwork import clock
from funding.amounts import yuan
from funding.models import AllocationLine, AllocationTable
from funding.money import Money as Ledger
from funding.money import money_of
from funding.rules import can_view_tables
from projects.models import Programme, ProjectSite
from projects.panels import Panel, register


@dataclass
class MoneyRow:
    """One site or several: yuan promised, and what of it counts against floor and aim of each."""

    label: str
    address: str = ""
    site: int | None = None
    sites: int = 0
    floor: Decimal = Decimal(0)
    aim: Decimal = Decimal(0)
    promised: Decimal = Decimal(0)
    gap: Decimal = Decimal(0)
    below_floor: int = 0
    allocated: Decimal = Decimal(0)
    arrived: Decimal = Decimal(0)

    def add(self, other: "MoneyRow") -> None:
        for name in ["sites", "floor", "aim", "promised", "gap", "below_floor", "allocated", "arrived"]:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def texts(self) -> dict[str, str]:
        return {name: yuan(getattr(self, name)) for name in ["floor", "aim", "promised", "gap", "allocated", "arrived"]}

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
    has_matching: bool
    fund_name: str
    table: AllocationTable | None
    links: list[tuple[str, str]]  # label, address
    total: MoneyRow = field(default_factory=lambda: MoneyRow("合计"))

    def __post_init__(self):
        for row in self.rows:
            self.total.add(row)


def read_money(programme: Programme, sites: QuerySet, user, by: str) -> dict | None:
    """Four queries."""
    if not can_view_tables(user):
        return None
    table = AllocationTable.objects.visible_to(user).issued().filter(programme=programme).order_by("-number").first()
    found = list(_rows(programme, sites, user, table))
    rows = _by_county(found) if by == "county" else [row for _, row in found]
    ratio = f"1:{programme.matching_ratio.normalize():f}"
    has_matching = programme.asks_matching or any(row.promised for row in rows)
    return {"money": Money(rows, by, ratio, has_matching, programme.fund_name, table, _links(programme, rows))}


def _links(programme: Programme, rows: list[MoneyRow]) -> list[tuple[str, str]]:
    """Where every amount of the rows is listed: the book and the claims of the only site, else of the programme."""
    if len(rows) == 1 and (pk := rows[0].site):
        claims = f"{reverse('funding:claim_list')}?site={pk}"
        return [("资金账簿", reverse("funding:site_book", args=[pk])), ("报账", claims)]
    query = f"?programme={programme.pk}"
    return [("资金到位", reverse("funding:board") + query), ("报账", reverse("funding:claim_list") + query)]


def _rows(programme: Programme, sites: QuerySet, user, table) -> Iterable[tuple[str, MoneyRow]]:
    """(county, row) of each approved site."""
    sites = sites.approved().filter(programme=programme)
    here = sites.order_by().values("pk")
    ledger = money_of(sites, clock.now())
    lines = AllocationLine.objects.visible_to(user).filter(table=table, site__in=here) if table else []
    allocated = {line.site_id: line.total for line in lines}
    for site in sites.by_county():
        yield site.county_name, _row(programme, site, ledger.get(site.pk) or Ledger(), allocated)


def _row(programme: Programme, site: ProjectSite, ledger: Ledger, allocated: dict[int, Decimal]) -> MoneyRow:
    aim, promised = site.province_amount * programme.matching_ratio, ledger.pledged
    return MoneyRow(
        site.name,
        site.get_absolute_url(),
        site.pk,
        sites=1,
        floor=programme.matching_floor,
        aim=aim,
        promised=promised,
        gap=max(aim - promised, Decimal(0)),
        below_floor=promised < programme.matching_floor,
        allocated=allocated.get(site.pk, Decimal(0)),
        arrived=ledger.all_arrived,
    )


def _by_county(rows: Iterable[tuple[str, MoneyRow]]) -> list[MoneyRow]:
    found: dict[str, MoneyRow] = {}
    for county, row in rows:
        found.setdefault(county, MoneyRow(county or "市本级")).add(row)
    return list(found.values())


register(Panel("money", "资金", "funding/_money_panel.html", read_money))
