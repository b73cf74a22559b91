"""The city's work with commitments and allocation tables, inside the admin."""

from collections.abc import Callable, Mapping

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fedwork.downloads import workbook_response
from funding import actions, imports
from funding.amounts import yuan
from funding.commitments import CommitmentGrid, programmes_with_pledges, sites_for_grid
from funding.drafting import is_current
from funding.forms.tables import IssueForm, UploadForm
from funding.models import AllocationTable
from funding.rules import can_draft_table, can_manage_commitments, can_view_in_admin
from funding.states import MatchingSource
from funding.views.tables import get_table, table_context
from projects.models import Programme, ProjectSite

# Two inputs a cell, four cells a site: below Django's limit of 1,000 fields in one form.
SITES_PER_PAGE = 100


def _render(request: HttpRequest, template: str, title: str, **context) -> HttpResponse:
    context |= admin.site.each_context(request) | {"title": title}
    return render(request, f"admin/funding/{template}", context)


def _get_programme(request: HttpRequest, pk: int) -> Programme:
    """A programme in the user's scope, else 404."""
    programmes = Programme.objects.visible_to(request.user).select_related("organization")
    return get_object_or_404(programmes, pk=pk)


def _get_own_table(request: HttpRequest, pk: int) -> AllocationTable:
    """A table that the user makes; one that is seen but made by others is 403."""
    table = get_table(request, pk)
    if not can_manage_commitments(request.user, table.programme):
        raise PermissionDenied
    return table


def _attempt(request: HttpRequest, act: Callable[[], object], done: str) -> bool:
    """Run an action and say how it went."""
    try:
        act()
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
        return False
    messages.success(request, done)
    return True


# Commitments


@require_safe
def programme_list(request: HttpRequest) -> HttpResponse:
    if not can_view_in_admin(request.user):
        raise PermissionDenied
    rows = [_programme_row(request, programme) for programme in programmes_with_pledges(request.user)]
    return _render(request, "programme_list.html", "配套承诺", rows=rows)


def _programme_row(request: HttpRequest, programme: Programme) -> dict:
    latest = next(iter(programme.tables), None)
    has_draft = latest is not None and not latest.is_issued
    return {
        "programme": programme,
        "pledged": yuan(programme.pledged) if programme.asks_matching else "不要求",
        "latest": latest,
        "can_draft": programme.approved and not has_draft and can_draft_table(request.user, programme),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def commitment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    programme = _get_programme(request, pk)
    page = _open_page(request, programme)
    form = _grid(request, programme, page, request.POST or None)
    if request.method == "POST" and form.is_valid() and _save_commitments(request, form):
        return redirect(request.get_full_path())
    return _render_grid(request, programme, page, form)


def _open_page(request: HttpRequest, programme: Programme) -> Page:
    """One page of the programme's sites; who may only look gets 403 when posting."""
    may_write = can_manage_commitments(request.user, programme)
    if not can_view_in_admin(request.user) or (request.method == "POST" and not may_write):
        raise PermissionDenied
    return Paginator(sites_for_grid(programme, request.user), SITES_PER_PAGE).get_page(request.GET.get("page"))


def _grid(request: HttpRequest, programme: Programme, page: Page, data: Mapping | None) -> CommitmentGrid:
    is_open = can_manage_commitments(request.user, programme)
    return CommitmentGrid(data, programme=programme, sites=list(page), is_open=is_open)


def _save_commitments(request: HttpRequest, form: CommitmentGrid) -> bool:
    try:
        changed = actions.set_many_commitments(form.changes(), by=request.user)
    except ValidationError as error:
        form.add_error(None, error)
        form.look_again()
        return False
    messages.success(request, f"已保存，{changed} 个项目点有变动。" if changed else "没有变动。")
    return True


def _render_grid(
    request: HttpRequest, programme: Programme, page: Page, form: CommitmentGrid, upload: UploadForm | None = None
) -> HttpResponse:
    return _render(
        request,
        "commitment_edit.html",
        f"配套承诺：{programme}",
        programme=programme,
        page=page,
        form=form,
        upload=upload or UploadForm(),
        is_preview=upload is not None and form.is_bound,
        sources=MatchingSource.labels,
        can_manage=can_manage_commitments(request.user, programme),
    )


@require_safe
def commitment_template(request: HttpRequest, pk: int) -> HttpResponse:
    """The Excel list of one page of sites, filled with what is stored."""
    programme = _get_programme(request, pk)
    page = _open_page(request, programme)
    return workbook_response(imports.commitment_template(list(page)), f"{programme}配套承诺")


@require_POST
def commitment_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """The grid filled from an uploaded list. Nothing is written: that is what saving the grid does."""
    programme = _get_programme(request, pk)
    page = _open_page(request, programme)
    upload = UploadForm(request.POST, request.FILES)
    form = _grid(request, programme, page, _read_upload(upload, list(page)))
    return _render_grid(request, programme, page, form, upload)


def _read_upload(upload: UploadForm, sites: list[ProjectSite]) -> dict[str, str] | None:
    if not upload.is_valid():
        return None
    try:
        return imports.read_commitments(upload.cleaned_data["file"], sites)
    except ValidationError as error:
        upload.add_error("file", error)
        return None


@require_POST
def commitment_sums(request: HttpRequest, pk: int) -> JsonResponse:
    """What the cells as typed add up to: {"site3": {"sum": "55,000", "remark": "", "blocks": false}, "total": {...}}"""
    programme = _get_programme(request, pk)
    form = _grid(request, programme, _open_page(request, programme), request.POST)
    sums = {
        f"site{row.site.pk}": {"sum": row.sum, "remark": row.remark, "blocks": row.is_below_floor}
        for row in form.rows()
    }
    return JsonResponse({**sums, "total": {"sum": form.total()}})


# Allocation tables


@require_POST
def table_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """编制分配表, and 编制调整 when one is issued already."""
    programme = _get_programme(request, pk)
    _attempt(request, lambda: actions.draft_allocation_table(programme, by=request.user), "已按现有数据编制。")
    draft = programme.allocation_tables.visible_to(request.user).first()
    if draft is None:
        return redirect("admin:funding_commitment_list")
    return redirect("admin:funding_allocationtable_change", draft.pk)


@require_safe
def table_detail(request: HttpRequest, pk: int) -> HttpResponse:
    if not can_view_in_admin(request.user):
        raise PermissionDenied
    table = get_table(request, pk)
    is_own = can_manage_commitments(request.user, table.programme)
    context = table_context(request, table)
    context |= {
        "can_change": is_own and not table.is_issued,
        "is_current": table.is_issued or is_current(table),
        "can_draft": is_own and table.is_issued and not table.is_superseded,
    }
    return _render(request, "table_detail.html", context["sheet"].title, **context)


@require_POST
def table_refresh(request: HttpRequest, pk: int) -> HttpResponse:
    table = _get_own_table(request, pk)
    _attempt(request, lambda: actions.refresh_draft(table, by=request.user), "已重新取数。")
    return redirect("admin:funding_allocationtable_change", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def table_issue(request: HttpRequest, pk: int) -> HttpResponse:
    table = _get_own_table(request, pk)
    if table.is_issued:
        messages.info(request, f"这张表已下达（{table.document_number}）。")
        return redirect("admin:funding_allocationtable_change", pk)
    form = IssueForm(request.POST or None, table=table)
    if request.method == "POST" and form.is_valid() and _issue(request, table, form):
        return redirect("admin:funding_allocationtable_change", pk)
    context = table_context(request, table) | {"form": form, "is_current": is_current(table)}
    return _render(request, "table_issue.html", f"下达：{table.title}", **context)


def _issue(request: HttpRequest, table: AllocationTable, form: IssueForm) -> bool:
    try:
        actions.issue_allocation_table(table, form.terms(), by=request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, "已下达，这一版从此不再改动。")
    return True


@require_POST
def table_discard(request: HttpRequest, pk: int) -> HttpResponse:
    table = _get_own_table(request, pk)
    if _attempt(request, lambda: actions.discard_draft(table, by=request.user), "草稿已废弃。"):
        return redirect("admin:funding_allocationtable_changelist")
    return redirect("admin:funding_allocationtable_change", pk)
