"""Files that the site makes and the browser saves."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def workbook_response(workbook: bytes, name: str) -> HttpResponse:
    """`name` is the file's name without its ending."""
    return _saved(workbook, f"{name}.xlsx", XLSX)


def document_response(document: bytes, name: str) -> HttpResponse:
    """`name` is the file's name without its ending."""
    return _saved(document, f"{name}.docx", DOCX)


def package_response(package: bytes, name: str) -> HttpResponse:
    """`name` is the file's name without its ending."""
    return _saved(package, f"{name}.zip", "application/zip")


def _saved(content: bytes, name: str, content_type: str) -> HttpResponse:
    disposition = content_disposition_header(True, name)
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})
