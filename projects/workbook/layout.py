"""Which field of a report stands in which column; the same when the workbook goes out and when it comes back."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fedwork.excel import Answer, EntryColumn
from fedwork.numbers import plain_number
from projects.grid import Cell, Grid, GridRow

VERSION = 1  # grows when a workbook of before can no longer be taken back
KIND = "fedwork-monthly-report"
CODE, SITE, NIL = "项目点代码", "项目点", "零报告"
LAST_PERCENT, PERCENT, DONE_ON = "上期末 %", "本期末 %", "完成日期"
LAST_MONTH, THIS_MONTH = "上月", "本月"


@dataclass(frozen=True)
class Place:
    """One column: `of` finds in a row the key of the field that stands there, empty where the site isn't asked."""

    column: EntryColumn
    cell: int | None = None  # which of the grid's columns it belongs to
    part: str = "entry"  # "last", "entry" or "done"

    def key(self, row: GridRow) -> str:
        if self.cell is None:
            return "is_nil"
        cell = row.cells[self.cell]
        if self.part == "done":
            return cell.done_key
        return cell.entry.key if cell.entry and not cell.counted and self.part == "entry" else ""

    def counted(self, row: GridRow) -> Decimal | None:
        """What the records say here, to be read only; None where nothing is counted."""
        line = row.cells[self.cell].counted if self.cell is not None and self.part == "entry" else None
        return line.value if line else None

    def last(self, row: GridRow) -> Decimal | str | None:
        return _last(row.cells[self.cell])


def _last(cell: Cell) -> Decimal | str | None:
    return Decimal(cell.last) if cell.entry and cell.last else None


def places(grid: Grid) -> list[Place]:
    """The columns to the right of code and name."""
    found = [Place(EntryColumn(NIL, Answer.YES_NO, 8))]
    for number, column in enumerate(grid.columns):
        name, unit = column.name, column.unit
        if unit == "%":
            found += [
                Place(EntryColumn(LAST_PERCENT, width=9, span=name), number, "last"),
                Place(EntryColumn(PERCENT, Answer.PERCENT, 9, name), number),
                Place(EntryColumn(DONE_ON, Answer.DAY, 13, name), number, "done"),
            ]
        elif unit:
            span = f"{name}（{unit}）"
            found += [
                Place(EntryColumn(LAST_MONTH, width=11, span=span), number, "last"),
                Place(EntryColumn(THIS_MONTH, Answer.NUMBER, 11, span), number),
            ]
        else:
            found.append(Place(EntryColumn(column.name, Answer.TEXT, 30), number))
    return found


def headings(grid: Grid) -> list[str]:
    """As `heading_names` finds them in the sheet."""
    columns = [place.column for place in places(grid)]
    return [
        f"{CODE}/",
        f"{SITE}/",
        *(f"{column.span or column.heading}/{column.heading if column.span else ''}" for column in columns),
    ]


def heading_names(upper: list[str], lower: list[str]) -> list[str]:
    """One name for each column of a heading in two rows, of which the upper one stands once for its neighbours."""
    names, span = [], ""
    for above, below in zip(upper, lower, strict=False):
        span = above or span
        names.append(f"{span}/{below}")
    return names


def tab_name(number: int) -> str:
    return f"月报{number}" if number > 1 else "月报"


def as_base(value) -> str:
    """A stored value as the hidden field of a page would send it along."""
    if isinstance(value, Decimal):
        return plain_number(value)
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
