"""工作经费落实情况表: described once, its sums and rates as formulas."""

from collections.abc import Iterator
from decimal import Decimal

from fedwork import clock
from fedwork.excel import Block, Box, Kind, Paper, head
from funding.amounts import is_whole
from funding.workfunds.reading import NOTHING, Row, Sums, WorkFundBoard
from organizations.models import Level

COLUMNS = ["due", "budgeted", "arrived"]
COLUMN_NAMES = ["应落实", "列入预算", "到位"]
LEVEL_NAMES = {Level.COUNTY: "县级", Level.TOWNSHIP: "乡镇（街道）", Level.VILLAGE: "村（社区）"}
SIGNATURE = ["制表人：", "审核人：", "单位负责人：", "填报日期：　　　　年　　月　　日"]


def work_fund_paper(board: WorkFundBoard) -> Paper:
    today, make = clock.today(), Rows(board)
    rows = [make.row(number, row) for number, row in enumerate(board.rows, 1)]
    return Paper(
        tab="工作经费落实情况表",
        title=f"{board.place.name}{board.year}年妇联工作经费落实情况表",
        widths=make.widths,
        above=[
            [
                f"填报单位：{board.place.name}妇女联合会（盖章）",
                f"数据截至 {today.year}年{today.month}月{today.day}日",
                "单位：元",
            ]
        ],
        blocks=[Block([*make.heading(), *rows, make.total()], heading_rows=2)],
        notes=notes(board),
        signature=[SIGNATURE],
        landscape=True,
        repeats=True,
        made_at=clock.now(),
    )


def notes(board: WorkFundBoard) -> list[str]:
    says = "；".join(f"{one.who}{one.words}（{one.legal_basis}）" for one in board.standards) or "还没有定标准"
    return [
        f"注：1. 标准：{says}。",
        "　　2. 落实率＝到位÷应落实；尚欠按各单位应落实与到位之差合计，多到位的不抵别处的欠额；没有妇女人数的单位未计应落实。",
    ]


class Rows:
    """The rows of the table: for each level how many, due, budgeted, arrived; then all together."""

    def __init__(self, board: WorkFundBoard):
        self.board, self.levels = board, board.levels
        amounts = [getattr(board.sum_of(level), name) for level in self.levels for name in COLUMNS]
        self.number_format = "#,##0" if all(map(is_whole, amounts)) else "#,##0.00"

    @property
    def widths(self) -> list[float]:
        return [5, 18, *[10.5, 11, 11, 11] * len(self.levels), 12, 12, 12, 9, 12, 22]

    def heading(self) -> list[list[Box]]:
        tall = {"down": 2}
        names = [head(LEVEL_NAMES[level], across=4) for level in self.levels]
        top = [head("序号", **tall), head("单位", **tall), *names, head("合计", across=5), head("情况", **tall)]
        below: list[Box] = []
        for level in self.levels:
            below += map(head, ["妇女人数" if level == Level.COUNTY else "个数", *COLUMN_NAMES])
        return [top, [*below, *map(head, [*COLUMN_NAMES, "落实率", "尚欠"])]]

    def row(self, number: int, row: Row) -> list[Box]:
        boxes = [Box(str(number), Kind.CENTRE), Box(row.label)]
        for level in self.levels:
            boxes += self._part(level, row.parts.get(level), str(number))
        return [*boxes, *self._together(row.total, str(number)), Box(row.total.words)]

    def total(self) -> list[Box]:
        boxes = [Box("合计", Kind.CENTRE, across=2, is_bold=True)]
        for level in self.levels:
            boxes += self._sums(level, self.board.sum_of(level))
        total = self.board.total
        return [*boxes, *self._together(total, "all", is_bold=True), Box(total.words, is_bold=True)]

    def _part(self, level: Level, sums: Sums | None, name: str) -> Iterator[Box]:
        """Empty where there is nothing of the level."""
        yield self._number(sums and _size(level, sums), name=f"size{level}x{name}")
        for column in COLUMNS:
            yield self._number(sums and getattr(sums, column), name=f"{column}{level}x{name}", is_money=True)

    def _sums(self, level: Level, sums: Sums) -> Iterator[Box]:
        yield self._number(
            _size(level, sums), name=f"size{level}xall", formula=self._down(f"size{level}x"), is_bold=True
        )
        for column in COLUMNS:
            name, formula = f"{column}{level}xall", self._down(f"{column}{level}x")
            yield self._number(getattr(sums, column), name=name, formula=formula, is_money=True, is_bold=True)

    def _together(self, sums: Sums, name: str, *, is_bold: bool = False) -> Iterator[Box]:
        for column in COLUMNS:
            across = "+".join(f"{{{column}{level}x{name}}}" for level in self.levels)
            formula = across if len(self.levels) > 1 else f"SUM({across})"
            value = getattr(sums, column)
            yield self._number(value, name=f"{column}{name}", formula=formula, is_money=True, is_bold=is_bold)
        rate = f"{{arrived{name}}}/{{due{name}}}"
        yield Box(sums.rate, Kind.NUMBER, formula=rate, number_format="0.0%", is_bold=is_bold)
        arrears = self._down("arrears") if name == "all" else ""
        yield self._number(sums.arrears, name=f"arrears{name}", formula=arrears, is_money=True, is_bold=is_bold)

    def _down(self, key: str) -> str:
        return f"SUM({{{key}1}}:{{{key}{len(self.board.rows)}}})" if self.board.rows else ""

    def _number(self, value: Decimal | int | None, *, is_money: bool = False, **options) -> Box:
        number_format = self.number_format if is_money else "#,##0"
        return Box(NOTHING if value is None else value, Kind.NUMBER, number_format=number_format, **options)


def _size(level: Level, sums: Sums) -> int:
    """Women of a county, townships and villages by their number."""
    return sums.women if level == Level.COUNTY else sums.units
