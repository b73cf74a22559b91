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
