"""Tables that go out, are filled in and come back: open cells among locked ones, and a hidden tab that says what is what."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from fedwork.excel.cells import HEADING_FILL, THIN, put, set_up_page
from fedwork.excel.form import LINE_HEIGHT, lines_needed
from fedwork.excel.package import finish

HEADING_ROWS = (3, 4)  # below title and note
RECORDS = "模板信息"
GREY_FILL = PatternFill("solid", fgColor="EEF1F4")
RED_FILL = PatternFill("solid", fgColor="F9D0CD")
GREY_FONT = Font(color="57606A")
YES_NO = '"是,否"'


class Answer(Enum):
    """What is asked for in a column; only told and warned of here, decided when the table comes back."""

    NONE = "none"  # shown, not asked
    YES_NO = "yes_no"
    PERCENT = "percent"
    NUMBER = "number"
    DAY = "day"
    TEXT = "text"


@dataclass(frozen=True)
class EntryColumn:
    """`span` is the heading above; neighbours with the same one share it."""

    heading: str
    answer: Answer = Answer.NONE
    width: float = 12
    span: str = ""


@dataclass(frozen=True)
class EntryCell:
    """`mark` is a sentence on what is wrong with the value: the cell turns red and carries it as a comment."""

    value: Any = None
    is_open: bool = False
    mark: str = ""


@dataclass(frozen=True)
class EntryTable:
    tab: str
    title: str
    note: str
    columns: Sequence[EntryColumn]
    rows: Sequence[Sequence[EntryCell]]


def write_entry_tables(tables: Sequence[EntryTable], *, records: Sequence[Sequence[Any]]) -> bytes:
    """One tab a table, protected without a password: a guard against slips, not against people. `records` go to a
    hidden tab."""
    book = Workbook()
    book.remove(book.active)
    for table in tables:
        _write_table(book.create_sheet(table.tab), table)
    hidden = book.create_sheet(RECORDS)
    for number, record in enumerate(records, 1):
        for place, value in enumerate(record, 1):
            put(hidden.cell(number, place), value)
    hidden.sheet_state = "veryHidden"
    return finish(book)


def _write_table(sheet: Worksheet, table: EntryTable) -> None:
    last, top = get_column_letter(len(table.columns)), HEADING_ROWS[1] + 1
    for row, words, font, height in [(1, table.title, Font(size=16, bold=True), 28), (2, table.note, GREY_FONT, 22)]:
        put(sheet[f"A{row}"], words).font = font
        sheet.row_dimensions[row].height = height
    _write_headings(sheet, table.columns)
    for number, row in enumerate(table.rows, top):
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True), 1):
            _write_cell(sheet, number, place, column.answer, cell)
        _set_height(sheet, number, table.columns, row)
    for place, column in enumerate(table.columns, 1):
        _guide(sheet, get_column_letter(place), column.answer, top, top + len(table.rows) - 1)
    set_up_page(sheet, HEADING_ROWS, landscape=True)
    # As wide as it is: on one page nobody could read it. Each page begins with the names.
    sheet.sheet_properties.pageSetUpPr.fitToPage = False
    sheet.print_title_cols, sheet.print_area = "A:B", f"A1:{last}{top + len(table.rows) - 1}"
    sheet.freeze_panes = f"C{top}"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False  # not forbidden: columns may be widened


def _write_headings(sheet: Worksheet, columns: Sequence[EntryColumn]) -> None:
    upper, lower = HEADING_ROWS
    sheet.row_dimensions[upper].height, sheet.row_dimensions[lower].height = 36, 22
    for place, column in enumerate(columns, 1):
        for row, words in [(upper, column.span or column.heading), (lower, column.heading if column.span else "")]:
            cell = sheet.cell(row, place)
            cell.font, cell.fill, cell.border = Font(bold=row == upper), HEADING_FILL, THIN
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            if row == lower or not column.span or columns[place - 2].span != column.span:
                put(cell, words or None)
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    place = 1
    for span, members in groupby(columns, key=lambda column: column.span or column):
        wide = len(list(members))
        sheet.merge_cells(
            start_row=upper,
            end_row=upper if isinstance(span, str) else lower,
            start_column=place,
            end_column=place + wide - 1,
        )
        place += wide


def _set_height(sheet: Worksheet, number: int, columns: Sequence[EntryColumn], row: Sequence[EntryCell]) -> None:
    """As high as its longest text needs, within reason: Excel does not do it by itself on opening."""
    lines = max(lines_needed(cell.value, column.width) for column, cell in zip(columns, row, strict=True))
    sheet.row_dimensions[number].height = LINE_HEIGHT * min(max(lines, 2), 8)


def _write_cell(sheet: Worksheet, row: int, place: int, answer: Answer, entry: EntryCell) -> None:
    cell = put(sheet.cell(row, place), entry.value)
    cell.border = THIN
    is_wide = answer == Answer.TEXT or (isinstance(entry.value, str) and place <= 2)
    cell.alignment = Alignment(horizontal="left" if is_wide else "center", vertical="center", wrap_text=True)
    cell.number_format = {Answer.DAY: "yyyy-mm-dd", Answer.TEXT: "@"}.get(answer, "General")
    if entry.is_open:
        cell.protection = Protection(locked=False)
    else:
        cell.fill, cell.font = GREY_FILL, GREY_FONT
    if place == 1:
        cell.number_format = "@"  # a code keeps its zeros
    if entry.mark:
        cell.fill = RED_FILL
        cell.comment = Comment(entry.mark, "妇女专项经费项目管理", width=300, height=100)


def _guide(sheet: Worksheet, letter: str, answer: Answer, first_row: int, last_row: int) -> None:
    """A drop-down, or a question back when a value looks wrong; 1.2万 is typed on after a click."""
    options = {
        Answer.YES_NO: {"type": "list", "formula1": YES_NO},
        Answer.PERCENT: {"type": "whole", "operator": "between", "formula1": "0", "formula2": "100"},
        Answer.NUMBER: {"type": "decimal", "operator": "greaterThanOrEqual", "formula1": "0"},
        Answer.DAY: {"type": "date", "operator": "greaterThan", "formula1": "DATE(2000,1,1)"},
    }.get(answer)
    if options is None or last_row < first_row:
        return
    rule = DataValidation(**options, allow_blank=True, showErrorMessage=True)
    rule.errorStyle = "stop" if answer == Answer.YES_NO else "warning"
    rule.errorTitle = "请核对"
    rule.error = {
        Answer.YES_NO: "只能选 是 或 否。",
        Answer.PERCENT: "这里填 0 到 100 的整数，不写百分号。",
        Answer.NUMBER: "这里填数字，没有就填 0；写成 1.2万 也能看懂。",
        Answer.DAY: "请按 2026-11-20 的样子填写日期。",
    }[answer]
    rule.add(f"{letter}{first_row}:{letter}{last_row}")
    sheet.add_data_validation(rule)
