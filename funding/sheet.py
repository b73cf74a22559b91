"""The allocation table as it is read, on the page and on paper: groups by county with 小计, one 合计, remarks."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from funding.amounts import AMOUNTS, Amounts, MatchingRule, Sums, is_whole, percent, wan, yuan
from funding.models import AllocationLine, AllocationTable

DIGITS = "零一二三四五六七八九"
NOTE = (
    "配套资金为各级承诺数，小计＝县级＋乡镇（街道）＋村（社区）＋社会；合计＝{fund}＋配套小计；"
    "配套比例＝配套小计÷{fund}。"
)


def day_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def decision_words(table: AllocationTable) -> str:
    """What stands behind an issued table: the decision and the finance letter; nothing for what was issued before these
    were recorded."""
    parts = []
    if table.decision_meeting:
        parts.append(f"分配方案经{table.decision_meeting}（{day_words(table.decided_on)}）集体研究决定")
    if table.finance_number:
        parts.append(f"财政文号：{table.finance_number}，{day_words(table.finance_on)}")
    return "；".join(parts) + "。" if parts else ""


class Unit:
    """In which unit the amounts are shown: 元 or 万元."""

    YUAN = "yuan"
    WAN = "wan"
    NAMES = {YUAN: "元", WAN: "万元"}


def numeral(number: int) -> str:
    """1 -> 一, 21 -> 二十一; figures from a hundred on."""
    tens, ones = divmod(number, 10)
    if not 0 < number < 100:
        return str(number)
    return f"{DIGITS[tens] if tens > 1 else ''}{'十' if tens else ''}{DIGITS[ones] if ones else ''}"


@dataclass(frozen=True)
class County:
    """A county's block: its numeral, name, lines and their sums."""

    numeral: str
    name: str
    lines: list[AllocationLine]
    sums: Sums


@dataclass(frozen=True)
class Row:
    """A county or a site as the page prints it: amounts in the sheet's unit; `lines` are the rows of a county."""

    label: str
    name: str
    cells: list[str]
    line: AllocationLine | None = None
    lines: list["Row"] = ()


class Sheet:
    """The part of `table` that `user` may see, read with one query for the lines and one for their sum."""

    def __init__(self, table: AllocationTable, user, *, unit: str = Unit.YUAN):
        self.table = table
        self.unit = unit
        visible = table.lines.visible_to(user)
        self.lines = list(visible)
        self.sums = visible.sums()
        self.is_part = len(self.lines) < table.lines.count()

    @property
    def unit_name(self) -> str:
        return Unit.NAMES[self.unit]

    @property
    def has_fen(self) -> bool:
        """Yuan tables print whole numbers or two decimals, never mixed."""
        return not all(is_whole(getattr(line, name)) for line in self.lines for name in AMOUNTS)

    @property
    def is_rounded(self) -> bool:
        """Whether anything is lost by printing 万元 with two decimals."""
        amounts = [getattr(line, name) for line in self.lines for name in AMOUNTS]
        return self.unit == Unit.WAN and not all(is_whole(amount / 100) for amount in amounts)

    @property
    def has_matching(self) -> bool:
        """Whether there is anything to say of matching money: it is asked for, or there is some all the same."""
        return MatchingRule.of(self.table).is_asked or bool(self.sums.matching)

    @property
    def counties(self) -> list[County]:
        blocks = groupby(self.lines, key=lambda line: (line.county_code, line.county_name))
        found = [(name, list(lines)) for (_, name), lines in blocks]
        return [County(numeral(place), name, lines, Sums.of(lines)) for place, (name, lines) in enumerate(found, 1)]

    @property
    def rows(self) -> list[Row]:
        """One row per county, its sites within."""
        return [
            Row(
                county.numeral,
                county.name,
                self.cells(county.sums),
                lines=[Row(str(line.position), line.site_name, self.cells(line), line) for line in county.lines],
            )
            for county in self.counties
        ]

    @property
    def total(self) -> list[str]:
        return self.cells(self.sums)

    def cells(self, amounts: Amounts) -> list[str]:
        """专项 | 小计 | 县级 | 乡镇（街道） | 村（社区） | 社会 | 合计 | 配套比例, or the first alone"""
        if not self.has_matching:
            return [self.amount(amounts.province)]
        columns = [
            amounts.province,
            amounts.matching,
            amounts.county,
            amounts.township,
            amounts.village,
            amounts.social,
            amounts.total,
        ]
        return [*map(self.amount, columns), percent(amounts.ratio)]

    def amount(self, value) -> str:
        return wan(value) if self.unit == Unit.WAN else yuan(value, with_fen=self.has_fen)

    @property
    def blocked(self) -> list[AllocationLine]:
        return [line for line in self.lines if line.is_below_floor]

    @property
    def noted(self) -> list[AllocationLine]:
        return [line for line in self.lines if line.is_below_ratio and not line.is_below_floor]

    @property
    def title(self) -> str:
        return self.table.title + (f"（{self.table.version_label}）" if self.table.number > 1 else "")

    @property
    def document_line(self) -> str:
        """文号 and 下达日期 of an issued table."""
        if not self.table.is_issued:
            return "编制中，尚未下达"
        return f"{self.table.document_number}　{day_words(self.table.issued_on)}"

    @property
    def notes(self) -> list[str]:
        notes = [NOTE.format(fund=self.table.fund_name)] if self.has_matching else []
        if words := decision_words(self.table):
            notes.append(words)
        if self.is_rounded:
            notes.append("因四舍五入，分项之和与合计可能略有差异。")
        if self.is_part:
            notes.append("本表只列本辖区的部分，序号与全表一致。")
        return [f"{place}. {note}" for place, note in enumerate(notes, 1)] if len(notes) > 1 else notes
