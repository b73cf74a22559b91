"""Where reports are stuck, and how many working days each side took."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fedwork import clock
from fedwork.downloads import workbook_response
from projects import rules
from projects.forms.stuck_filters import ResponsibilityForm, StuckForm
from projects.models import MonthlyReport
from projects.responsibility import Line, charged_by_place
from projects.stuck import cases_of, responsibility_workbook, stuck_workbook

PAGE_LENGTH = 50


def stuck_page(view):
    """403 for those whose post neither reviews nor looks over the whole."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not rules.can_view_stuck(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def _stuck(request: HttpRequest, form: StuckForm):
    reports = form.apply(MonthlyReport.objects.visible_to(request.user).stuck(clock.now()))
    return reports.select_related("site__programme__organization", "site__organization")


@require_safe
@stuck_page
def stuck_list(request: HttpRequest) -> HttpResponse:
    form, now = StuckForm(request.GET, user=request.user), clock.now()
    page = Paginator(_stuck(request, form), PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "cases": cases_of(list(page), request.user, now),
        "can_urge": rules.can_urge(request.user),
        "now": now,
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "projects/stuck_list.html", context)


@require_safe
@stuck_page
def stuck_download(request: HttpRequest) -> HttpResponse:
    reports = list(_stuck(request, StuckForm(request.GET, user=request.user)))
    return _download(stuck_workbook(cases_of(reports, request.user, clock.now())), "卡在哪里")


@require_safe
@stuck_page
def responsibility(request: HttpRequest) -> HttpResponse:
    """Days by county of one programme; by township within a county."""
    form = ResponsibilityForm(request.GET, user=request.user)
    counties = {county.name: county.pk for county in form.fields["county"].queryset}
    context = {
        "form": form,
        "programme": form.programme,
        "county": form.chosen("county"),
        "lines": [(line, counties.get(line.name)) for line in _lines(request, form)],
        "now": clock.now(),
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "projects/responsibility.html", context)


@require_safe
@stuck_page
def responsibility_download(request: HttpRequest) -> HttpResponse:
    form = ResponsibilityForm(request.GET, user=request.user)
    return _download(responsibility_workbook(_lines(request, form), form.place_word), "各地用时")


def _lines(request: HttpRequest, form: ResponsibilityForm) -> list[Line]:
    reports = form.apply(MonthlyReport.objects.visible_to(request.user).due(clock.now()))
    reports = reports.select_related("site__programme").defer("problems", "needs", "next_plan")
    return charged_by_place(list(reports), clock.now(), form.place_of)


def _download(workbook: bytes, name: str) -> HttpResponse:
    return workbook_response(workbook, f"{name}{clock.today():%Y%m%d}")
