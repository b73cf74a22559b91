"""配套资金到位情况表 (form 3.2): described once for the workbook, its totals and rates as formulas."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import count

from django.utils import timezone

from fedwork.excel import Block, Box, Kind, Paper, head
from funding.amounts import in_words, is_whole, yuan
from funding.board import FundBoard, Group, Standing
from funding.models import BookkeepingStatement
from funding.money import Money, entries_of
from funding.states import MATCHING, OF_PROGRAMME, EntryKind
from organizations.models import Organization
from projects.models import ProjectSite

SIGNATURE = [
    "制表人：",
    "审核人：",
    "单位负责人：",
    "填报日期：　　　　年　　月　　日",
]
NOTES = [
    "注：1. 到位率＝配套到位数÷配套承诺数；配套比例＝到位配套÷专项资金；支付进度＝支出数÷（专项到位＋配套到位）；结余＝到位－支出－退回。",
    "　　2. 承诺不算到位；实物折价不计入本表金额。",
    "　　3. 到位日期是专项资金最近一次到位的日期；凭证号是到位的凭证，其余见资金账簿。",
]
NOTES_WITHOUT_MATCHING = [
    "注：1. 到位率＝到位数÷下达数；支付进度＝支出数÷到位数；结余＝到位－支出－退回。",
    "　　2. 到位日期是专项资金最近一次到位的日期；凭证号是到位的凭证，其余见资金账簿。",
]
# Columns that are added up: key, and how the amount of a site or a county is found.
SUMS = {
    "issued": lambda money: money.issued,
    "issued_arrived": lambda money: money.issued_arrived,
    **{f"pledged_{source}": (lambda money, s=source: money.of(EntryKind.COMMITTED, [s])) for source in MATCHING},
    **{f"arrived_{source}": (lambda money, s=source: money.of(EntryKind.ARRIVED, [s])) for source in MATCHING},
    "spent": lambda money: money.spent,
    "refunded": lambda money: money.of(EntryKind.REFUNDED),
}
# What is made of them.
COLUMNS = SUMS | {
    "pledged": lambda money: money.pledged,
    "arrived": lambda money: money.arrived,
    "balance": lambda money: money.balance,
}


BOLD, SHADED = partial(Box, is_bold=True), partial(Box, is_shaded=True)


@dataclass(frozen=True)
class Extras:
    """What the form says of a site beside amounts, as known at a moment."""

    last_arrivals: dict[int, date]  # of the programme's money
    vouchers: dict[int, list[str]]  # of what has arrived, in the order of the days
    bookkeeping: dict[int, BookkeepingStatement]

    @classmethod
    def of(cls, sites, moment: datetime) -> "Extras":
        """Two queries, however many sites there are."""
        entries = (
            entries_of(sites, moment).filter(kind=EntryKind.ARRIVED, is_in_kind=False).order_by("happened_on", "pk")
        )
        rows = list(entries.values_list("pk", "reverses_id", "site_id", "source", "happened_on", "voucher_number"))
        reversed_ = {reverses for _, reverses, *_ in rows}
        days, vouchers = {}, defaultdict(list)
        for pk, reverses, site, source, day, voucher in rows:
            if reverses or pk in reversed_:
                continue
            vouchers[site].append(voucher)
            if source in OF_PROGRAMME:
                days[site] = day
        return cls(
            days, vouchers, BookkeepingStatement.objects.known_at(moment).latest_of(sites.order_by().values("pk"))
        )

    def arrived_on(self, site: ProjectSite) -> str:
        day = self.last_arrivals.get(site.pk)
        return f"{day:%Y-%m-%d}" if day else ""

    def vouchers_of(self, site: ProjectSite) -> str:
        """The first and how many; the account book has them all."""
        found = list(dict.fromkeys(self.vouchers.get(site.pk, [])))
        return "".join(found[:1]) + (f"等 {len(found)} 张" if len(found) > 1 else "")

    def is_separate(self, site: ProjectSite) -> str:
        statement = self.bookkeeping.get(site.pk)
        return "" if statement is None else "是" if statement.is_separate else "否"

    def count_separate(self, group: Group) -> str:
        return f"{sum(self.is_separate(standing.site) == '是' for standing in group.standings)} 个"


def arrival_paper(board: FundBoard, extras: Extras, *, place: Organization, only: str = "") -> Paper:
    """`only` says in words which sites are left over where not all are."""
    moment, make, numbers = timezone.localtime(board.moment), Rows.of(board, extras), count(1)
    rows = []
    for county, group in enumerate(board.groups):
        names = [f"{county}x{number}" for number in range(group.sites)]
        rows += [make.site(*row, next(numbers)) for row in zip(group.standings, names, strict=True)]
        rows.append(make.sum(f"{group.label}小计", group, f"g{county}", partial(sum_over, names)))
    counties = [f"g{county}" for county in range(len(board.groups))]
    rows.append(make.sum("合计", board.total, "all", partial(sum_of, counties)))
    return Paper(
        tab=f"{board.name}表",
        title=title_of(board, place),
        widths=make.widths,
        above=[
            [
                f"填报单位：{place.name}妇女联合会（盖章）",
                f"数据截至 {moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}",
                "单位：元",
            ]
        ],
        blocks=[Block([*make.heading(), *rows], heading_rows=2 if make.has_matching else 1)],
        notes=_notes(board, only),
        signature=[SIGNATURE],
        landscape=True,
        repeats=True,
        size=9,
        made_at=board.moment,
    )


def _notes(board: FundBoard, only: str) -> list[str]:
    notes = NOTES_WITHOUT_MATCHING
    if board.has_matching:
        floor = in_words(board.programme.matching_floor)
        notes = [*NOTES, f"　　4. 到位配套低于 {floor}的行加底纹，备注写明“到位未达最低配套”。"]
    return [*notes, f"　　{len(notes) + 1}. 只列{only}的项目点，小计和合计只加这些。"] if only else notes


def title_of(board: FundBoard, place: Organization) -> str:
    city = "" if board.programme.name.startswith(place.name) else place.name
    return f"{city}{board.programme}{board.name}表"


def sum_over(names: list[str], key: str) -> str:
    return f"SUM({{{key}{names[0]}}}:{{{key}{names[-1]}}})"


def sum_of(names: list[str], key: str) -> str:
    """No formula where there is nothing to add up."""
    return f"SUM({','.join(f'{{{key}{name}}}' for name in names)})" if names else ""


@dataclass(frozen=True)
class Rows:
    """The rows of the table; those of matching money stand only where it is asked for, or is there all the same. A column
    is written with fen where any of its amounts has them, and is as wide as its 合计
    needs, so that the page is printed as large as it can be; that of what was paid back stands only where something
    was."""

    formats: dict[str, str]
    spaces: dict[str, float]
    has_refunds: bool
    has_matching: bool
    level: str  # whose the programme's money is
    extras: Extras

    @classmethod
    def of(cls, board: FundBoard, extras: Extras) -> "Rows":
        total, monies = board.total.money, [standing.money for standing in board.total.standings]
        formats = {
            key: "#,##0" if all(is_whole(amount(money)) for money in monies) else "#,##0.00"
            for key, amount in COLUMNS.items()
        }
        longest = {key: len(yuan(amount(total), with_fen="." in formats[key])) for key, amount in COLUMNS.items()}
        spaces = {key: max(5.5, 0.9 * length + 1) for key, length in longest.items()}
        level = board.programme.get_fund_source_display()
        return cls(formats, spaces, bool(total.of(EntryKind.REFUNDED)), board.has_matching, level, extras)

    @property
    def widths(self) -> list[float]:
        """In characters."""
        space, sources = self.spaces, [str(source) for source in MATCHING]
        pledged = [space["pledged"], *(space[f"pledged_{source}"] for source in sources)]
        arrived = [space["arrived"], *(space[f"arrived_{source}"] for source in sources)]
        refunds = [space["refunded"]] if self.has_refunds else []
        matching = [*pledged, *arrived, 6.2] if self.has_matching else []
        money = [space["issued"], space["issued_arrived"], 8.5, *matching, 6.2, space["spent"], 6.2]
        return [3.5, 5.5, 7.5, 10.5, 7, *money, *refunds, space["balance"], 4.5, 10.5, 8.5]

    def heading(self) -> list[list[Box]]:
        level, sources = self.level, [head(words) for words in ["小计", "县级", "乡镇", "村", "社会"]]
        before = ["序号", "县（市、区）", "乡镇（街道）", "项目点", "类型", f"{level}下达", f"{level}到位", "到位日期"]
        refunds = ["退回数"] if self.has_refunds else []
        after = ["支出数", "支付进度", *refunds, "结余", "专账核算", "凭证号", "备注"]
        if not self.has_matching:
            return [[head(words) for words in [*before, "到位率", *after]]]
        tall = [[head(words, down=2) for words in part] for part in [before, ["到位率", "配套比例", *after]]]
        return [[*tall[0], head("配套承诺数", across=5), head("配套到位数", across=5), *tall[1]], [*sources, *sources]]

    def site(self, standing: Standing, name: str, number: int) -> list[Box]:
        site, extras, box = standing.site, self.extras, SHADED if standing.is_below_floor else Box
        return [
            box(str(number), Kind.CENTRE),
            box(site.county_name),
            box(site.township_name),
            box(site.name.removeprefix(site.township_name)),
            box(site.creation_type.name, Kind.CENTRE),
            *self.amounts(standing.money, name, box(extras.arrived_on(site), Kind.CENTRE), box),
            box(extras.is_separate(site), Kind.CENTRE),
            box(extras.vouchers_of(site)),
            box(standing.remark),
        ]

    def sum(self, label: str, group: Group, name: str, formula: Callable[[str], str]) -> list[Box]:
        names = [Box(label, across=4, is_bold=True), Box(f"{group.sites} 个", Kind.CENTRE, is_bold=True)]
        words = f"{group.below_floor} 个未达最低配套" if group.below_floor else ""
        last = [Box(self.extras.count_separate(group), Kind.CENTRE, is_bold=True), Box(""), Box(words, is_bold=True)]
        return [*names, *self.amounts(group.money, name, Box(""), BOLD, formula), *last]

    def amounts(
        self,
        money: Money,
        name: str,
        arrived_on: Box,
        box: Callable[..., Box],
        formula: Callable[[str], str] | None = None,
    ) -> list[Box]:
        """The columns of money, the day of the arrival among them; what is a sum or a rate is a formula over the others
        of its row. `box` makes them look like their row."""

        def cell(key: str) -> str:
            return f"{{{key}{name}}}"

        def made(key: str, value: Decimal | None, words: str, number_format: str = "") -> Box:
            number_format = number_format or self.formats[key]
            return box(value, Kind.NUMBER, name=key + name, formula=words, number_format=number_format)

        def given(key: str) -> Box:
            return made(key, SUMS[key](money), formula(key) if formula else "")

        all_arrived = cell("issued_arrived") + (f"+{cell('arrived')}" if self.has_matching else "")
        balance = f"{all_arrived}-{cell('spent')}" + (f"-{cell('refunded')}" if self.has_refunds else "")
        paid = f"{cell('spent')}/" + (f"({all_arrived})" if self.has_matching else all_arrived)
        matching = []
        rates = [made("rate", money.issued_rate, f"{cell('issued_arrived')}/{cell('issued')}", "0.0%")]
        if self.has_matching:
            sources = [str(source) for source in MATCHING]
            for kind, amount in [("pledged", money.pledged), ("arrived", money.arrived)]:
                words = f"SUM({cell(f'{kind}_{sources[0]}')}:{cell(f'{kind}_{sources[-1]}')})"
                matching += [made(kind, amount, words), *(given(f"{kind}_{source}") for source in sources)]
            rates = [
                made("rate", money.arrival_rate, f"{cell('arrived')}/{cell('pledged')}", "0.0%"),
                made("ratio", money.ratio, f"{cell('arrived')}/{cell('issued')}", "0.0%"),
            ]
        return [
            given("issued"),
            given("issued_arrived"),
            arrived_on,
            *matching,
            *rates,
            given("spent"),
            made("paid", money.spending_rate, paid, "0.0%"),
            *([given("refunded")] if self.has_refunds else []),
            made("balance", money.balance, balance),
        ]
