"""Forms of several tables stacked on one sheet, described cell by cell: the same description serves page and workbook.

Paper("月报", widths=[28, 10, 10], title="项目进度月报表", blocks=[
    Block([[head("工作内容"), head("上期末"), head("本期末")]], caption="一、工作进度"),
])
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from fedwork.excel.cells import Kind
from fedwork.excel.package import EPOCH
from fedwork.numbers import grouped_number


@dataclass(frozen=True)
class Box:
    """A cell of a block, `across` columns wide and `down` rows high.

    `name` makes it known to the formulas of the whole sheet: "{last}+{now}", "SUM({first}:{last})". A formula stands
    for `value`, which it must come to; without a value the cell stays empty, to be filled in by hand. `lines` is the
    least height, in lines of text. Shade is never the only sign: words say the same.
    """

    value: Any = ""
    kind: Kind = Kind.TEXT
    across: int = 1
    down: int = 1
    is_heading: bool = False
    is_bold: bool = False
    name: str = ""
    formula: str = ""
    number_format: str = ""
    lines: int = 1
    is_shaded: bool = False

    @property
    def align(self) -> str:
        return "center" if self.is_heading else self.kind.value[0]

    @property
    def shown(self) -> str:
        """As the page shows it: numbers by the few formats that our forms use."""
        if not isinstance(self.value, Decimal | int):
            return "" if self.value is None else str(self.value)
        if self.number_format == "General":
            return grouped_number(Decimal(self.value))
        if self.number_format.endswith("%"):
            places = len(self.number_format.partition(".")[2]) - 1
            return f"{100 * self.value:.{max(0, places)}f}%"
        places = len(self.number_format.partition(".")[2])
        return f"{self.value:,.{places}f}"


def head(words: str, **options) -> Box:
    return Box(words, is_heading=True, **options)


@dataclass(frozen=True)
class Block:
    """A bordered table. Rows list their boxes from left to right; what a higher box already covers is left out.

    The first `heading_rows` rows are its heading.
    """

    rows: Sequence[Sequence[Box]]
    caption: str = ""
    heading_rows: int = 1

    @property
    def heading(self) -> Sequence[Sequence[Box]]:
        return self.rows[: self.heading_rows]

    @property
    def body(self) -> Sequence[Sequence[Box]]:
        return self.rows[self.heading_rows :]


@dataclass(frozen=True)
class Paper:
    """A form on one sheet; `widths` are those of its columns, in characters. `above` are the lines between title and
    first block: the parts of each stand side by side. `repeats` prints the first block's heading on every page;
    otherwise the whole form goes on one page. `size` is that of the letters in the blocks, in points: small ones let a
    table of many columns keep narrow columns, so that it isn't printed smaller still."""

    tab: str
    title: str
    widths: Sequence[float]
    blocks: Sequence[Block]
    annex: str = ""
    above: Sequence[Sequence[str]] = ()
    notes: Sequence[str] = ()
    signature: Sequence[str] = ()
    landscape: bool = False
    repeats: bool = False
    size: float = 11
    made_at: datetime = EPOCH
