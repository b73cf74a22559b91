"""Columns, and the way one cell is written and dressed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from django.utils import timezone
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

LONGEST_TEXT = 32_767
THIN = Border(*[Side(style="thin")] * 4)
HEADING_FILL = PatternFill("solid", fgColor="EEF1F4")
# Named, not embedded: the office's PC has them.
ANNEX_FONT = Font(name="黑体", size=16)
TITLE_FONT = Font(name="方正小标宋简体", size=18, bold=True)
BODY_FONT = Font(name="仿宋", size=11)
BOLD_FONT = Font(name="仿宋", size=11, bold=True)


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


def set_up_page(
    sheet: Worksheet, heading: tuple[int, int] | None, *, landscape: bool, side_margin: float = 0.5
) -> None:
    """A4, one page wide, page numbers in the footer. The heading rows stand on every page and are frozen on screen;
    a sheet without goes on one page."""
    if heading:
        sheet.freeze_panes = f"A{heading[1] + 1}"
        sheet.print_title_rows = f"{heading[0]}:{heading[1]}"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0 if heading else 1
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = side_margin
    margins.top, margins.bottom, margins.header, margins.footer = 0.6, 0.7, 0.3, 0.35
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
