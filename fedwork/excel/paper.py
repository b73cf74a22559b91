"""Writes a Paper: from top to bottom, its rows as text (rows.py) into the sheet that openpyxl makes around them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange

from fedwork.excel.blocks import Block, Box, Paper
from fedwork.excel.cells import ANNEX_FONT, BODY_FONT, BOLD_FONT, TITLE_FONT, dress, set_up_page, text
from fedwork.excel.form import LINE_HEIGHT, FormulaMismatchError, lines_needed
from fedwork.excel.formulas import evaluate
from fedwork.excel.package import finish
from fedwork.excel.rows import cell_xml, filled, formula_xml, row_xml

SHADE = PatternFill("solid", fgColor="E7E6E6")
NUMBER = Decimal | int


def write_paper(paper: Paper) -> bytes:
    """Raises FormulaMismatchError when a formula and the value it stands for differ."""
    return PaperWriter(paper).write()


@dataclass
class PaperWriter:
    """`row` is the next free row. `cells` by row and column: what stands in the file, or (place, style) of a formula, which
    is written when every name has its place."""

    form: Paper
    row: int = 1
    cells: dict[int, dict[int, str | tuple[str, int]]] = field(default_factory=lambda: defaultdict(dict))
    heights: dict[int, float] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    pending: dict[str, Box] = field(default_factory=dict)
    values: dict[str, Decimal] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    looks: dict[tuple, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scale = BODY_FONT.size / self.form.size
        self.body, self.bold = (
            Font(name=font.name, size=self.form.size, bold=font.bold) for font in [BODY_FONT, BOLD_FONT]
        )

    def write(self) -> bytes:
        book = Workbook()
        self.sheet = book.active
        self.sheet.title = text(self.form.tab)[:31]
        for number, width in enumerate(self.form.widths, 1):
            self.sheet.column_dimensions[get_column_letter(number)].width = width
        self.write_top()
        headings = [self.write_block(block) for block in self.form.blocks]
        self.write_foot()
        heading, margin = headings[0] if self.form.repeats else None, 0.5 if self.scale == 1 else 0.3
        set_up_page(self.sheet, heading, landscape=self.form.landscape, side_margin=margin)
        extent = f"A1:{get_column_letter(max(map(max, self.cells.values())))}{self.row - 1}"
        rows = "".join(self.rows()).encode()
        return finish(book, made_at=self.form.made_at, sheet=lambda content: filled(content, rows, extent))

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
            cell = dress(self.loose_cell(), font=font, align="right" if at_right else align, border=None)
            self.cells[self.row][first] = cell_xml(f"{get_column_letter(first)}{self.row}", cell.style_id, words)
            self.merge(self.row, first, self.row, last)
            widest = max(widest, lines_needed(words, self.width(first, last)))
        self.heights[self.row] = max(height, widest * LINE_HEIGHT)
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
        top = self.row
        for number, boxes in enumerate(block.rows):
            self.write_row(boxes, is_heading=number < block.heading_rows)
        return top, top + block.heading_rows - 1

    def write_row(self, boxes: Sequence[Box], *, is_heading: bool) -> None:
        """Each box stands in the first column that no box of this row or of a higher one stands in."""
        column, lines, taken = 1, 1, self.cells[self.row]
        for box in boxes:
            while column in taken:
                column += 1
            self.write_box(box, column)
            lines = max(lines, box.lines)
            if box.down == 1 and isinstance(box.value, str):
                width = self.width(column, column + box.across - 1) * self.scale
                lines = max(lines, lines_needed(box.value, width))
        height = lines * LINE_HEIGHT / self.scale
        self.heights[self.row] = height * (1.2 if is_heading and lines == 1 else 1)
        self.row += 1

    def write_box(self, box: Box, left: int) -> None:
        style, place = self.style_of(box), f"{get_column_letter(left)}{self.row}"
        if box.across > 1 or box.down > 1:
            self.spread(box, left, style)
        if box.name:
            self.places[box.name] = place
        if box.formula and isinstance(box.value, NUMBER):
            self.pending[place] = box
            self.cells[self.row][left] = place, style
            return
        self.cells[self.row][left] = cell_xml(place, style, box.value)
        if isinstance(box.value, NUMBER):
            self.values[place] = Decimal(box.value)
        elif box.value:
            self.words[place] = box.value

    def spread(self, box: Box, left: int, style: int) -> None:
        """The frame of a wide or high box; what it says stands in its first cell."""
        right, bottom = left + box.across - 1, self.row + box.down - 1
        self.merge(self.row, left, bottom, right)
        for row in range(self.row, bottom + 1):
            for column in range(left, right + 1):
                self.cells[row][column] = cell_xml(f"{get_column_letter(column)}{row}", style, None)

    def style_of(self, box: Box) -> int:
        """Most cells look like one before."""
        number_format = box.number_format or box.kind.value[1]
        look = box.is_heading or box.is_bold, box.align, box.is_shaded, box.lines > 1, number_format
        if look not in self.looks:
            self.looks[look] = self.new_style(*look)
        return self.looks[look]

    def new_style(self, is_bold: bool, align: str, is_shaded: bool, is_long: bool, number_format: str) -> int:
        cell = dress(self.loose_cell(), font=self.bold if is_bold else self.body, align=align)
        if is_long:
            cell.alignment = Alignment(horizontal=align, vertical="top", wrap_text=True)
        if is_shaded:
            cell.fill = SHADE
        cell.number_format = number_format
        return cell.style_id

    def loose_cell(self) -> Cell:
        """Of the sheet, so that its style is the workbook's; not on it."""
        return Cell(self.sheet, 1, 1)

    def rows(self) -> Iterator[str]:
        """Last of all, when every name has its place."""
        numbers = self.values | {place: Decimal(box.value) for place, box in self.pending.items()}
        for number, cells in sorted(self.cells.items()):
            parts = [
                cell if isinstance(cell, str) else self.formula(*cell, numbers) for _, cell in sorted(cells.items())
            ]
            yield row_xml(number, "".join(parts), self.heights[number])

    def formula(self, place: str, style: int, numbers: Mapping[str, Decimal]) -> str:
        """Evaluated on the numbers of the sheet, it comes to its box's value."""
        formula = self.pending[place].formula.format_map(self.places)
        found = evaluate(place, {place: formula}, numbers, self.words)
        if found != numbers[place]:
            raise FormulaMismatchError(f"{place} {formula} 得 {found}，应为 {numbers[place]}")
        return formula_xml(place, style, formula, found)
