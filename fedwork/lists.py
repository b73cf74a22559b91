"""Plain lists going out as .xlsx or .csv. Text stays text: nothing in it can act as a formula."""

import csv
import io
import re
from collections.abc import Iterable
from operator import itemgetter

from fedwork import excel

# One apostrophe more than the text has, so that reading it back (fedwork.uploads) gives the original.
FORMULA = re.compile(r"'*[=+\-@\t\r]")


def write_workbook(headings: list[str], rows: Iterable[list], *, title: str) -> bytes:
    """One sheet, frozen heading row. Strings become text cells, numbers and dates keep their type."""
    columns = [
        excel.Column(heading, itemgetter(place), width=max(14, 2 * len(heading) + 4))
        for place, heading in enumerate(headings)
    ]
    return excel.write_list(columns, rows, title=title)


def write_template(columns: list[tuple[str, str, list[str]]], *, title: str, max_rows: int) -> bytes:
    """An empty list to fill in: for each column its heading, a hint, and what may be chosen (empty: free text)."""
    return excel.write_template(
        [heading for heading, _, _ in columns],
        choices={heading: choices for heading, _, choices in columns if choices},
        note_rows=[f"{heading}：{hint}" for heading, hint, _ in columns if hint],
        max_rows=max_rows,
        title=title,
    )


def write_csv(headings: list[str], rows: Iterable[list]) -> bytes:
    """UTF-8 with a byte order mark, which Excel and WPS need to show Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([_guarded(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _guarded(value):
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value
