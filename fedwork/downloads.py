"""Files that the site makes and the browser saves."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook_response(workbook: bytes, name: str) -> HttpResponse:
    """`name` is the file's name without its ending."""
    disposition = content_disposition_header(True, f"{name}.xlsx")
    return HttpResponse(workbook, content_type=XLSX, headers={"Content-Disposition": disposition})
