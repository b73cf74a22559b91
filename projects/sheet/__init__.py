"""The sheet of a monthly report: every line of form 3.3 with last month, this month and the cumulative value.

One read model serves the page of one report, the grid of all sites, the check before submission, the snapshot of a
round, the review, the workbook and the print, in a fixed number of queries.
"""

from projects.sheet.lines import Anomaly, FigureLine, TaskLine
from projects.sheet.loading import load_attachments, report_sheet, report_sheets, reported_on
from projects.sheet.sheet import TEXTS, Sheet

__all__ = [
    "TEXTS",
    "Anomaly",
    "FigureLine",
    "Sheet",
    "TaskLine",
    "load_attachments",
    "report_sheet",
    "report_sheets",
    "reported_on",
]
