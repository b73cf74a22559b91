"""The last step of writing a workbook: the same content gives the same bytes, and formulas carry their values.

openpyxl stamps the clock into the file and leaves formulas without a result. A phone or a chat program that previews
the file does not calculate, so it would show empty totals.
"""

import io
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

from openpyxl import Workbook

from fedwork.excel.rows import SHEET
from fedwork.package import repacked

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_FORMULA = re.compile(rb'<c r="([A-Z]+\d+)"([^>]*)><f>([^<]*)</f><v ?/?>(?:</v>)?</c>')


def finish(
    book: Workbook,
    *,
    made_at: datetime = EPOCH,
    cached: Mapping[str, Decimal] | None = None,
    sheet: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """The workbook's bytes, stamped `made_at`; `cached` gives the results of the formulas of the first sheet, `sheet` what
    is to become of its part."""
    book.properties.creator = "妇女专项经费项目管理"
    draft = io.BytesIO()
    book.save(draft)
    return repacked(
        draft.getvalue(),
        made_at=made_at,
        rewrite=lambda name, content: _rewritten(name, content, made_at, sheet or partial(_calculated, cached or {})),
    )


def _rewritten(name: str, content: bytes, made_at: datetime, sheet: Callable[[bytes], bytes]) -> bytes:
    if name == "docProps/core.xml":
        return _STAMP.sub(rb"\g<1>" + f"{made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}".encode() + rb"\g<3>", content)
    return sheet(content) if name == SHEET else content


def _calculated(cached: Mapping[str, Decimal], content: bytes) -> bytes:
    return _FORMULA.sub(lambda match: _with_result(match, cached), content) if cached else content


def _with_result(match: re.Match, cached: Mapping[str, Decimal]) -> bytes:
    cell, attributes, formula = match[1], match[2], match[3]
    result = f"{cached[cell.decode()]:f}".encode()
    return b'<c r="%b"%b><f>%b</f><v>%b</v></c>' % (cell, attributes, formula, result)
