"""Plain lists going out as .xlsx or .csv. Text stays text: nothing in it can act as a formula."""

import csv
import io
import re
from collections.abc import Iterable

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

# One apostrophe more than the text has, so that reading it back (fedwork.uploads) gives the original.
FORMULA = re.compile(r"'*[=+\-@\t\r]")
HEADING_FILL = PatternFill("solid", fgColor="EEF1F4")


def write_workbook(headings: list[str], rows: Iterable[list], *, title: str) -> bytes:
    """One sheet, frozen heading row. Strings become text cells, numbers and dates keep their type."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", "", title)[:31] or "Sheet1")
    sheet.freeze_panes = "A2"
    for position, heading in enumerate(headings, 1):
        sheet.column_dimensions[get_column_letter(position)].width = max(14, 2 * len(heading) + 4)
    sheet.append([_heading_cell(sheet, heading) for heading in headings])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write_template(columns: list[tuple[str, str, list[str]]], *, title: str, max_rows: int) -> bytes:
    """An empty list to fill in: for each column its heading, a hint, and what may be chosen (empty: free text).

    Cells are text, so that codes and telephone numbers keep their digits. The hints stand on a second sheet.
    """
    book = Workbook()
    sheet, notes = book.active, book.create_sheet("填写说明")
    sheet.title, sheet.freeze_panes = title[:31], "A2"
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 20, 80
    sheet.append([_heading_cell(sheet, heading) for heading, _, _ in columns])
    notes.append([_heading_cell(notes, heading) for heading in ["列", "怎么填"]])
    for position, (heading, hint, choices) in enumerate(columns, 1):
        letter = get_column_letter(position)
        dimension = sheet.column_dimensions[letter]
        dimension.width, dimension.number_format = max(14, 2 * len(heading) + 4), "@"
        if choices:
            sheet.add_data_validation(_choice_of(choices, f"{letter}2:{letter}{max_rows + 1}"))
        notes.append([_cell(notes, text) for text in [heading, hint]])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _choice_of(choices: list[str], cells: str) -> DataValidation:
    rule = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True, showErrorMessage=True)
    rule.errorTitle, rule.error = "请从列表中选择", "这一格只能从下拉列表里选。"
    rule.add(cells)
    return rule


def write_csv(headings: list[str], rows: Iterable[list]) -> bytes:
    """UTF-8 with a byte order mark, which Excel and WPS need to show Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([_guarded(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _heading_cell(sheet, heading: str) -> WriteOnlyCell:
    cell = _cell(sheet, heading)
    cell.font, cell.fill, cell.alignment = Font(bold=True), HEADING_FILL, Alignment(horizontal="center")
    return cell


def _cell(sheet, value) -> WriteOnlyCell:
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type, cell.number_format = "s", "@"
    return cell


def _guarded(value):
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value
