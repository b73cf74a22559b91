"""资金到位情况 as a page and as the official form 3.2."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from funding.board import FundBoard, Group, Standing, fund_board
from funding.forms.boards import BoardForm
from funding.papers import Extras, arrival_paper
from funding.rules import can_view_tables
from organizations.models import Level
from projects.states import Mark

PAGE_LENGTH = 50


@dataclass(frozen=True)
class Cell:
    """An amount of a row: the address of the entries behind it, what came since the day compared with, a word on it."""

    label: str
    amount: Decimal
    address: str
    change: Decimal
    mark: Mark | None = None


@require_safe
def board_page(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    context = {"form": form, "is_filtered": any(request.GET.values()), "query": request.GET.urlencode()}
    if form.programme:
        board = _board(form)
        context |= {
            "board": board,
            "programme": form.programme,
            "is_past": board.moment.date() < clock.now().date(),
            "total": _cells(form, board, board.total, _place(form)),
            "asking": {question: form.narrowed(show=question) for question in form.questions},
        }
        context |= _rows(request, form, board)
    return render(request, "funding/board.html", context)


@require_safe
def board_excel(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    if form.programme is None:
        raise PermissionDenied
    board = _board(form, "creation_type")
    place = form.chosen("county") or request.user.organization
    paper = arrival_paper(board, Extras.of(form.sites(), board.moment), place=place, only=form.show_label)
    return workbook_response(write_paper(paper), paper.title)


def _rows(request: HttpRequest, form: BoardForm, board: FundBoard) -> dict:
    """The counties, or a page of the sites of one or of those asked for, each with the address of what it is made of."""
    is_wide = form.chosen("county") is None and request.user.organization.level < Level.COUNTY
    if is_wide and not form.chosen("show"):
        return {"rows": [_county_row(form, board, group) for group in board.groups]}
    page = Paginator(board.total.standings, PAGE_LENGTH).get_page(request.GET.get("page"))
    return {"shows_sites": True, "rows": [_site_row(form, board, standing) for standing in page], "page_obj": page}


def _county_row(form: BoardForm, board: FundBoard, group: Group) -> dict:
    county = form.county_of(group.standings[0].site)
    place = {"county": county} if county else None  # sites in no county are no place that an address names
    return {"row": group, "address": form.narrowed(county=county), "cells": _cells(form, board, group, place)}


def _site_row(form: BoardForm, board: FundBoard, standing: Standing) -> dict:
    site = standing.site
    address = reverse("funding:site_book", args=[site.pk])
    return {"row": standing, "address": address, "cells": _cells(form, board, standing, {"site": site.pk})}


def _cells(form: BoardForm, board: FundBoard, row: Group | Standing, place: dict | None) -> dict[str, Cell]:
    if board.has_matching:
        named = {"pledged": ("承诺", row.promised_mark), "arrived": ("到位", row.mark)}
    else:
        named = {"issued": ("下达", None), "issued_arrived": ("到位", row.mark)}
    named["spent"] = "支出", row.late_mark
    address = {name: "" if place is None else form.address(figure=name, **place) for name in named}
    return {
        name: Cell(label, getattr(row.money, name), address[name], row.change(name), mark)
        for name, (label, mark) in named.items()
    }


def _place(form: BoardForm) -> dict | None:
    """Of what the total speaks; None for the sites that a question leaves over: no address names these."""
    county = form.chosen("county")
    return None if form.chosen("show") else {"county": county and county.pk}


def _form(request: HttpRequest) -> BoardForm:
    if not can_view_tables(request.user):
        raise PermissionDenied
    return BoardForm(request.GET, user=request.user)


def _board(form: BoardForm, *related: str) -> FundBoard:
    sites = form.sites().select_related("organization", *related)
    board = fund_board(form.programme, sites, form.moment, form.before)
    return board.where(form.chosen("show")) if form.chosen("show") else board
