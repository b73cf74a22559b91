"""The table of guidance visits as Excel: sites against months."""

from fedwork.excel import Column, Kind, write_list
from projects.records import VisitMatrix


def visit_workbook(matrix: VisitMatrix, title: str) -> bytes:
    """One row per site: whether the city was there in each month, and how often the county."""
    columns = [
        Column("县（市、区）", lambda row: row[0].county_name, width=16),
        Column("项目点", lambda row: row[0].name, width=26),
        *(
            Column(f"{month:%Y-%m}", lambda row, place=place: row[1][place].word, Kind.CENTRE, 15)
            for place, month in enumerate(matrix.months)
        ),
    ]
    return write_list(columns, matrix.rows, title=title)
