"""The pages on which everybody reads the allocation tables: the own part of each, on screen and as Excel."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from fedwork.downloads import document_response, package_response, workbook_response
from fedwork.excel import write_paper
from funding.amounts import MatchingRule, wan
from funding.comparison import Comparison, compare_versions, comparison_paper
from funding.exports import allocation_workbook
from funding.forms.tables import ExportForm
from funding.letters import adjustment_note, letters, letters_package
from funding.models import AllocationTable
from funding.rules import can_manage_commitments, can_read_letters, can_view_tables
from funding.sheet import Sheet


def get_table(request: HttpRequest, pk: int) -> AllocationTable:
    """A table in the user's scope, else 404; a role without business data gets 403."""
    if not can_view_tables(request.user):
        raise PermissionDenied
    tables = AllocationTable.objects.visible_to(request.user).with_superseded()
    return get_object_or_404(tables.select_related("programme__organization", "created_by", "issued_by"), pk=pk)


def read_export(request: HttpRequest) -> ExportForm:
    """How the table is wanted; what makes no sense is 404."""
    form = ExportForm(request.GET)
    if not form.is_valid():
        raise Http404
    return form


def table_context(request: HttpRequest, table: AllocationTable) -> dict:
    earlier = list(table.earlier)
    return {
        "table": table,
        "sheet": Sheet(table, request.user, unit=read_export(request).chosen_unit),
        "export": ExportForm(),
        "earlier": earlier,
        "comparison": _comparison(request, table, earlier),
        "has_letters": table.is_issued and can_read_letters(request.user),
    }


def _comparison(request: HttpRequest, table: AllocationTable, earlier: list[AllocationTable]) -> Comparison | None:
    """Against the version issued before it, or the earlier one whose number is asked for."""
    asked = request.GET.get("against")
    before = next((version for version in earlier if not asked or asked == str(version.number)), None)
    if asked and before is None:
        raise Http404
    return compare_versions(before, table, request.user) if before else None


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
    table, export = get_table(request, pk), read_export(request)
    sheet = Sheet(table, request.user, unit=export.chosen_unit)
    workbook = allocation_workbook(sheet, has_total_first=export.has_total_first)
    return workbook_response(workbook, f"{sheet.title}（{sheet.unit_name}）")


@require_safe
def table_comparison(request: HttpRequest, pk: int) -> HttpResponse:
    table = get_table(request, pk)
    comparison = _comparison(request, table, list(table.earlier))
    if comparison is None:
        raise Http404
    paper = comparison_paper(comparison, table)
    return workbook_response(write_paper(paper), f"{paper.title}（{comparison.after_label}）")


@require_safe
def table_letters(request: HttpRequest, pk: int) -> HttpResponse:
    """The only county's letter as it is, several in one ZIP file."""
    table = get_table(request, pk)
    if not can_read_letters(request.user):
        raise PermissionDenied
    if not table.is_issued:
        raise Http404
    sheet = Sheet(table, request.user)
    if len(sheet.counties) == 1:
        name, letter = letters(sheet)[0]
        return document_response(letter, name.removesuffix(".docx"))
    return package_response(letters_package(sheet), f"{sheet.title}下达通知")


@require_safe
def table_note(request: HttpRequest, pk: int) -> HttpResponse:
    """调整说明 of an issued adjustment; what was issued first has none."""
    table = get_table(request, pk)
    comparison = _comparison(request, table, list(table.earlier))
    if comparison is None or not table.is_issued:
        raise Http404
    sheet = Sheet(table, request.user)
    return document_response(adjustment_note(sheet, comparison), f"{sheet.title}调整说明")
