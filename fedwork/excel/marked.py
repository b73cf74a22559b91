"""Somebody's own workbook with what is wrong in it: cells in red, the reasons in a column of their own."""

import io
import warnings
from collections.abc import Mapping

from openpyxl import load_workbook
from openpyxl.styles import Alignment, Font

from fedwork.excel.cells import put
from fedwork.excel.entry import RED_FILL

REASONS = "问题"


def mark_workbook(data: bytes, marks: Mapping[int, Mapping[str, str]]) -> bytes:
    """`data` has been through `fedwork.uploads.check_workbook`. `marks` are sentences by row of the first sheet and
    heading; the heading "" stands for the whole row. A column of reasons from an earlier round is written anew."""
    with warnings.catch_warnings():  # what WPS adds and openpyxl leaves out
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    headings = {str(cell.value).strip(): cell.column for cell in sheet[1] if cell.value is not None}
    reasons = headings.get(REASONS, max(headings.values(), default=0) + 1)
    put(sheet.cell(1, reasons), REASONS).font = Font(bold=True)
    sheet.column_dimensions[sheet.cell(1, reasons).column_letter].width = 60
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, reasons).value = None
    for row, sentences in marks.items():
        cell = put(sheet.cell(row, reasons), "；".join(sentence.rstrip("。") for sentence in sentences.values()))
        cell.alignment, cell.font = Alignment(wrap_text=True, vertical="top"), Font(color="B42318")
        for heading in sentences:
            sheet.cell(row, headings.get(heading, reasons)).fill = RED_FILL
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
