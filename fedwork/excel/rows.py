"""Rows as they stand in a sheet's part of the package. openpyxl makes the sheet around them and says which style a cell
has; without an object for each cell, a quarter of a million cells take seconds instead of a minute."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from django.utils import timezone

from fedwork.excel.cells import text

SHEET = "xl/worksheets/sheet1.xml"
DAY_ZERO = date(1899, 12, 30)  # from which Excel counts
_EXTENT = re.compile(rb"<dimension [^>]*/>")
_NO_ROWS = re.compile(rb"<sheetData ?/>|<sheetData></sheetData>")
_RETURN = {"\r": "&#13;"}


def cell_xml(place: str, style: int, value: Any) -> str:
    """A string stays text, whatever it begins with. Raises TypeError for what no cell can hold."""
    if value is None or value == "":
        return f'<c r="{place}" s="{style}"/>'
    if isinstance(value, str):
        words = escape(text(value), _RETURN)
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>'
    return f'<c r="{place}" s="{style}"><v>{number_xml(value)}</v></c>'


def formula_xml(place: str, style: int, formula: str, result: Decimal) -> str:
    """With its result, for whoever shows the file without calculating."""
    return f'<c r="{place}" s="{style}"><f>{escape(formula)}</f><v>{result:f}</v></c>'


def row_xml(number: int, cells: str, height: float = 0) -> str:
    """A height of 0 is the sheet's usual one."""
    told = f' ht="{height}" customHeight="1"' if height else ""
    return f'<row r="{number}"{told}>{cells}</row>'


def number_xml(value: Any) -> str:
    """Days and moments as Excel counts them."""
    if isinstance(value, datetime):
        local = timezone.make_naive(value) if timezone.is_aware(value) else value
        seconds = (local - datetime.combine(local.date(), datetime.min.time())).total_seconds()
        return f"{(local.date() - DAY_ZERO).days + seconds / 86_400:.9f}"
    if isinstance(value, date):
        return str((value - DAY_ZERO).days)
    if isinstance(value, Decimal | int | float):
        return str(value)
    raise TypeError(f"a cell can't hold {value!r}")


def filled(content: bytes, rows: bytes, extent: str) -> bytes:
    """The sheet's part `content`, written without a row, with its rows."""
    content = _EXTENT.sub(b'<dimension ref="%b"/>' % extent.encode(), content)
    head, tail = _NO_ROWS.split(content)
    return b"%b<sheetData>%b</sheetData>%b" % (head, rows, tail)
