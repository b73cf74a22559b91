"""Plain lists going out, and templates that come back filled in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from fedwork.excel.cells import HEADING_FILL, Column, dress, put, set_up_page, text
from fedwork.excel.package import finish


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
            cell.number_format = column.number_format or ("@" if isinstance(cell.value, str) else number_format)
            cell.alignment = Alignment(horizontal=align, vertical="center")
    return finish(book)


def write_template(
    headings: Sequence[str],
    *,
    rows: Iterable[Sequence[Any]] = (),
    numbers: Sequence[str] = (),
    choices: Mapping[str, Sequence[str]] | None = None,
    note_rows: Sequence[str] = (),
    widths: Mapping[str, float] | None = None,
    max_rows: int = 999,
    title: str = "填报",
) -> bytes:
    """An upload template: headings in row 1, then prefilled `rows`. All columns are text, so that codes keep their
    zeros, except those named in `numbers`; `choices` become drop-downs in `max_rows` rows, `note_rows` a second tab."""
    book = Workbook()
    sheet = book.active
    sheet.title = _tab(title)
    _write_headings(
        sheet, headings, [(widths or {}).get(heading, max(12, 2 * len(heading) + 4)) for heading in headings]
    )
    for place, heading in enumerate(headings, 1):
        sheet.column_dimensions[get_column_letter(place)].number_format = "General" if heading in numbers else "@"
    for number, row in enumerate(rows, 2):
        for place, (heading, value) in enumerate(zip(headings, row, strict=True), 1):
            put(sheet.cell(number, place), value).number_format = "General" if heading in numbers else "@"
    _write_notes(book, note_rows)
    _add_choices(book, sheet, headings, choices or {}, max_rows + 1)
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


def _add_choices(book: Workbook, sheet: Worksheet, headings: Sequence[str], choices: Mapping, last: int) -> None:
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
        rule.add(f"{target}2:{target}{last}")
        sheet.add_data_validation(rule)
    if hidden:
        hidden.sheet_state = "hidden"
