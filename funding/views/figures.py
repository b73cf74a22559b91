"""对账 of table, ledger and arrivals, and the entries behind a figure of it or of the board."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from funding.figures import Figure
from funding.forms.boards import FigureForm, ReconciliationForm
from funding.models import AllocationTable
from funding.reconciliation import County, Line, Reconciliation, reconcile, reconciliation_paper
from funding.rules import can_view_tables

ENTRIES, LINES = 50, 100


@require_safe
def figure_page(request: HttpRequest) -> HttpResponse:
    """The entries that a figure is made of, as known at its moment."""
    form = FigureForm(_allowed(request).GET, user=request.user)
    entries = form.figure.entries(form.sites(), form.moment, form.one_source)
    page = Paginator(entries, ENTRIES).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "programme": form.programme,
        "figure": form.figure,
        "total": Figure.total(entries),
        "page_obj": page,
    }
    return render(request, "funding/figure.html", context)


@require_safe
def reconciliation_page(request: HttpRequest) -> HttpResponse:
    form = ReconciliationForm(_allowed(request).GET, user=request.user)
    context = {"form": form, "is_filtered": any(request.GET.values()), "query": request.GET.urlencode()}
    if form.programme:
        found = _read(form)
        page = Paginator(found.lines, LINES).get_page(request.GET.get("page"))
        context |= {"found": found, "programme": form.programme, "page_obj": page, "rows": _rows(form, found, page)}
        chosen = form.chosen("county")
        is_whole = not form.only_different
        context["total"] = _cells(found.total, form, found.table, is_whole=is_whole, county=chosen and chosen.pk)
    return render(request, "funding/reconciliation.html", context)


@require_safe
def reconciliation_excel(request: HttpRequest) -> HttpResponse:
    form = ReconciliationForm(_allowed(request).GET, user=request.user)
    if form.programme is None:
        raise PermissionDenied
    paper = reconciliation_paper(_read(form), place=form.chosen("county") or request.user.organization)
    return workbook_response(write_paper(paper), paper.title)


def _read(form: ReconciliationForm) -> Reconciliation:
    found = reconcile(form.programme, form.sites().select_related("organization"), form.moment)
    return found.only_different() if form.only_different else found


@dataclass(frozen=True)
class Cell:
    """An amount of a row, with the address of what it is made of."""

    label: str
    amount: Decimal
    address: str = ""


COLUMNS = {"table": "分配表", "posted": "台账下达", "moved": "调剂", "disbursed": "拨付", "arrived": "到位"}
BEHIND = {"posted": "posted", "moved": "moved", "disbursed": "disbursed", "arrived": "all_arrived"}


def _cells(
    owner: County | Line, form: ReconciliationForm, table: AllocationTable | None, *, is_whole: bool = True, **place
) -> list[Cell]:
    """What is no sum of a place has no address that names it: of the lines that differ, or of sites in no county
    (`is_whole` is False)."""
    addresses = {name: form.address(figure=figure, **place) for name, figure in BEHIND.items()}
    addresses["table"] = table.get_absolute_url() if table else ""
    return [Cell(label, owner.figure(name), addresses[name] if is_whole else "") for name, label in COLUMNS.items()]


def _rows(form: ReconciliationForm, found: Reconciliation, page) -> list[dict]:
    """The page's lines; the first of a county comes with the county and its sums."""
    counties, rows = {county.label: county for county in found.counties}, []
    is_whole = not form.only_different
    for line in page:
        row = {"line": line, "cells": _cells(line, form, found.table, site=line.site.pk, source=line.source.value)}
        if county := counties.pop(line.site.county_name, None):
            place = form.county_of(line.site)
            sums = _cells(county, form, found.table, is_whole=is_whole and place is not None, county=place)
            row |= {"county": county, "sums": sums}
        rows.append(row)
    return rows


def _allowed(request: HttpRequest) -> HttpRequest:
    if not can_view_tables(request.user):
        raise PermissionDenied
    return request
