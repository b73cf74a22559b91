"""The ledgers of what was done: activities by kind and festival, publicity by channel, how far the visits reached."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from fedwork.downloads import workbook_response
from fedwork.excel import write_list
from projects.forms.ledgers import ActivityLedgerForm, PeriodForm, PublicityLedgerForm, VisitLedgerForm
from projects.papers.ledgers import (
    ACTIVITIES,
    PIECES,
    REACH,
    channel_columns,
    channel_table,
    reach_workbook,
)
from projects.views.access import project_page
from projects.visit_coverage import reach

ROWS_PER_PAGE = 100


@require_safe
@project_page
def activity_ledger(request: HttpRequest) -> HttpResponse:
    form = ActivityLedgerForm(request.GET, user=request.user)
    return render(request, "projects/activity_ledger.html", _context(request, form))


def _context(request: HttpRequest, form: PeriodForm) -> dict:
    page = Paginator(form.records(), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return {
        "form": form,
        "programme": form.programme,
        "place": form.places.chosen,
        "page_obj": page,
        "query": request.GET.urlencode(),
        "is_filtered": any(request.GET.values()),
    }


@require_safe
@project_page
def activity_ledger_excel(request: HttpRequest) -> HttpResponse:
    form = ActivityLedgerForm(request.GET, user=request.user)
    title = f"{form.places.chosen}活动台账"
    return workbook_response(write_list(ACTIVITIES, form.records(), title=title), title)


@require_safe
@project_page
def publicity_ledger(request: HttpRequest) -> HttpResponse:
    form = PublicityLedgerForm(request.GET, user=request.user)
    channels = list(form.fields["channel"].queryset)
    table = channel_table(list(form.records()), channels)
    context = _context(request, form) | {"channels": channels, "table": table}
    return render(request, "projects/publicity_ledger.html", context)


@require_safe
@project_page
def publicity_ledger_excel(request: HttpRequest) -> HttpResponse:
    """`?count=1`: how many of each site and channel instead of the pieces one by one."""
    form = PublicityLedgerForm(request.GET, user=request.user)
    pieces, place = form.records(), form.places.chosen
    if "count" in request.GET:
        channels, title = list(form.fields["channel"].queryset), f"{place}宣传报道计数"
        return workbook_response(
            write_list(channel_columns(channels), channel_table(list(pieces), channels), title=title), title
        )
    return workbook_response(write_list(PIECES, pieces, title=f"{place}宣传台账"), f"{place}宣传台账")


@require_safe
@project_page
def visit_coverage(request: HttpRequest) -> HttpResponse:
    """The table of who reached how many places; below it the visits that are asked for."""
    form = VisitLedgerForm(request.GET, user=request.user)
    context = _context(request, form) | {"headings": REACH}
    kept = {
        name: value for name, value in form.data.items() if name in {"programme", "under", "since", "until"} and value
    }
    context["rows"] = [
        (row, reverse("projects:visit_coverage", query=kept | {"level": row.level, "led_by": row.led_by}))
        for row in reach(form.in_place())
    ]
    return render(request, "projects/visit_coverage.html", context)


@require_safe
@project_page
def visit_coverage_excel(request: HttpRequest) -> HttpResponse:
    form = VisitLedgerForm(request.GET, user=request.user)
    title = f"{form.places.chosen}调研指导覆盖"
    return workbook_response(reach_workbook(reach(form.in_place()), title), title)
