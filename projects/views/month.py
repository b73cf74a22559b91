"""All sites of a cadre's post in one month: fill in together, check together, submit together."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fedwork import clock
from fedwork.numbers import posted_integer
from organizations.models import Role
from projects.actions import StaleReportError, submit_report
from projects.forms.report import ReportForm
from projects.grid import forms_of, grids, prefix_of
from projects.locks import report_locks
from projects.models import MonthlyReport
from projects.sheet import load_attachments, report_sheets
from projects.states import EDITABLE
from projects.views.reports import first_desk_name

SITES_PER_PAGE = 30


def first_of_month(request: HttpRequest, year: int, month: int) -> date:
    """404 for what is no month or hasn't begun; 403 for those who don't fill in."""
    if request.user.role != Role.CADRE:
        raise PermissionDenied
    if not (2000 <= year <= 2100 and 1 <= month <= 12) or date(year, month, 1) > clock.today():
        raise Http404
    return date(year, month, 1)


def open_reports(request: HttpRequest, month: date):
    reports = _unsent_reports(request, month)
    return reports.exclude(pk__in=report_locks(reports)).order_by(
        "-site__programme__year", "site__programme", "site__organization__code", "pk"
    )


def _unsent_reports(request: HttpRequest, month: date):
    reports = MonthlyReport.objects.visible_to(request.user).filter(month=month, status__in=EDITABLE)
    return reports.select_related("site__programme__organization", "site__organization", "site__creation_type")


@require_http_methods(["GET", "HEAD", "POST"])
def month_edit(request: HttpRequest, year: int, month: int) -> HttpResponse:
    first = first_of_month(request, year, month)
    page = Paginator(open_reports(request, first), SITES_PER_PAGE).get_page(request.GET.get("page"))
    if request.method == "POST":
        return _save(request, first, page)
    return _render(request, first, page, forms_of(list(page)))


def _save(request: HttpRequest, month: date, page) -> HttpResponse:
    """The way without JavaScript: the whole page at once, each report by itself."""
    forms = forms_of(list(page), request.POST)
    conflicts = {form.sheet.report.pk: found for form in forms if (found := _save_one(request, form))}
    is_whole = all(form.is_valid() for form in forms) and not conflicts
    if is_whole and "check" in request.POST:
        return redirect("projects:month_check", year=month.year, month=month.month)
    if is_whole:
        messages.success(request, "已保存，可以稍后再填。")
        return redirect("projects:month_edit", year=month.year, month=month.month)
    fresh = {report.pk: report for report in open_reports(request, month)}
    for form in forms:
        form.sheet.report = fresh.get(form.sheet.report.pk, form.sheet.report)
    return _render(request, month, page, forms, status=409 if conflicts else 422, conflicts=conflicts)


def _save_one(request: HttpRequest, form: ReportForm) -> list[str]:
    """Sentences on what wasn't saved because of somebody else's writing; empty when all went well."""
    form.is_valid()
    report = form.sheet.report
    if not form.touched():
        return []
    version = posted_integer(request.POST.get(f"{prefix_of(report)}-version"))
    try:
        form.save(by=request.user, version=version)
    except StaleReportError as error:
        told = [f"{form[name].label}：另一处填的是“{form.sheet.in_words(name)}”。" for name in error.conflicts]
        return [error.messages[0], *told, "再按一次“保存草稿”，就以您填的为准。"]
    except ValidationError as error:
        return error.messages
    return []


def _render(request: HttpRequest, month: date, page, forms: list[ReportForm], *, status=200, conflicts=None):
    reports = [form.sheet.report for form in forms]
    seen = MonthlyReport.objects.visible_to(request.user).filter(month=month)
    context = {
        "month": month,
        "page_obj": page,
        "grids": grids(forms, conflicts),
        "forms": forms,
        "locked": _locked_reports(request, month),
        "others": seen.exclude(pk__in=[r.pk for r in reports])
        .exclude(status__in=EDITABLE)
        .select_related("site__creation_type"),
        "due": min((report.due_at for report in reports), default=None),
        "days_left": min((report.days_left(clock.now()) for report in reports), default=None),
        "check_url": reverse("projects:month_check", args=[month.year, month.month]),
    }
    return render(request, "projects/month_edit.html", context, status=status)


def _locked_reports(request: HttpRequest, month: date) -> list[tuple]:
    """(report, lock) of those that were not sent and can't be filled in."""
    reports = list(_unsent_reports(request, month).order_by("site__organization__code", "pk"))
    locks = report_locks(reports)
    return [(report, locks[report.pk]) for report in reports if report.pk in locks]


@require_safe
def month_check(request: HttpRequest, year: int, month: int) -> HttpResponse:
    first = first_of_month(request, year, month)
    page = Paginator(open_reports(request, first), SITES_PER_PAGE).get_page(request.GET.get("page"))
    sheets = report_sheets(list(page))
    load_attachments(sheets)
    rows = [(sheet, sheet.errors(), sheet.explained(), first_desk_name(sheet.report)) for sheet in sheets]
    context = {"month": first, "page_obj": page, "rows": rows, "ready": sum(not errors for _, errors, _, _ in rows)}
    return render(request, "projects/month_check.html", context)


@require_POST
def month_submit(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """Each chosen report by itself, through the same action as its own page; a result for each."""
    first = first_of_month(request, year, month)
    chosen = [posted_integer(pk) for pk in request.POST.getlist("report")][:SITES_PER_PAGE]
    seen = MonthlyReport.objects.visible_to(request.user).filter(month=first, pk__in=chosen)
    reports = seen.select_related("site__programme__organization", "site__organization").order_by(
        "site__organization__code", "pk"
    )
    results = [(report, _submit_one(request, report)) for report in reports]
    context = {"month": first, "results": results, "sent": sum(not refusals for _, refusals in results)}
    return render(request, "projects/month_submitted.html", context, status=200 if results else 422)


def _submit_one(request: HttpRequest, report: MonthlyReport) -> list[str]:
    """Why it wasn't sent; empty when it was, also by an earlier click."""
    version = posted_integer(request.POST.get(f"version_{report.pk}"))
    try:
        submit_report(report, by=request.user, version=version)
    except ValidationError as error:
        return [] if getattr(error, "code", None) == "submitted" else error.messages
    return []
