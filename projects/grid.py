"""All of a cadre's sites in one month as a table: rows are sites, columns the figures of a programme."""

from dataclasses import dataclass
from itertools import groupby

from django.forms import BoundField

from projects.forms.report import Entry, ReportForm
from projects.models import MonthlyReport, Programme
from projects.sheet import TEXTS, FigureLine, Sheet, TaskLine, report_sheets


@dataclass(frozen=True)
class Column:
    """A task (by its name, the sites have rows of their own), a measure or a text."""

    name: str
    unit: str


@dataclass
class Cell:
    """What one site has to say in one column; None as `entry` where the column isn't asked of this site. `counted` is
    the line of a figure that isn't typed: its entry has no field."""

    column: Column
    entry: Entry | None = None
    last: str = ""  # as 同上月 fills it in
    last_label: str = ""
    done_on: BoundField | None = None  # the date of completion of a task
    done_key: str = ""
    counted: FigureLine | None = None
    task: TaskLine | None = None


@dataclass
class GridRow:
    sheet: Sheet
    form: ReportForm
    cells: list[Cell]
    conflicts: list[str]

    @property
    def report(self) -> MonthlyReport:
        return self.sheet.report


@dataclass
class Grid:
    programme: Programme
    columns: list[Column]
    rows: list[GridRow]


def prefix_of(report: MonthlyReport) -> str:
    return f"r{report.pk}"


def forms_of(reports: list[MonthlyReport], data=None) -> list[ReportForm]:
    """One form a report, for one page; the number of queries doesn't depend on how many there are."""
    return [ReportForm(data, sheet=sheet, prefix=prefix_of(sheet.report)) for sheet in report_sheets(reports)]


def grids(forms: list[ReportForm], conflicts: dict[int, list[str]] | None = None) -> list[Grid]:
    """A table for each programme, in the order of the forms."""
    by_programme = groupby(forms, key=lambda form: form.sheet.report.site.programme)
    return [_grid(programme, list(members), conflicts or {}) for programme, members in by_programme]


def _grid(programme: Programme, forms: list[ReportForm], conflicts: dict[int, list[str]]) -> Grid:
    cells = [_cells(form) for form in forms]
    columns = list(dict.fromkeys(column for of_site in cells for column in of_site))
    columns.sort(key=_place)
    rows = [
        GridRow(
            form.sheet,
            form,
            [of_site.get(column, Cell(column)) for column in columns],
            conflicts.get(form.sheet.report.pk, []),
        )
        for form, of_site in zip(forms, cells, strict=True)
    ]
    return Grid(programme, columns, rows)


def _place(column: Column) -> int:
    """Tasks first, then measures, then texts; within each as the sites have them (the sort is stable)."""
    return {"%": 0, "": 2}.get(column.unit, 1)


def _cells(form: ReportForm) -> dict[Column, Cell]:
    cells = {}
    for task, entry, done_on in form.task_rows():
        column = Column(task.item.name, "%")
        cells[column] = Cell(
            column, entry, str(task.last_percent), f"上期末 {task.last_percent}", done_on, task.done_key, task=task
        )
    for line, entry in form.activity_rows() + form.money_rows():
        column = Column(line.measure.name, line.measure.unit)
        last_label = f"上月 {line.last_typed}" if line.last_typed else ""
        cells[column] = Cell(column, entry, line.last_typed, last_label, counted=line if line.is_counted else None)
    for name, label in TEXTS:
        column = Column(label, "")
        plan = form.sheet.suggested_plan() if name == "next_plan" else ""
        cells[column] = Cell(column, form.text_entry(name), plan, "按日程填入" if plan else "")
    return cells
