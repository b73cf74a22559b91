"""Forms of several tables stacked on one sheet, described cell by cell: the same description serves page and workbook.

Paper("月报", widths=[28, 10, 10], title="项目进度月报表", blocks=[
    Block([[head("工作内容"), head("上期末"), head("本期末")]], caption="一、工作进度"),
])
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange

from fedwork.excel.cells import ANNEX_FONT, BODY_FONT, BOLD_FONT, TITLE_FONT, Kind, dress, put, set_up_page, text
from fedwork.excel.form import LINE_HEIGHT, FormulaMismatchError, lines_needed
from fedwork.excel.formulas import evaluate
from fedwork.excel.package import EPOCH, finish
from fedwork.numbers import grouped_number

FONTS = (BODY_FONT, BOLD_FONT)
SHADE = PatternFill("solid", fgColor="E7E6E6")


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


def write_paper(paper: Paper) -> bytes:
    """Raises FormulaMismatchError when a formula and the value it stands for differ."""
    return PaperWriter(paper).write()


@dataclass
class PaperWriter:
    """Writes from top to bottom; `row` is the next free row. Formulas come last, when every name has its place."""

    form: Paper
    row: int = 1
    places: dict[str, str] = field(default_factory=dict)
    pending: list[tuple[str, Box]] = field(default_factory=list)
    values: dict[str, Decimal] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    looks: dict[tuple, StyleArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scale = BODY_FONT.size / self.form.size
        self.body, self.bold = (Font(name=font.name, size=self.form.size, bold=font.bold) for font in FONTS)

    def write(self) -> bytes:
        book = Workbook()
        self.sheet = book.active
        self.sheet.title = text(self.form.tab)[:31]
        self.letters = [get_column_letter(number) for number in range(1, len(self.form.widths) + 1)]
        for letter, width in zip(self.letters, self.form.widths, strict=True):
            self.sheet.column_dimensions[letter].width = width
        self.write_top()
        headings = [self.write_block(block) for block in self.form.blocks]
        self.write_foot()
        results = self.write_formulas()
        heading, margin = headings[0] if self.form.repeats else None, 0.5 if self.scale == 1 else 0.3
        set_up_page(self.sheet, heading, landscape=self.form.landscape, side_margin=margin)
        return finish(book, made_at=self.form.made_at, cached=results)

    def write_top(self) -> None:
        if self.form.annex:
            self.write_across([self.form.annex], font=ANNEX_FONT, height=26)
        self.write_across([self.form.title], font=TITLE_FONT, align="center", height=36)
        for parts in self.form.above:
            self.write_across(parts, height=22)

    def write_foot(self) -> None:
        for parts in self.form.signature:
            self.write_across(parts, height=26)
        for note in self.form.notes:
            self.write_across([note])

    def write_across(
        self, parts: Sequence[str], *, font: Font = BODY_FONT, align: str = "left", height: float = 0
    ) -> None:
        """The parts side by side over the full width, the last one of several at the right."""
        widest = 0
        for place, (words, (first, last)) in enumerate(zip(parts, self.shares(len(parts)), strict=True)):
            at_right = place and place == len(parts) - 1
            cell = self.sheet.cell(self.row, first)
            dress(put(cell, words), font=font, align="right" if at_right else align, border=None)
            self.merge(self.row, first, self.row, last)
            widest = max(widest, lines_needed(words, self.width(first, last)))
        self.sheet.row_dimensions[self.row].height = max(height, widest * LINE_HEIGHT)
        self.row += 1

    def shares(self, number: int) -> Iterator[tuple[int, int]]:
        """First and last column of each of `number` parts, all about as wide."""
        ends = list(accumulate(self.form.widths))
        first = 1
        for part in range(1, number):
            wanted = ends[-1] * part / number
            last = min(range(first, len(ends) - number + part + 1), key=lambda place: abs(ends[place - 1] - wanted))
            yield first, last
            first = last + 1
        yield first, len(ends)

    def width(self, first: int, last: int) -> float:
        return sum(self.form.widths[first - 1 : last])

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        # openpyxl's own merge_cells compares with every merge before it, which takes a minute with a thousand sites.
        if (top, left) != (bottom, right):
            self.sheet.merged_cells.ranges.add(CellRange(None, left, top, right, bottom))

    def write_block(self, block: Block) -> tuple[int, int]:
        """Returns the first and the last row of its heading."""
        if block.caption:
            self.write_across([block.caption], font=BOLD_FONT, height=22)
        top, covered = self.row, set()
        for number, boxes in enumerate(block.rows):
            self.write_row(boxes, covered, is_heading=number < block.heading_rows)
        return top, top + block.heading_rows - 1

    def write_row(self, boxes: Sequence[Box], covered: set[tuple[int, int]], *, is_heading: bool) -> None:
        """`covered` are the cells of this block, as (row, column), that some box stands in."""
        column, lines = 1, 1
        for box in boxes:
            while (self.row, column) in covered:
                column += 1
            right, bottom = column + box.across - 1, self.row + box.down - 1
            self.write_box(box, column, right, bottom)
            covered.update((row, place) for row in range(self.row, bottom + 1) for place in range(column, right + 1))
            needed = lines_needed(box.value, self.width(column, right) * self.scale) if box.down == 1 else 1
            lines = max(lines, box.lines, needed)
        height = lines * LINE_HEIGHT / self.scale
        self.sheet.row_dimensions[self.row].height = height * (1.2 if is_heading and lines == 1 else 1)
        self.row += 1

    def write_box(self, box: Box, left: int, right: int, bottom: int) -> None:
        for row in self.sheet.iter_rows(self.row, bottom, left, right):
            for cell in row:
                self.dress(cell, box)
        cell = self.sheet.cell(self.row, left)
        if box.lines > 1:
            cell.alignment = Alignment(horizontal=box.align, vertical="top", wrap_text=True)
        cell.number_format = box.number_format or box.kind.value[1]
        self.merge(self.row, left, bottom, right)
        if box.name:
            self.places[box.name] = cell.coordinate
        if box.formula and isinstance(box.value, Decimal | int):
            self.pending.append((cell.coordinate, box))
            return
        put(cell, box.value)
        if isinstance(box.value, Decimal | int):
            self.values[cell.coordinate] = Decimal(box.value)
        elif box.value:
            self.words[cell.coordinate] = box.value

    def dress(self, cell: Cell, box: Box) -> None:
        """Most cells look like one before: to take its style over costs a tenth of making it anew."""
        look = box.is_heading or box.is_bold, box.align, box.is_shaded
        if look in self.looks:
            cell._style = copy(self.looks[look])
            return
        dress(cell, font=self.bold if look[0] else self.body, align=box.align)
        if box.is_shaded:
            cell.fill = SHADE
        self.looks[look] = copy(cell._style)

    def write_formulas(self) -> Mapping[str, Decimal]:
        """The results by cell; every formula, evaluated on the numbers of the sheet, comes to its box's value."""
        results = {place: Decimal(box.value) for place, box in self.pending}
        numbers = self.values | results
        for place, box in self.pending:
            formula = "=" + box.formula.format_map(self.places)
            self.sheet[place].value = formula
            found = evaluate(place, {place: formula}, numbers, self.words)
            if found != results[place]:
                raise FormulaMismatchError(f"{place} {formula} 得 {found}，应为 {results[place]}")
        return results
