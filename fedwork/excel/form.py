"""Official forms: merged title, unit line, heading of one or two rows, group rows with subtotals, a total row, notes
and a signature line, ready to print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from fedwork.excel.cells import (
    ANNEX_FONT,
    BODY_FONT,
    BOLD_FONT,
    TITLE_FONT,
    Column,
    Kind,
    dress,
    put,
    set_up_page,
    text,
)
from fedwork.excel.formulas import evaluate
from fedwork.excel.package import EPOCH, finish

LINE_HEIGHT = 17


@dataclass(frozen=True)
class Line:
    """A group or total row: words by column key, and the object on which the getters of the numbers are called."""

    words: Mapping[str, str]
    sums: Any


@dataclass(frozen=True)
class Group:
    line: Line
    rows: Sequence[Any]


@dataclass(frozen=True)
class Form:
    """An official form. `above` is the line between title and heading: left, middle, right; the 合计 stands last, or
    first of all rows where the office wants it so."""

    tab: str
    title: str
    columns: Sequence[Column]
    groups: Sequence[Group]
    total: Line
    annex: str = ""
    above: tuple[str, str, str] = ("", "", "")
    notes: Sequence[str] = ()
    signature: str = ""
    landscape: bool = True
    has_total_first: bool = False
    made_at: datetime = EPOCH


class FormulaMismatchError(AssertionError):
    """A formula of the sheet does not come to the value that the database gives."""


def lines_needed(value: Any, width: float) -> int:
    """In how many lines a text stands in a column `width` characters wide; a Chinese character takes two."""
    if not isinstance(value, str) or value.startswith("="):
        return 1
    return sum(max(1, ceil(_length(line) / (width - 1))) for line in value.split("\n"))


def _length(line: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in line)


def write_form(form: Form) -> bytes:
    """Raises FormulaMismatchError when a formula and the value it stands for differ."""
    return FormWriter(form).write()


@dataclass
class FormWriter:
    """Writes one form from top to bottom; `row` is the next free row."""

    form: Form
    row: int = 1
    values: dict[str, Decimal] = field(default_factory=dict)  # every number on the sheet, formulas evaluated
    formulas: dict[str, Decimal] = field(default_factory=dict)

    def write(self) -> bytes:
        book = Workbook()
        self.sheet = book.active
        self.sheet.title = text(self.form.tab)[:31]
        self.letters = [get_column_letter(number) for number in range(1, len(self.form.columns) + 1)]
        self.write_top()
        first_heading = self.row
        self.write_heading()
        set_up_page(self.sheet, (first_heading, self.row - 1), landscape=self.form.landscape)
        self.write_body()
        self.write_foot()
        return finish(book, made_at=self.form.made_at, cached=self.formulas)

    def write_top(self) -> None:
        if self.form.annex:
            self.write_across(self.form.annex, font=ANNEX_FONT, align="left", height=26)
        self.write_across(self.form.title, font=TITLE_FONT, height=36)
        left, middle, right = self.form.above
        third = max(1, len(self.letters) // 3)
        for words, first, last, align in [
            (left, 0, third - 1, "left"),
            (middle, third, -third - 1, "center"),
            (right, -third, -1, "right"),
        ]:
            cells = f"{self.letters[first]}{self.row}:{self.letters[last]}{self.row}"
            self.sheet.merge_cells(cells)
            dress(put(self.sheet[cells.split(":")[0]], words), align=align, border=None)
        self.sheet.row_dimensions[self.row].height = 22
        self.row += 1

    def write_across(self, words: str, *, font: Font = BODY_FONT, align: str = "center", height: float = 20) -> None:
        self.sheet.merge_cells(f"A{self.row}:{self.letters[-1]}{self.row}")
        dress(put(self.sheet[f"A{self.row}"], words), font=font, align=align, border=None)
        self.sheet.row_dimensions[self.row].height = height
        self.row += 1

    def write_heading(self) -> None:
        columns = list(zip(self.letters, self.form.columns, strict=True))
        top, height = self.row, 2 if any(column.span for _, column in columns) else 1
        for span, members in groupby(columns, key=lambda pair: pair[1].span):
            members = list(members)
            if span:
                self.write_heading_cell(span, members[0][0], members[-1][0], top, top)
            for letter, column in members:
                self.write_heading_cell(column.heading, letter, letter, top + bool(span), top + height - 1)
        for letter, column in columns:
            self.sheet.column_dimensions[letter].width = column.width
        for row in range(top, top + height):
            self.sheet.row_dimensions[row].height = 1.3 * LINE_HEIGHT
        self.row += height

    def write_heading_cell(self, words: str, left: str, right: str, top: int, bottom: int) -> None:
        for row in self.sheet[f"{left}{top}:{right}{bottom}"]:
            for cell in row:
                dress(cell, font=BOLD_FONT)
        put(self.sheet[f"{left}{top}"], words)
        if (left, top) != (right, bottom):
            self.sheet.merge_cells(f"{left}{top}:{right}{bottom}")

    def write_body(self) -> None:
        first = self.row + self.form.has_total_first
        sizes = [len(group.rows) + 1 for group in self.form.groups]
        group_rows = [first + sum(sizes[:place]) for place in range(len(sizes))]
        if self.form.has_total_first:
            self.write_total(group_rows)
        for group in self.form.groups:
            self.write_line(group.line, [f"{{letter}}{self.row + 1}:{{letter}}{self.row + len(group.rows)}"])
            for row in group.rows:
                self.write_row(row)
        if not self.form.has_total_first:
            self.write_total(group_rows)
        self.check()

    def write_total(self, group_rows: list[int]) -> None:
        self.write_line(self.form.total, [f"{{letter}}{row}" for row in group_rows])

    def write_row(self, row: Any) -> None:
        for letter, column in zip(self.letters, self.form.columns, strict=True):
            self.write_cell(letter, column, column.getter(row), column.formula, font=BODY_FONT)
        self.end_row()

    def end_row(self) -> None:
        """As high as its longest text needs: Excel does not do it by itself on opening."""
        cells = zip(self.sheet[self.row], self.form.columns, strict=True)
        lines = max(lines_needed(cell.value, column.width) for cell, column in cells)
        self.sheet.row_dimensions[self.row].height = lines * LINE_HEIGHT
        self.row += 1

    def write_line(self, line: Line, parts: list[str]) -> None:
        """A group or total row; `parts` are the cells that its sums add up, with {letter} for the column."""
        for letter, column in zip(self.letters, self.form.columns, strict=True):
            if column.kind is Kind.NUMBER and column.key not in line.words:
                formula = column.formula or f"SUM({','.join(parts).replace('{letter}', letter)})"
                self.write_cell(letter, column, column.getter(line.sums), formula, font=BOLD_FONT)
            else:
                self.write_cell(letter, column, line.words.get(column.key, ""), "", font=BOLD_FONT)
        self.end_row()

    def write_cell(self, letter: str, column: Column, value: Any, formula: str, *, font: Font) -> None:
        align, number_format = column.kind.value
        cell = dress(self.sheet[f"{letter}{self.row}"], font=font, align=align)
        cell.number_format = column.number_format or number_format
        if not isinstance(value, Decimal | int):
            put(cell, value)
        elif formula:
            cell.value = "=" + formula.format_map(self.references())
            self.formulas[cell.coordinate] = Decimal(value)
        else:
            put(cell, value)
            self.values[cell.coordinate] = Decimal(value)

    def references(self) -> dict[str, str]:
        columns = zip(self.letters, self.form.columns, strict=True)
        return {column.key: f"{letter}{self.row}" for letter, column in columns if column.key}

    def check(self) -> None:
        """Every formula, evaluated on the numbers of the sheet, comes to what its getter gave."""
        cells = {name: self.sheet[name].value for name in self.formulas}
        for name, expected in self.formulas.items():
            found = evaluate(name, cells, self.values)
            if found != expected:
                raise FormulaMismatchError(f"{name} {cells[name]} 得 {found}，应为 {expected}")

    def write_foot(self) -> None:
        for note in self.form.notes:
            self.write_across(note, align="left")
        if self.form.signature:
            self.row += 1
            self.write_across(self.form.signature, align="left", height=26)
