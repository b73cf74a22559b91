"""配套资金到位情况表 (form 3.2): described once for the workbook, its totals and rates as formulas."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import count

from django.utils import timezone

from fedwork.excel import Block, Box, Kind, Paper, head
from funding.amounts import is_whole
from funding.board import MATCHING, FundBoard, Group, Money, Standing
from funding.states import EntryKind
from organizations.models import Organization

SIGNATURE = [
    "制表人：",
    "审核人：",
    "单位负责人：",
    "填报日期：　　　　年　　月　　日",
]
NOTES = [
    "注：1. 到位率＝配套到位数÷配套承诺数；配套比例＝到位配套÷专项资金；支付进度＝支出数÷到位总额；结余＝到位总额－支出数－退回数。",
    "　　2. 承诺不算到位；实物折价不计入本表金额。",
]
NOTE_WITHOUT_MATCHING = "注：到位率＝到位数÷下达数；支付进度＝支出数÷到位总额；结余＝到位总额－支出数－退回数。"
# Columns that are added up: key, and how the amount of a site or a county is found.
SUMS = {
    "issued": lambda money: money.issued,
    "issued_arrived": lambda money: money.issued_arrived,
    **{f"pledged_{source}": (lambda money, s=source: money.of(EntryKind.COMMITTED, [s])) for source in MATCHING},
    **{f"arrived_{source}": (lambda money, s=source: money.of(EntryKind.ARRIVED, [s])) for source in MATCHING},
    "spent": lambda money: money.spent,
    "refunded": lambda money: money.of(EntryKind.REFUNDED),
}


def arrival_paper(board: FundBoard, *, place: Organization) -> Paper:
    moment, make, numbers = timezone.localtime(board.moment), Rows.of(board), count(1)
    rows = []
    for county, group in enumerate(board.groups):
        names = [f"{county}x{number}" for number in range(group.sites)]
        rows += [make.site(*row, next(numbers)) for row in zip(group.standings, names, strict=True)]
        rows.append(make.sum(f"{group.label}小计", group, f"g{county}", partial(_sum, names)))
    counties = [f"g{county}" for county in range(len(board.groups))]
    rows.append(make.sum("合计", board.total, "all", partial(_sum_of, counties)))
    return Paper(
        tab=f"{board.name}表",
        title=f"{'' if board.programme.name.startswith(place.name) else place.name}{board.programme}{board.name}表",
        widths=make.widths,
        above=[
            [
                f"填报单位：{place.name}妇女联合会（盖章）",
                f"数据截至 {moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}",
                "单位：元",
            ]
        ],
        blocks=[Block([*make.heading(), *rows], heading_rows=2 if make.has_matching else 1)],
        notes=NOTES if make.has_matching else [NOTE_WITHOUT_MATCHING],
        signature=[SIGNATURE],
        landscape=True,
        repeats=True,
        made_at=board.moment,
    )


def _sum(names: list[str], key: str) -> str:
    return f"SUM({{{key}{names[0]}}}:{{{key}{names[-1]}}})"


def _sum_of(names: list[str], key: str) -> str:
    return f"SUM({','.join(f'{{{key}{name}}}' for name in names)})"


def _heading(level: str) -> list[list[Box]]:
    sources = [head("小计"), *(head(source.label) for source in MATCHING)]
    tall = {"down": 2}
    top = [
        head("序号", **tall),
        head("项目点", **tall),
        head("创建类型", **tall),
        head(f"{level}下达", **tall),
        head(f"{level}到位", **tall),
        head("配套承诺数", across=5),
        head("配套到位数", across=5),
        head("到位总额", **tall),
        head("支出数", **tall),
        head("退回数", **tall),
        head("结余", **tall),
        head("到位率", **tall),
        head("配套比例", **tall),
        head("支付进度", **tall),
        head("备注", **tall),
    ]
    return [top, [*sources, *sources]]


def _plain_heading(level: str) -> list[list[Box]]:
    words = [f"{level}下达", f"{level}到位", "到位率", "支出数", "退回数", "结余", "支付进度"]
    return [[head(word) for word in ["序号", "项目点", "创建类型", *words, "备注"]]]


@dataclass(frozen=True)
class Rows:
    """The rows of the table; all its amounts are written the same way, with fen where any has them. `level` says whose
    the programme's money is."""

    number_format: str
    has_matching: bool
    level: str

    @classmethod
    def of(cls, board: FundBoard) -> "Rows":
        amounts = [*board.total.money.cash.values()]
        number_format = "#,##0" if all(map(is_whole, amounts)) else "#,##0.00"
        return cls(number_format, board.has_matching, board.programme.get_fund_source_display())

    @property
    def widths(self) -> list[float]:
        width = 10.5 if self.number_format == "#,##0" else 13.5
        if self.has_matching:
            return [5, 25, 13, *[width] * 16, 9, 9, 9, 18]
        return [6, 30, 16, width + 2, width + 2, 10, width + 2, width, width + 2, 10, 22]

    def heading(self) -> list[list[Box]]:
        return _heading(self.level) if self.has_matching else _plain_heading(self.level)

    def site(self, standing: Standing, name: str, number: int) -> list[Box]:
        site = standing.site
        names = [Box(str(number), Kind.CENTRE), Box(site.name), Box(site.creation_type.name, Kind.CENTRE)]
        return [*names, *self.amounts(standing.money, name), Box(standing.remark)]

    def sum(self, label: str, group: Group, name: str, formula: Callable[[str], str]) -> list[Box]:
        names = [Box(label, across=2, is_bold=True), Box(f"{group.sites} 个", Kind.CENTRE, is_bold=True)]
        words = f"{group.below_floor} 个未达最低配套" if self.has_matching and group.below_floor else ""
        return [*names, *self.amounts(group.money, name, formula), Box(words, is_bold=True)]

    def amounts(self, money: Money, name: str, formula: Callable[[str], str] | None = None) -> list[Box]:
        """The columns of money; what is a sum or a rate is a formula over the others of its row."""

        def cell(key: str) -> str:
            return f"{{{key}{name}}}"

        def made(key: str, value: Decimal | None, words: str, number_format: str = self.number_format) -> Box:
            bold = formula is not None
            return Box(value, Kind.NUMBER, name=key + name, formula=words, number_format=number_format, is_bold=bold)

        def given(key: str) -> Box:
            return made(key, SUMS[key](money), formula(key) if formula else "")

        sources = [str(source) for source in MATCHING]
        first, last = sources[0], sources[-1]
        balance = made("balance", money.balance, f"{cell('all')}-{cell('spent')}-{cell('refunded')}")
        if not self.has_matching:
            return [
                given("issued"),
                made("all", money.issued_arrived, formula("all") if formula else ""),
                made("rate", money.issued_rate, f"{cell('all')}/{cell('issued')}", "0.0%"),
                given("spent"),
                given("refunded"),
                balance,
                made("paid", money.spending_rate, f"{cell('spent')}/{cell('all')}", "0.0%"),
            ]
        return [
            given("issued"),
            given("issued_arrived"),
            made("pledged", money.pledged, f"SUM({cell('pledged_' + first)}:{cell('pledged_' + last)})"),
            *(given(f"pledged_{source}") for source in sources),
            made("arrived", money.arrived, f"SUM({cell('arrived_' + first)}:{cell('arrived_' + last)})"),
            *(given(f"arrived_{source}") for source in sources),
            made("all", money.all_arrived, f"{cell('issued_arrived')}+{cell('arrived')}"),
            given("spent"),
            given("refunded"),
            balance,
            made("rate", money.arrival_rate, f"{cell('arrived')}/{cell('pledged')}", "0.0%"),
            made("ratio", money.ratio, f"{cell('arrived')}/{cell('issued')}", "0.0%"),
            made("paid", money.spending_rate, f"{cell('spent')}/{cell('all')}", "0.0%"),
        ]
