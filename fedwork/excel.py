"""The only writer of Excel workbooks. A sheet is described by data; text is written as text, so nothing in it can act.

`write_form` makes an official form: merged title, unit line, heading of one or two rows, group rows with subtotals, a
total row, notes and a signature line, ready to print. `write_list` makes a plain list, `write_template` an upload
template. All return the bytes of an .xlsx file, and the same input gives the same bytes.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from itertools import groupby
from math import ceil
from typing import Any

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from fedwork.excel_package import EPOCH, finish
from fedwork.formulas import evaluate

THIN = Border(*[Side(style="thin")] * 4)
HEADING_FILL = PatternFill("solid", fgColor="EEF1F4")
# Named, not embedded: the office's PC has them.
ANNEX_FONT = Font(name="黑体", size=16)
TITLE_FONT = Font(name="方正小标宋简体", size=18, bold=True)
BODY_FONT = Font(name="仿宋", size=11)
BOLD_FONT = Font(name="仿宋", size=11, bold=True)
LINE_HEIGHT = 17
LONGEST_TEXT = 32_767
TEMPLATE_ROWS = 1_000


class Kind(Enum):
    """What a column holds: horizontal alignment and number format."""

    TEXT = ("left", "General")
    CENTRE = ("center", "General")
    CODE = ("left", "@")
    NUMBER = ("right", "General")
    DATE = ("center", "yyyy-mm-dd")
    TIME = ("center", "yyyy-mm-dd hh:mm")


@dataclass(frozen=True)
class Column:
    """One column: (heading, getter, kind, width).

    `formula` makes the cell an Excel formula over other columns of its row, named by their `key`: "{province}+{matching}",
    "SUM({county}:{social})", "{matching}/{province}". The getter then gives the value it must come to. In group and
    total rows a NUMBER column is the sum of the rows below, unless it has a formula of its own.
    """

    heading: str
    getter: Callable[[Any], Any]
    kind: Kind = Kind.TEXT
    width: float = 12
    key: str = ""
    span: str = ""  # heading above; neighbours with the same one share it
    number_format: str = ""
    formula: str = ""


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
    """An official form. `above` is the line between title and heading: left, middle, right."""

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
    made_at: datetime = EPOCH


class FormulaMismatchError(AssertionError):
    """A formula of the sheet does not come to the value that the database gives."""


def text(value: str) -> str:
    """`value` as an .xlsx file can hold it."""
    return ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_TEXT]


def put(cell: Cell, value: Any) -> Cell:
    """Write a value; a string stays a text cell even when it begins with = + - or @."""
    if isinstance(value, str):
        cell.value = text(value)
        cell.data_type = "s"
    elif isinstance(value, datetime) and timezone.is_aware(value):
        cell.value = timezone.make_naive(value)
    elif value is not None:
        cell.value = value
    return cell


def dress(cell: Cell, *, font: Font = BODY_FONT, align: str = "center", border: Border | None = THIN) -> Cell:
    cell.font = font
    cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)
    if border:
        cell.border = border
    return cell


def lines_needed(value: Any, width: float) -> int:
    """In how many lines a text stands in a column `width` characters wide; a Chinese character takes two."""
    if not isinstance(value, str) or value.startswith("="):
        return 1
    return max(1, ceil(sum(2 if ord(character) > 0x2E7F else 1 for character in value) / (width - 1)))


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
        group_rows = []
        for group in self.form.groups:
            group_rows.append(self.row)
            first, last = self.row + 1, self.row + len(group.rows)
            self.write_line(group.line, [f"{{letter}}{first}:{{letter}}{last}"])
            for row in group.rows:
                self.write_row(row)
        self.write_line(self.form.total, [f"{{letter}}{row}" for row in group_rows])
        self.check()

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


def set_up_page(sheet: Worksheet, heading: tuple[int, int], *, landscape: bool) -> None:
    """A4, one page wide, heading rows on every page, page numbers in the footer, heading frozen on screen."""
    sheet.freeze_panes = f"A{heading[1] + 1}"
    sheet.print_title_rows = f"{heading[0]}:{heading[1]}"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top, margins.bottom, margins.header, margins.footer = 0.6, 0.7, 0.3, 0.35
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"


def write_list(columns: Sequence[Column], rows: Iterable[Any], *, title: str) -> bytes:
    """A plain list: heading row, then one row per object. `title` names the tab."""
    book = Workbook()
    sheet = book.active
    sheet.title = _tab(title)
    _write_headings(sheet, [column.heading for column in columns], [column.width for column in columns])
    set_up_page(sheet, (1, 1), landscape=len(columns) > 8)
    for number, row in enumerate(rows, 2):
        for place, column in enumerate(columns, 1):
            align, number_format = column.kind.value
            cell = put(sheet.cell(number, place), column.getter(row))
            cell.number_format = column.number_format or number_format
            cell.alignment = Alignment(horizontal=align, vertical="center")
    return finish(book)


def write_template(
    headings: Sequence[str],
    *,
    rows: Iterable[Sequence[Any]] = (),
    numbers: Sequence[str] = (),
    choices: Mapping[str, Sequence[str]] | None = None,
    note_rows: Sequence[str] = (),
    title: str = "填报",
) -> bytes:
    """An upload template: headings in row 1, then prefilled `rows`. All columns are text, so that codes keep their
    zeros, except those named in `numbers`; `choices` become drop-downs, `note_rows` a second tab 填写说明."""
    book = Workbook()
    sheet = book.active
    sheet.title = _tab(title)
    _write_headings(sheet, headings, [max(12, 2 * len(heading) + 4) for heading in headings])
    for place, heading in enumerate(headings, 1):
        sheet.column_dimensions[get_column_letter(place)].number_format = "General" if heading in numbers else "@"
    for number, row in enumerate(rows, 2):
        for place, (heading, value) in enumerate(zip(headings, row, strict=True), 1):
            put(sheet.cell(number, place), value).number_format = "General" if heading in numbers else "@"
    _write_notes(book, note_rows)
    _add_choices(book, sheet, headings, choices or {})
    sheet.freeze_panes = "A2"
    return finish(book)


def _tab(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", "", text(title))[:31] or "表"


def _write_headings(sheet: Worksheet, headings: Sequence[str], widths: Sequence[float]) -> None:
    for place, (heading, width) in enumerate(zip(headings, widths, strict=True), 1):
        cell = dress(put(sheet.cell(1, place), heading), font=Font(bold=True))
        cell.fill = HEADING_FILL
        sheet.column_dimensions[get_column_letter(place)].width = width


def _write_notes(book: Workbook, note_rows: Sequence[str]) -> None:
    if not note_rows:
        return
    sheet = book.create_sheet("填写说明")
    sheet.column_dimensions["A"].width = 90
    for number, note in enumerate(note_rows, 1):
        put(sheet.cell(number, 1), note).alignment = Alignment(wrap_text=True, vertical="top")


def _add_choices(book: Workbook, sheet: Worksheet, headings: Sequence[str], choices: Mapping) -> None:
    """Drop-downs read their entries from a hidden tab: a list inside the rule may have 255 characters only."""
    hidden = book.create_sheet("选项") if choices else None
    for place, (heading, options) in enumerate(choices.items(), 1):
        letter = get_column_letter(place)
        for number, option in enumerate(options, 1):
            put(hidden.cell(number, place), option)
        rule = DataValidation(
            type="list", formula1=f"选项!${letter}$1:${letter}${max(1, len(options))}", allow_blank=True
        )
        rule.errorTitle, rule.error, rule.showErrorMessage = (
            "请从列表中选择",
            f"“{heading}”只能从下拉列表中选择。",
            True,
        )
        target = get_column_letter(headings.index(heading) + 1)
        rule.add(f"{target}2:{target}{TEMPLATE_ROWS}")
        sheet.add_data_validation(rule)
    if hidden:
        hidden.sheet_state = "hidden"
