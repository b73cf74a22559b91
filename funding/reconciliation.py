"""分配表—台账—到位对账: per site and source what the table says, what the ledger has as issued, what was disbursed and what
arrived, with each difference in words. Decimal yuan; help in kind isn't money and isn't in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property, partial

from django.utils import timezone

from fedwork.excel import Block, Box, Kind, Paper, head
from funding.accounts import Account, accounts
from funding.amounts import is_whole, yuan
from funding.models import AllocationLine, AllocationTable
from funding.money import entries_of
from funding.papers import SIGNATURE, sum_of, sum_over
from funding.states import MATCHING, FundSource
from organizations.models import Organization
from projects.models import Programme, ProjectSite

NOTHING = Decimal(0)
FIGURES = ("table", "posted", "moved", "disbursed", "arrived")
NOTES = ["台账与分配表之差＝台账下达－分配表；未到位＝台账下达＋调剂－到位。", "实物折价不在本表。"]
NOTE_ON_MATCHING = "配套资金可由出资方直接到账，不一定经过拨付。"
NOTE_ON_PART = "只列有差异的各处，小计和合计只加这些。"


@dataclass(frozen=True)
class Line:
    """One source of one site."""

    site: ProjectSite
    source: FundSource
    table: Decimal
    account: Account

    @property
    def posted(self) -> Decimal:
        return self.account.issued

    @property
    def moved(self) -> Decimal:
        """调入 less 调出."""
        return self.account.moved_in - self.account.moved_out

    @property
    def disbursed(self) -> Decimal:
        return self.account.disbursed

    @property
    def arrived(self) -> Decimal:
        return self.account.arrived

    @cached_property
    def is_matching(self) -> bool:
        return self.source in MATCHING

    @cached_property
    def differences(self) -> list[str]:
        """In words, the gravest first."""
        found = [_more("台账下达比分配表", self.posted - self.table)]
        if self.is_matching:
            found.append(_more("现有承诺比分配表", self.account.committed - self.table))
        elif self.arrived > self.disbursed:
            found.append(f"到位中有 {yuan(self.arrived - self.disbursed)} 元没有拨付记录")
        if self.disbursed > self.arrived:
            found.append(f"已拨付未到位 {yuan(self.disbursed - self.arrived)} 元")
        if (open_ := self.account.due - max(self.disbursed, self.arrived)) > 0:
            found.append(f"还有 {yuan(open_)} 元未{'到位' if self.is_matching else '拨付'}")
        return [words for words in found if words]

    def figure(self, name: str) -> Decimal:
        return getattr(self, name)

    @property
    def has_figures(self) -> bool:
        return any(map(self.figure, FIGURES)) or bool(self.account.committed)


def _more(words: str, difference: Decimal) -> str:
    return f"{words}{'多' if difference > 0 else '少'} {yuan(abs(difference))} 元" if difference else ""


@dataclass
class County:
    label: str
    lines: list[Line] = field(default_factory=list)

    def figure(self, name: str) -> Decimal:
        """The sum over the lines."""
        return sum((line.figure(name) for line in self.lines), NOTHING)

    @cached_property
    def different(self) -> int:
        """How many lines have something to say."""
        return sum(bool(line.differences) for line in self.lines)


@dataclass(frozen=True)
class Reconciliation:
    programme: Programme
    moment: datetime
    table: AllocationTable | None
    counties: list[County]
    is_part: bool = False

    @cached_property
    def lines(self) -> list[Line]:
        return [line for county in self.counties for line in county.lines]

    @cached_property
    def total(self) -> County:
        return County("合计", self.lines)

    @property
    def has_matching(self) -> bool:
        return any(line.is_matching for line in self.lines)

    def only_different(self) -> "Reconciliation":
        kept = [County(county.label, [line for line in county.lines if line.differences]) for county in self.counties]
        return Reconciliation(
            self.programme, self.moment, self.table, [county for county in kept if county.lines], True
        )


def reconcile(programme: Programme, sites, moment: datetime) -> Reconciliation:
    """`sites` are a queryset of the programme's sites. Four queries, however many there are."""
    issued = programme.allocation_tables.issued().filter(issued_at__lte=moment)
    table = issued.order_by("-number").first()
    said, found = _said(table, sites), accounts(entries_of(sites, moment))
    counties, sources = {}, list(FundSource)
    for site in sites.by_county():
        county = counties.setdefault(site.county_name, County(site.county_name))
        for source in sources:
            place = site.pk, source
            if place in said or place in found:
                line = Line(site, source, said.get(place, NOTHING), found.get(place) or Account(source))
                county.lines += [line] if line.has_figures else []
    return Reconciliation(programme, moment, table, [county for county in counties.values() if county.lines])


def _said(table: AllocationTable | None, sites) -> dict[tuple[int, FundSource], Decimal]:
    """By site and source what the table in force says."""
    if table is None:
        return {}
    lines = AllocationLine.objects.filter(table=table, site__in=sites.order_by().values("pk"))
    amounts = [(line.site_id, *pair) for line in lines for pair in line.by_source(table.fund_source).items()]
    return {(site, source): amount for site, source, amount in amounts if amount}


def reconciliation_paper(found: Reconciliation, *, place: Organization) -> Paper:
    """Differences and sums as formulas."""
    moment, rows, total = timezone.localtime(found.moment), [], found.total
    form = "#,##0" if all(is_whole(line.figure(name)) for line in total.lines for name in FIGURES) else "#,##0.00"
    for number, county in enumerate(found.counties):
        names = [f"{number}x{line}" for line in range(len(county.lines))]
        rows += [_site_row(line, name, form) for line, name in zip(county.lines, names, strict=True)]
        rows.append(_sum_row(f"{county.label}小计", county, f"g{number}", partial(sum_over, names), form))
    groups = [f"g{number}" for number in range(len(found.counties))]
    rows.append(_sum_row("合计", total, "all", partial(sum_of, groups), form))
    words = f"分配表 {found.table.document_number}" if found.table else "分配表还没有下达"
    return Paper(
        tab="资金对账表",
        title=f"{'' if found.programme.name.startswith(place.name) else place.name}{found.programme}资金对账表",
        widths=[11, 29, 13, 12, 12, 11, 12, 12, 12, 12, 34],
        above=[[f"填报单位：{place.name}妇女联合会（盖章）", f"{words}　数据截至 {moment:%Y-%m-%d %H:%M}", "单位：元"]],
        blocks=[Block([[head(label) for label in HEADING], *rows])],
        notes=_notes(found),
        signature=[SIGNATURE],
        landscape=True,
        repeats=True,
        made_at=found.moment,
    )


def _notes(found: Reconciliation) -> list[str]:
    words = [NOTES[0], *([NOTE_ON_MATCHING] if found.has_matching else []), *NOTES[1:]]
    words += [NOTE_ON_PART] if found.is_part else []
    return [f"{'　　' if number > 1 else '注：'}{number}. {note}" for number, note in enumerate(words, 1)]


HEADING = [
    "县（市、区）",
    "项目点",
    "资金来源",
    "分配表",
    "台账下达",
    "调剂",
    "拨付",
    "到位",
    "台账与分配表之差",
    "未到位",
    "差异说明",
]


def _site_row(line: Line, name: str, form: str) -> list[Box]:
    words = [Box(line.site.county_name), Box(line.site.name), Box(line.source.label, Kind.CENTRE)]
    return [*words, *_figures(line, name, form), Box("；".join(line.differences))]


def _sum_row(label: str, county: County, name: str, formula: Callable[[str], str], form: str) -> list[Box]:
    words = f"{county.different} 处有差异" if county.different else "无差异"
    return [
        Box(label, across=3, is_bold=True),
        *_figures(county, name, form, formula),
        Box(words, is_bold=True),
    ]


def _figures(owner: Line | County, name: str, form: str, formula: Callable[[str], str] | None = None) -> list[Box]:
    def box(key: str, value: Decimal, words: str) -> Box:
        bold = formula is not None
        return Box(value, Kind.NUMBER, name=key + name, formula=words, number_format=form, is_bold=bold)

    given = [box(key, owner.figure(key), formula(key) if formula else "") for key in FIGURES]
    table, posted, moved, _, arrived = map(owner.figure, FIGURES)
    off, missing = box("off", posted - table, f"{{posted{name}}}-{{table{name}}}"), posted + moved - arrived
    return [*given, off, box("open", missing, f"{{posted{name}}}+{{moved{name}}}-{{arrived{name}}}")]
