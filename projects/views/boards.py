"""The leaders' pages: completeness board, matrix of sites and months, roll-up of a month; each with its Excel.

Every number leads to the list of exactly the reports that it counts.
"""

from datetime import date
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from projects.completeness import COLUMNS, Board, Counts, Row, board, trend
from projects.forms.filters import PlaceForm, ProgressForm, RollupForm, month_name
from projects.lights.reading import lights_at
from projects.models import ProjectSite
from projects.papers.boards import board_paper, matrix_workbook
from projects.papers.rollup import rollup_paper
from projects.progress import Matrix, progress_matrix
from projects.rollup import Rollup, Sums, rollup
from projects.views.access import project_page

SITES_PER_PAGE = 200
# Label, page, and what of the address means nothing there.
TABS = [
    ("报送情况", "projects:completeness", ["as_of", "unreviewed"]),
    ("逐点逐月", "projects:progress", ["as_of", "unreviewed", "month"]),
    ("月报汇总", "projects:rollup", []),
]


def reports_address(form: PlaceForm, **changes) -> str:
    """The list of the reports that are chosen in `form`, with `changes`."""
    return reverse("projects:report_list", query=form.query(**changes))


def _frame(request: HttpRequest, form: PlaceForm) -> dict:
    """What stands around every board: its filters, the way down to the place, its neighbours, the time."""
    chosen = form.query()
    return {
        "form": form,
        "programme": form.programme,
        "place": form.places.chosen,
        "trail": [(node, f"?{urlencode(form.query(under=node.pk))}") for node in [form.places.top, *form.places.trail]],
        "now": form.now,
        "query": urlencode(chosen),
        "tabs": [
            (label, reverse(name, query=form.query(**dict.fromkeys(without))), reverse(name) == request.path)
            for label, name, without in TABS
        ],
        "is_filtered": any(request.GET.values()),
    }


def _read_board(form: PlaceForm) -> Board:
    month = form.month_chosen
    return board(form.here().filter(month=month) if month else form.here(), form.places, form.now)


@require_safe
@project_page
def completeness(request: HttpRequest) -> HttpResponse:
    """应报 / 已报 / 按时 / 已审 / 被退 by county, township and site, and month by month; a fixed number of queries."""
    form = PlaceForm(request.GET, user=request.user)
    found = _read_board(form)
    context = {
        **_frame(request, form),
        "board": found,
        "rows": [_board_row(form, row) for row in found.rows],
        "total": rate_cells(form, found.total),
        "months": month_rows(form),
        "period": _period(form),
    }
    return render(request, "projects/board.html", context)


def _board_row(form: PlaceForm, row: Row) -> dict:
    if row.drill:
        address = f"?{urlencode(form.query(under=row.drill))}"
    else:
        address = reverse("projects:site_detail", args=[row.site_id])
    return {"label": row.label, "address": address, "cells": rate_cells(form, row.counts, **row.leads_to)}


def rate_cells(form: PlaceForm, counts: Counts, **leads_to) -> list[dict]:
    """Each column with its number, its rate and the address of exactly its reports."""
    return [
        {
            "name": name,
            "number": getattr(counts, key),
            "percent": counts.percent(key),
            "address": reports_address(form, state=key, **leads_to),
        }
        for key, name in COLUMNS.items()
    ]


def month_rows(form: PlaceForm) -> list[dict]:
    """The trend of the chosen place, month by month, as templates/projects/_trend.html shows it."""
    return [_month_row(form, month, counts) for month, counts in trend(form.here(), form.now)]


def _month_row(form: PlaceForm, month: date, counts: Counts) -> dict:
    cells = rate_cells(form, counts, month=f"{month:%Y-%m}")
    return {"month": month, "cells": cells, "address": f"?{urlencode(form.query(month=f'{month:%Y-%m}'))}"}


def _period(form: PlaceForm) -> str:
    return month_name(form.month_chosen) if form.month_chosen else form.all_months


@require_safe
@project_page
def completeness_excel(request: HttpRequest) -> HttpResponse:
    form = PlaceForm(request.GET, user=request.user)
    title = f"{form.places.chosen}月报报送情况表"
    paper = board_paper(_read_board(form), title=title, period=_period(form), now=form.now)
    return workbook_response(write_paper(paper), f"{title}（{_period(form)}）")


@require_safe
@project_page
def progress(request: HttpRequest) -> HttpResponse:
    """Sites against months for one programme and place; a fixed number of queries."""
    form = ProgressForm(request.GET, user=request.user)
    page = Paginator(form.sites(), SITES_PER_PAGE).get_page(request.GET.get("page"))
    matrix = _read_matrix(form, list(page))
    _light_up(form, matrix, list(page))
    context = {**_frame(request, form), "page_obj": page, "matrix": matrix, "totals": _linked_totals(form, matrix)}
    return render(request, "projects/progress.html", context)


def _read_matrix(form: ProgressForm, sites: list[ProjectSite]) -> Matrix:
    return progress_matrix(form.programme.months() if form.programme else [], sites, form.here(), form.now)


def _light_up(form: ProgressForm, matrix: Matrix, sites: list[ProjectSite]) -> None:
    here = ProjectSite.objects.filter(pk__in=[site.pk for site in sites])
    lights = {each.site.pk: each.mark for each in lights_at(form.programme, form.now, here)} if sites else {}
    for row in (row for _, rows in matrix.counties for row in rows):
        row.light = lights.get(row.site.pk)


def _linked_totals(form: ProgressForm, matrix: Matrix) -> list[tuple[str, list[dict]]]:
    return [
        (label, [{"number": n, "address": reports_address(form, state=key, month=f"{m:%Y-%m}")} for m, n in counts])
        for label, key, counts in matrix.total_rows
    ]


@require_safe
@project_page
def progress_excel(request: HttpRequest) -> HttpResponse:
    form = ProgressForm(request.GET, user=request.user)
    title = f"{form.places.chosen}月报逐点逐月"
    return workbook_response(matrix_workbook(_read_matrix(form, list(form.sites())), title), title)


def _read_rollup(form: RollupForm) -> Rollup:
    """404 where there is nothing to roll up: no programme, or none of its months has begun."""
    if form.month_chosen is None:
        raise Http404
    unreviewed = bool(form.chosen("unreviewed"))
    return rollup(form.here(), form.places, month=form.month_chosen, moment=form.now, unreviewed=unreviewed)


@require_safe
@project_page
def month_rollup(request: HttpRequest) -> HttpResponse:
    """The month by county and type, below a county by type and site, as known now or at `as_of`."""
    form = RollupForm(request.GET, user=request.user)
    found = _read_rollup(form) if form.month_chosen else None
    context = {**_frame(request, form), "rollup": found, "groups": [], "total": None}
    if found:
        context["groups"] = [_rollup_group(form, found, group) for group in found.groups]
        context["total"] = _rollup_line(form, found, "合计", found.total, {})
        # The same table again, also later: what is on the page is what is in the file.
        context["query"] = context["query"] if found.unreviewed else urlencode(form.query(as_of=form.moment_text))
    return render(request, "projects/rollup.html", context)


def _rollup_group(form: RollupForm, found: Rollup, group) -> dict:
    lines = [_rollup_line(form, found, line.label, line.sums, line.leads_to, line.site_id) for line in group.lines]
    address = f"?{urlencode(form.query(under=group.drill))}" if group.drill else ""
    return _rollup_line(form, found, group.label, group.sums, group.leads_to) | {"address": address, "lines": lines}


def _rollup_line(form: RollupForm, found: Rollup, label: str, sums: Sums, leads_to: dict, site_id=None) -> dict:
    """A line's two rows: each number with the address of its reports."""
    state = "counted" if found.unreviewed else "accepted"
    now = reports_address(form, state=state, **leads_to)
    until = reports_address(form, state=state, until="on", **leads_to)
    states = [
        (getattr(sums, key), reports_address(form, state=key, **leads_to)) for key in ["due", "submitted", "accepted"]
    ]
    return {
        "label": label,
        "address": reverse("projects:site_detail", args=[site_id]) if site_id else "",
        "states": states,
        "sums": sums,
        "progress_address": until,
        "rows": [
            ("本月", now, [sums.month.get(measure.pk) for measure in found.measures]),
            ("累计", until, [sums.total.get(measure.pk) for measure in found.measures]),
        ],
    }


@require_safe
@project_page
def rollup_excel(request: HttpRequest) -> HttpResponse:
    """The same moment gives the same bytes."""
    form = RollupForm(request.GET, user=request.user)
    if not form.is_valid():
        raise Http404
    found = _read_rollup(form)
    paper = rollup_paper(found, form.programme, form.places.chosen.name)
    return workbook_response(write_paper(paper), f"项目进度月报汇总表（{form.places.chosen}{month_name(found.month)}）")
