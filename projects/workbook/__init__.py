"""The monthly reports of a post as an Excel workbook: made for its user, filled in, and taken back.

The rules of what a cell may hold are ReportForm's, those of what may be written are save_report's; here is only the way
there and back.
"""

from projects.workbook.plan import Plan, plan_upload
from projects.workbook.reading import Upload, read_upload
from projects.workbook.template import write_workbook

__all__ = ["Plan", "Upload", "plan_upload", "read_upload", "write_workbook"]
