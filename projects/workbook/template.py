"""Writes the workbook: a row for each site whose report is open, last month beside this month."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from fedwork.excel import Answer, EntryCell, EntryColumn, EntryTable, write_entry_tables
from fedwork.numbers import parse_number
from projects.forms.report import ReportForm
from projects.grid import Grid, GridRow, grids
from projects.workbook.layout import CODE, KIND, SITE, VERSION, Place, as_base, headings, places, tab_name

NOTE = (
    "只填白色的格子，灰色的不用填、也不能改（灰色的本月数来自工作记录和资金台账）；没有就填 0。进度填 0 到 100 的整数，完成的填完成日期。"
    "填好后回到系统的“用 Excel 填报”上传，先看预览，确认后才写入；提交仍在系统里办理。"
)

Typed = dict[int, dict[str, str]]  # by report id and key of the field


def write_workbook(
    forms: Iterable[ReportForm], *, user, month: date, typed: Typed | None = None, marks: Typed | None = None
) -> bytes:
    """`typed` is what stands in the cells instead of the stored values, `marks` what is wrong with it."""
    found = grids(list(forms))
    tables = [_table(grid, number, month, typed or {}, marks or {}) for number, grid in enumerate(found, 1)]
    return write_entry_tables(tables, records=list(_records(found, user, month)))


def _table(grid: Grid, number: int, month: date, typed: Typed, marks: Typed) -> EntryTable:
    at = places(grid)
    return EntryTable(
        tab=tab_name(number),
        title=f"{grid.programme} {month.year}年{month.month}月月报",
        note=NOTE,
        columns=[EntryColumn(CODE, width=15), EntryColumn(SITE, width=24), *(place.column for place in at)],
        rows=[_row(row, at, typed.get(row.report.pk, {}), marks.get(row.report.pk, {})) for row in grid.rows],
    )


def _row(row: GridRow, at: list[Place], typed: dict[str, str], marks: dict[str, str]) -> list[EntryCell]:
    site, stored = row.report.site, row.sheet.stored()
    cells = [EntryCell(site.organization.code), EntryCell(site.name, mark=marks.get("", ""))]
    for place in at:
        key = place.key(row)
        if place.part == "last":
            cells.append(EntryCell(place.last(row)))
        elif key:
            value = _as_typed(typed[key], place) if key in typed else _as_written(stored.get(key))
            cells.append(EntryCell(value, is_open=True, mark=marks.get(key, "")))
        else:
            cells.append(EntryCell(place.counted(row)))
    return cells


def _as_written(value) -> Any:
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else value


def _as_typed(text: str, place: Place) -> Decimal | str:
    """A number is one again; everything else stands there as it was typed."""
    if place.column.answer not in {Answer.PERCENT, Answer.NUMBER}:
        return text
    try:
        return parse_number(text, decimal_places=2)
    except ValueError:
        return text


def _records(found: list[Grid], user, month: date) -> Iterable[list]:
    """What the hidden tab says: who, when, the headings of each tab, and for each report its version and bases."""
    yield [KIND, VERSION, f"{month:%Y-%m}", user.pk, user.scope_path]
    for number, grid in enumerate(found, 1):
        tab = tab_name(number)
        yield ["tab", tab, grid.programme.pk, *headings(grid)]
        for row in grid.rows:
            stored, code = row.sheet.stored(), row.report.site.organization.code
            yield ["report", tab, code, row.report.pk, row.report.version]
            for column, place in enumerate(places(grid), 2):
                if key := place.key(row):
                    yield ["field", row.report.pk, column, key, as_base(stored.get(key))]
