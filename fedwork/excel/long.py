"""Long lists: rows are packed as soon as they are written, so that memory hardly grows with them.

openpyxl makes the sheet around the rows (title, heading, styles, page) and says which style a cell has; the rows
themselves go into the package as text, without an object for each cell. What it looks like stays in one place.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from fedwork.excel.cells import (
    BODY_FONT,
    BOLD_FONT,
    HEADING_FILL,
    TITLE_FONT,
    Column,
    dress,
    put,
    set_up_page,
    text,
)
from fedwork.excel.form import LINE_HEIGHT, lines_needed
from fedwork.excel.package import EPOCH
from fedwork.excel.rows import SHEET, cell_xml, formula_xml, row_xml

HEADING_ROW = 3
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_EXTENT = re.compile(rb"<dimension [^>]*/>")


@dataclass(frozen=True)
class Sum:
    """A row at the foot: words by column key, and one formula in the column `key`, in which {name} is the range of a
    column: "SUMIFS({amount},{kind},\\"到位\\")". `value` is what it comes to."""

    words: Mapping[str, str]
    key: str
    formula: str
    value: Decimal


@dataclass(frozen=True)
class LongList:
    """`above` stands between title and heading, at the left and at the right. `foot` is asked when all rows have been
    read."""

    tab: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Any]
    above: tuple[str, str] = ("", "")
    foot: Callable[[], Sequence[Sum]] = tuple


def write_long_list(paper: LongList) -> bytes:
    """Packed as it is written: a hundred thousand rows are 7 MB."""
    return LongWriter(paper).write()


@dataclass
class LongWriter:
    """`row` is the last one written."""

    paper: LongList
    row: int = HEADING_ROW

    def write(self) -> bytes:
        skeleton, self.styles, self.bold = _skeleton(self.paper)
        self.letters = [get_column_letter(place) for place in range(1, len(self.styles) + 1)]
        out = io.BytesIO()
        with zipfile.ZipFile(skeleton) as draft, zipfile.ZipFile(out, "w") as book:
            for name in draft.namelist():
                with book.open(_entry(name), "w", force_zip64=name == SHEET) as part:
                    self.write_part(part, name, draft.read(name))
        return out.getvalue()

    def write_part(self, part: IO[bytes], name: str, content: bytes) -> None:
        if name != SHEET:
            part.write(_STAMP.sub(rb"\g<1>2000-01-01T00:00:00Z\g<3>", content))
            return
        head, tail = _EXTENT.sub(b"", content).split(b"</sheetData>")
        part.write(head)
        for block in self.blocks():
            part.write(block)
        extent = f"A{HEADING_ROW}:{self.letters[-1]}".encode()
        tail = tail.replace(extent + b"%d" % HEADING_ROW, extent + b"%d" % self.last)
        part.write(b"</sheetData>" + tail)

    def blocks(self) -> Iterator[bytes]:
        """The rows as XML, some thousand at a time."""
        getters = [column.getter for column in self.paper.columns]
        cells, lines = list(zip(self.letters, self.styles, strict=True)), []
        for row in self.paper.rows:
            self.row += 1
            values = [getter(row) for getter in getters]
            body = "".join(
                [
                    cell_xml(f"{letter}{self.row}", style, value)
                    for (letter, style), value in zip(cells, values, strict=True)
                ]
            )
            lines.append(row_xml(self.row, body, self.height(values)))
            if len(lines) == 2000:
                yield "".join(lines).encode()
                lines = []
        self.last = self.row
        lines += [self.foot_row(each) for each in self.paper.foot()]
        yield "".join(lines).encode()

    def height(self, values: list) -> float:
        """Said only where a text needs more than one line."""
        needed = 1
        for value, column in zip(values, self.paper.columns, strict=True):
            if isinstance(value, str) and 2 * len(value) >= column.width:
                needed = max(needed, lines_needed(value, column.width))
        return needed * LINE_HEIGHT if needed > 1 else 0

    def foot_row(self, each: Sum) -> str:
        self.row += 1
        parts = []
        for letter, style, column in zip(self.letters, self.bold, self.paper.columns, strict=True):
            place = f"{letter}{self.row}"
            if column.key == each.key:
                parts.append(formula_xml(place, style, each.formula.format_map(self.ranges()), each.value))
            else:
                parts.append(cell_xml(place, style, each.words.get(column.key)))
        return row_xml(self.row, "".join(parts))

    def ranges(self) -> dict[str, str]:
        first, last = HEADING_ROW + 1, max(self.last, HEADING_ROW + 1)
        pairs = zip(self.letters, self.paper.columns, strict=True)
        return {column.key: f"${letter}${first}:${letter}${last}" for letter, column in pairs if column.key}


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _skeleton(paper: LongList) -> tuple[IO[bytes], list[int], list[int]]:
    """The workbook without its rows, and the style of each column for a row and for one at the foot."""
    book = Workbook()
    sheet = book.active
    sheet.title = text(paper.tab)[:31]
    last = get_column_letter(len(paper.columns))
    middle = len(paper.columns) * 2 // 3
    parts = [(1, 1, len(paper.columns), paper.title, TITLE_FONT, "center", 36)]
    parts += [(2, 1, middle, paper.above[0], BODY_FONT, "left", 22)]
    parts += [(2, middle + 1, len(paper.columns), paper.above[1], BODY_FONT, "right", 22)]
    for row, left, right, words, font, align, height in parts:
        dress(put(sheet.cell(row, left), words), font=font, align=align, border=None)
        sheet.merge_cells(start_row=row, end_row=row, start_column=left, end_column=right)
        sheet.row_dimensions[row].height = height
    for place, column in enumerate(paper.columns, 1):
        dress(put(sheet.cell(HEADING_ROW, place), column.heading), font=BOLD_FONT).fill = HEADING_FILL
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.row_dimensions[HEADING_ROW].height = 26
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = LINE_HEIGHT, True
    set_up_page(sheet, (HEADING_ROW, HEADING_ROW), landscape=True)
    sheet.auto_filter.ref = f"A{HEADING_ROW}:{last}{HEADING_ROW}"
    model = book.create_sheet()
    styles = [_style(model.cell(1, place), column, BODY_FONT) for place, column in enumerate(paper.columns, 1)]
    bold = [_style(model.cell(2, place), column, BOLD_FONT) for place, column in enumerate(paper.columns, 1)]
    book.remove(model)
    book.properties.creator = "妇女专项经费项目管理"
    out = io.BytesIO()
    book.save(out)
    return out, styles, bold


def _style(cell, column: Column, font: Font) -> int:
    align, number_format = column.kind.value
    dress(cell, font=font, align=align).number_format = column.number_format or number_format
    return cell.style_id
