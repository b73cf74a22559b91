"""配套资金到位情况 as a page and as the official form 3.2."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from funding.board import FundBoard, Group, fund_board
from funding.forms.ledger import BoardForm
from funding.papers import arrival_paper
from funding.rules import can_view_tables
from organizations.models import Level
from projects.models import ProjectSite

PAGE_LENGTH = 50


@require_safe
def board_page(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    context = {"form": form, "is_filtered": any(request.GET.values()), "query": request.GET.urlencode()}
    if form.programme:
        board = _board(request, form)
        context |= {
            "board": board,
            "programme": form.programme,
            "is_past": board.moment.date() < clock.now().date(),
        }
        context |= _rows(request, form, board)
    return render(request, "funding/board.html", context)


@require_safe
def board_excel(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    if form.programme is None:
        raise PermissionDenied
    board = _board(request, form)
    place = form.chosen("county") or request.user.organization
    paper = arrival_paper(board, place=place)
    return workbook_response(write_paper(paper), paper.title)


def _rows(request: HttpRequest, form: BoardForm, board: FundBoard) -> dict:
    """The counties, or a page of the sites of one, each with the address of what it is made of."""
    if form.chosen("county") is None and request.user.organization.level < Level.COUNTY:
        counties = set(form.fields["county"].queryset.values_list("pk", flat=True))
        return {"rows": [(group, _county_address(request, group, counties)) for group in board.groups]}
    page = Paginator(board.total.standings, PAGE_LENGTH).get_page(request.GET.get("page"))
    rows = [(standing, reverse("funding:site_book", args=[standing.site.pk])) for standing in page]
    return {"shows_sites": True, "rows": rows, "page_obj": page}


def _county_address(request: HttpRequest, group: Group, counties: set[int]) -> str:
    """The same board of one county: where its first site lies now, whatever the county was called then."""
    above = group.standings[0].site.organization.ancestor_ids
    query = request.GET.copy()
    query["county"] = next((pk for pk in above if pk in counties), "")
    return f"?{query.urlencode()}"


def _form(request: HttpRequest) -> BoardForm:
    if not can_view_tables(request.user):
        raise PermissionDenied
    return BoardForm(request.GET, user=request.user)


def _board(request: HttpRequest, form: BoardForm) -> FundBoard:
    sites = ProjectSite.objects.visible_to(request.user).approved().filter(programme=form.programme)
    if county := form.chosen("county"):
        sites = sites.filter(organization__path__startswith=county.path)
    return fund_board(form.programme, sites.select_related("creation_type", "organization"), form.moment)
