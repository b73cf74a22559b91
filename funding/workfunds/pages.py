"""工作经费: the board of a place, the page of one unit, entering for many, the upload, reversing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from fedwork.numbers import posted_integer
from funding import actions
from funding.forms.tables import UploadForm
from funding.models import WomenCount, WorkFundEntry
from funding.models.workfund import LEVELS
from funding.rules import can_view_tables
from funding.workfunds.forms import ReversalForm, WhatForm, WorkFundGrid, YearForm
from funding.workfunds.imports import read_work_funds, work_fund_template
from funding.workfunds.papers import notes, work_fund_paper
from funding.workfunds.reading import Row, WorkFundBoard, standards_of, units, work_fund_board
from funding.workfunds.rules import can_enter_work_funds
from organizations.models import Level, Organization

PAGE_LENGTH = 50
UNITS_PER_PAGE = 100  # three inputs a unit: below Django's limit of 1,000 fields in one form


def get_unit(request: HttpRequest, pk: int) -> Organization:
    """A county, township or village in the user's subtree, else 404; a role without business data gets 403."""
    if not can_view_tables(request.user):
        raise PermissionDenied
    return get_object_or_404(Organization.objects.visible_to(request.user).filter(level__in=LEVELS), pk=pk)


def get_unit_to_enter(request: HttpRequest, pk: int) -> Organization:
    unit = get_unit(request, pk)
    if not can_enter_work_funds(request.user, unit):
        raise PermissionDenied
    return unit


def get_place(request: HttpRequest) -> Organization:
    """What `under` names, the user's own organisation where nothing is named."""
    if not can_view_tables(request.user):
        raise PermissionDenied
    if not request.GET.get("under"):
        return request.user.organization
    places = Organization.objects.visible_to(request.user).filter(level__lte=Level.VILLAGE)
    return get_object_or_404(places, pk=posted_integer(request.GET["under"]))


def address(name: str, pk: int, year: int, **query) -> str:
    return reverse(f"funding:{name}", args=[pk], query={"year": year} | query)


@require_safe
def board_page(request: HttpRequest) -> HttpResponse:
    place, form = get_place(request), YearForm(request.GET)
    if place.level == Level.VILLAGE:
        return redirect(address("workfund_detail", place.pk, form.chosen_year))
    board = work_fund_board(place, form.chosen_year)
    page = Paginator(board.rows, PAGE_LENGTH).get_page(request.GET.get("page"))
    above = Organization.objects.visible_to(request.user).filter(pk__in=place.ancestor_ids).order_by("level")
    context = {
        "form": form,
        "board": board,
        "page_obj": page,
        "rows": [(row, _row_address(row, form.chosen_year)) for row in page],
        "trail": [(node, f"?year={form.chosen_year}&under={node.pk}") for node in above],
        "levels": [(level.label, board.sum_of(level)) for level in board.levels],
        "notes": notes(board),
        "now": clock.now(),
        "entering": _entering(request, place, form.chosen_year),
    }
    return render(request, "funding/workfund_board.html", context)


def _row_address(row: Row, year: int) -> str:
    if row.is_own or row.organization.level == Level.VILLAGE:
        return address("workfund_detail", row.organization.pk, year)
    return f"?year={year}&under={row.organization.pk}"


def _entering(request: HttpRequest, place: Organization, year: int) -> list[tuple[str, str]]:
    """Where the user may enter for the place: label, address."""
    if not can_enter_work_funds(request.user, place):
        return []
    pages = [("逐个登记", "workfund_grid"), ("用 Excel 登记", "workfund_import")]
    return [(label, address(name, place.pk, year)) for label, name in pages]


@require_safe
def board_excel(request: HttpRequest) -> HttpResponse:
    place, form = get_place(request), YearForm(request.GET)
    if place.level >= Level.VILLAGE:
        raise Http404
    paper = work_fund_paper(work_fund_board(place, form.chosen_year))
    return workbook_response(write_paper(paper), paper.title)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _detail_page(request, get_unit(request, pk), YearForm(request.GET), ReversalForm())


def _detail_page(request: HttpRequest, unit: Organization, form: YearForm, reversal: ReversalForm) -> HttpResponse:
    standards = standards_of(form.chosen_year, unit)
    entries = WorkFundEntry.objects.filter(organization=unit, year=form.chosen_year)
    board = WorkFundBoard(
        unit, form.chosen_year, [row for row in work_fund_board(unit, form.chosen_year).rows if row.is_own], []
    )
    context = {
        "unit": unit,
        "form": form,
        "sums": board.total,
        "standard": next((one for one in standards if one.level == unit.level), None),
        "women": WomenCount.objects.filter(organization=unit, year=form.chosen_year).first(),
        "entries": entries.select_related("recorded_by", "reverses", "reversal"),
        "reversal": reversal,
        "can_enter": can_enter_work_funds(request.user, unit),
        "grid": address("workfund_grid", unit.pk, form.chosen_year, only="own"),
        "board": f"{reverse('funding:workfund_board')}?year={form.chosen_year}",
    }
    return render(request, "funding/workfund_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def grid(request: HttpRequest, pk: int) -> HttpResponse:
    """For the place itself and what lies right below it."""
    place, form = get_unit_to_enter(request, pk), WhatForm(request.GET)
    rows = units(place, form.chosen_year, standards_of(form.chosen_year, place))
    right_here = (
        rows.filter(pk=place.pk) if request.GET.get("only") else rows.filter(pk=place.pk) | rows.filter(parent=place)
    )
    page = Paginator(right_here.order_by("level", "code"), UNITS_PER_PAGE).get_page(request.GET.get("page"))
    typed = WorkFundGrid(request.POST or None, units=list(page), year=form.chosen_year, what=form.chosen_what)
    if request.method == "POST" and typed.is_valid() and _enter(request, typed, typed.deposits(), typed.counts()):
        return redirect(request.get_full_path())
    context = {
        "place": place,
        "form": form,
        "grid": typed,
        "page_obj": page,
        "shows_women": form.chosen_what == "women",
    }
    return render(request, "funding/workfund_grid.html", context | {"back": _back(place, form.chosen_year)})


def _back(place: Organization, year: int) -> str:
    if place.level == Level.VILLAGE:
        return address("workfund_detail", place.pk, year)
    return f"{reverse('funding:workfund_board')}?year={year}&under={place.pk}"


def _enter(request: HttpRequest, form, deposits, counts) -> bool:
    try:
        written = actions.enter_work_funds(list(deposits), counts, by=request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, f"已登记 {written} 笔。" if written else "没有新的内容，什么也没有登记。")
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    place, form = get_unit_to_enter(request, pk), YearForm(request.GET)
    given = UploadForm(request.POST or None, request.FILES or None)
    given.fields["file"].help_text = "用下载的模板填写，.xlsx 或 .csv；有一行不对就全部不写入，改好再传。"
    if request.method == "POST" and given.is_valid() and _take(request, given, place, form.chosen_year):
        return redirect(_back(place, form.chosen_year))
    context = {"place": place, "form": form, "upload": given, "back": _back(place, form.chosen_year)}
    return render(request, "funding/workfund_import.html", context)


def _take(request: HttpRequest, form: UploadForm, place: Organization, year: int) -> bool:
    here = Organization.objects.within(place.path).filter(level__in=LEVELS)
    try:
        deposits, counts = read_work_funds(form.cleaned_data["file"], here, year)
    except ValidationError as error:
        form.add_error("file", error)
        return False
    return _enter(request, form, deposits, counts)


@require_safe
def template(request: HttpRequest, pk: int) -> HttpResponse:
    """The Excel list of all units at the place and below it."""
    place, form = get_unit_to_enter(request, pk), YearForm(request.GET)
    rows = units(place, form.chosen_year, []).order_by("path")
    return workbook_response(work_fund_template(rows), f"{place}{form.chosen_year}年工作经费登记")


@require_POST
def reverse_entry(request: HttpRequest, pk: int) -> HttpResponse:
    if not can_view_tables(request.user):
        raise PermissionDenied
    entries = WorkFundEntry.objects.visible_to(request.user).select_related("organization")
    entry = get_object_or_404(entries, pk=pk)
    if not can_enter_work_funds(request.user, entry.organization):
        raise PermissionDenied
    form = ReversalForm(request.POST)
    if form.is_valid():
        try:
            actions.reverse_work_fund(entry, reason=form.cleaned_data["reason"], by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "已冲正。原来那一笔保留，两笔相抵。")
            return redirect(address("workfund_detail", entry.organization_id, entry.year))
    year = request.GET.copy()
    year["year"] = str(entry.year)
    return _detail_page(request, entry.organization, YearForm(year), form)
