"""The pages on which everybody reads the allocation tables: the own part of each, on screen and as Excel."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from fedwork.downloads import workbook_response
from funding.amounts import MatchingRule, wan
from funding.comparison import Comparison, compare
from funding.exports import allocation_workbook
from funding.models import AllocationTable
from funding.rules import can_manage_commitments, can_view_tables
from funding.sheet import Sheet, Unit


def get_table(request: HttpRequest, pk: int) -> AllocationTable:
    """A table in the user's scope, else 404; a role without business data gets 403."""
    if not can_view_tables(request.user):
        raise PermissionDenied
    tables = AllocationTable.objects.visible_to(request.user).with_superseded()
    return get_object_or_404(tables.select_related("programme__organization", "created_by", "issued_by"), pk=pk)


def read_unit(request: HttpRequest) -> str:
    unit = request.GET.get("unit", Unit.YUAN)
    if unit not in Unit.NAMES:
        raise Http404
    return unit


def table_context(request: HttpRequest, table: AllocationTable) -> dict:
    return {
        "table": table,
        "sheet": Sheet(table, request.user, unit=read_unit(request)),
        "comparison": _comparison(request, table),
    }


def _comparison(request: HttpRequest, table: AllocationTable) -> Comparison | None:
    """The user's part of the table against the version issued before it."""
    previous = table.previous
    if previous is None:
        return None
    parts = [version.lines.visible_to(request.user) for version in (previous, table)]
    return compare(*map(list, parts))


@require_safe
def table_list(request: HttpRequest) -> HttpResponse:
    if not can_view_tables(request.user):
        raise PermissionDenied
    tables = AllocationTable.objects.visible_to(request.user).with_superseded().with_part_of(request.user)
    rows = [
        {
            "table": table,
            "province": wan(table.part_province),
            "matching": wan(table.part_matching),
            "has_matching": MatchingRule.of(table).is_asked or table.part_matching,
        }
        for table in tables.select_related("programme")
    ]
    return render(request, "funding/table_list.html", {"rows": rows})


@require_safe
def table_detail(request: HttpRequest, pk: int) -> HttpResponse:
    table = get_table(request, pk)
    context = table_context(request, table)
    context["can_manage"] = can_manage_commitments(request.user, table.programme)
    return render(request, "funding/table_detail.html", context)


@require_safe
def table_download(request: HttpRequest, pk: int) -> HttpResponse:
    table = get_table(request, pk)
    sheet = Sheet(table, request.user, unit=read_unit(request))
    return workbook_response(allocation_workbook(sheet), f"{sheet.title}（{sheet.unit_name}）")
