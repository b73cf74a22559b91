"""The official form 3.3 of one report, filled in or empty, to print and as Excel."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fedwork.downloads import workbook_response
from fedwork.excel import Paper, write_paper
from projects.models import MonthlyReport
from projects.papers.report import report_paper
from projects.sheet import report_sheet
from projects.views.access import get_report, project_page


def _read(request: HttpRequest, pk: int) -> tuple[MonthlyReport, Paper, bool]:
    report, is_empty = get_report(request, pk), "empty" in request.GET
    return report, report_paper(report_sheet(report), is_empty=is_empty), is_empty


@require_safe
@project_page
def report_print(request: HttpRequest, pk: int) -> HttpResponse:
    report, paper, is_empty = _read(request, pk)
    return render(request, "projects/report_print.html", {"report": report, "paper": paper, "is_empty": is_empty})


@require_safe
@project_page
def report_excel(request: HttpRequest, pk: int) -> HttpResponse:
    report, paper, is_empty = _read(request, pk)
    return workbook_response(write_paper(paper), f"{report}{'（空表）' if is_empty else ''}")
