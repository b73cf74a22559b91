"""The cadre's pages of a monthly report: fill in, check, submit, receipt; and the page everybody reads."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fedwork import clock
from fedwork.numbers import posted_integer
from projects import rules
from projects.actions import StaleReportError, submit_report
from projects.forms.report import ReportForm
from projects.locks import LOCKED, open_until, report_lock, report_locks
from projects.models import MonthlyReport
from projects.sheet import Sheet, report_sheet
from projects.states import DESK_OF, FIRST_STATUS, ReviewDesk
from projects.stuck import case_of, open_urges
from projects.views.access import get_own_report, get_report, project_page
from projects.views.reviews import withdrawal


@require_safe
@project_page
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    report = get_report(request, pk)
    lock = report_lock(report)
    context = {
        "report": report,
        "sheet": report_sheet(report),
        "rounds": report.submissions.select_related("submitted_by").prefetch_related("decisions__decided_by"),
        "can_fill_in": lock is None and rules.can_fill_in_report(request.user, report),
        "lock": lock if report.is_editable else None,
        "corrections": report.corrections.in_words(),
        "withdrawal": withdrawal(request.user, report, desk_name(report)),
        "case": case_of(report, request.user, clock.now()),
    }
    return render(request, "projects/report_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def report_edit(request: HttpRequest, pk: int) -> HttpResponse:
    report = get_own_report(request, pk)
    if report_lock(report):
        return redirect(report)
    if request.method == "POST":
        return _save(request, report, ReportForm(request.POST, sheet=report_sheet(report)))
    return _render_edit(request, ReportForm(sheet=report_sheet(report)))


def _save(request: HttpRequest, report: MonthlyReport, form: ReportForm) -> HttpResponse:
    """Keep what is understood; what isn't stays in the form with its error."""
    is_valid = form.is_valid()
    try:
        saved = form.save(by=request.user, version=posted_integer(request.POST.get("version")))
    except StaleReportError as error:
        return _render_stale(request, report.pk, error)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(report)
    if not is_valid:
        form.sheet.report = saved
        return _render_edit(request, form, status=422, error_title="其余已保存，下面这些还没有保存，请改正")
    if "check" in request.POST:
        return redirect("projects:report_check", pk=saved.pk)
    messages.success(request, f"已保存 {timezone.localtime(saved.saved_at):%H:%M}，可以稍后再填。")
    return redirect("projects:report_edit", pk=saved.pk)


def _render_stale(request: HttpRequest, pk: int, error: StaleReportError) -> HttpResponse:
    """409: what was typed stays in the form, what somebody else saved meanwhile stands beside it."""
    report = get_own_report(request, pk)
    form = ReportForm(request.POST, sheet=report_sheet(report))
    differences = [(form[name], form.sheet.in_words(name)) for name in error.conflicts]
    return _render_edit(request, form, status=409, stale=error.messages[0], differences=differences)


def _render_edit(request: HttpRequest, form: ReportForm, *, status: int = 200, **context) -> HttpResponse:
    report = form.sheet.report
    context |= {
        "form": form,
        "sheet": form.sheet,
        "report": report,
        "days_left": report.days_left(clock.now()),
        "is_overdue": report.is_overdue(clock.now()),
        "open_until": open_until([report]).get(report.pk) if report.due_at < clock.now() else None,
        "suggested_plan": form.sheet.suggested_plan(),
        "returned": report.last_return,
        "is_partly_open": report.reopened_keys is not None,
        "urged": open_urges([report]).get(report.pk),
        "first_desk": first_desk_name(report),
    }
    return render(request, "projects/report_edit.html", context, status=status)


def first_desk_name(report: MonthlyReport) -> str:
    """Who gets the report first, in words for the button: 肥西县妇联."""
    return _name_of(report, DESK_OF[FIRST_STATUS[report.site.programme.review_chain]])


def desk_name(report: MonthlyReport) -> str:
    """Who has the report now; empty when it waits for nobody's decision."""
    return _name_of(report, report.desk) if report.desk else ""


def _name_of(report: MonthlyReport, desk: ReviewDesk) -> str:
    place = report.site.county_name if desk == ReviewDesk.COUNTY else report.site.programme.organization.name
    return f"{place}妇联"


@require_safe
def report_check(request: HttpRequest, pk: int) -> HttpResponse:
    report = get_own_report(request, pk)
    if report_lock(report):
        return redirect(report)
    return _render_check(request, report_sheet(report))


def _render_check(request: HttpRequest, sheet: Sheet, *, status: int = 200, **context) -> HttpResponse:
    context |= {
        "sheet": sheet,
        "report": sheet.report,
        "errors": sheet.errors(),
        "anomalies": sheet.explained(),
        "first_desk": first_desk_name(sheet.report),
    }
    return render(request, "projects/report_check.html", context, status=status)


@require_POST
def report_submit(request: HttpRequest, pk: int) -> HttpResponse:
    report = get_own_report(request, pk)
    try:
        submit_report(report, by=request.user, version=posted_integer(request.POST.get("version")))
    except StaleReportError as error:
        return _render_check(request, report_sheet(report), status=409, stale=error.messages[0])
    except ValidationError as error:
        if getattr(error, "code", None) not in LOCKED:
            return _render_check(request, report_sheet(report), status=422)
    return redirect("projects:report_receipt", pk=pk)


@require_safe
def report_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    report = get_own_report(request, pk)
    if report.is_editable:
        return redirect("projects:report_edit", pk=pk)
    context = {
        "report": report,
        "desk": desk_name(report),
        "withdrawal": withdrawal(request.user, report, desk_name(report)),
        "next_report": _next_to_fill_in(request, report),
    }
    return render(request, "projects/report_receipt.html", context)


def _next_to_fill_in(request: HttpRequest, report: MonthlyReport) -> MonthlyReport | None:
    """Another report of the same month that the cadre can fill in."""
    unsent = MonthlyReport.objects.visible_to(request.user).filter(month=report.month).to_fill_in()
    unsent = list(unsent.select_related("site__programme__organization"))
    locks = report_locks(unsent)
    return next((other for other in unsent if other.pk not in locks), None)
