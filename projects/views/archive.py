"""备查资料: the archive of a site and of a programme, one piece of it, the board over all sites."""

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from organizations.models import Level
from projects import rules
from projects.actions import add_annexes, add_to_archive, change_filing, export_archive, remove_from_archive
from projects.archive import Board, archive_board, programme_catalogue, site_catalogue
from projects.forms.archive import AnnexForm, RefileForm, RemovalForm, UploadForm
from projects.forms.filters import ProgressForm
from projects.models import Attachment, Programme, ProjectSite
from projects.papers.archive import board_workbook, catalogue_paper
from projects.views.access import get_site, project_page

SITES_PER_PAGE = 50


@require_safe
@project_page
def archive_site(request: HttpRequest, pk: int) -> HttpResponse:
    return _site_page(request, get_site(request, pk))


@require_POST
@project_page
def archive_add(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_site(request, pk)
    return _add(request, site, site.programme, partial(_site_page, request, site))


def _site_page(request: HttpRequest, site: ProjectSite, form: UploadForm | None = None) -> HttpResponse:
    context = {
        "site": site,
        "catalogue": site_catalogue(site, clock.today()),
        "can_file": rules.can_file(request.user, site),
        "form": form or _offered(request, site.programme),
        "limits": Attachment.objects.limits(),
        "used": site.attachments.total_bytes(),
        "quota": settings.SITE_QUOTA_MB,
        "removed": site.attachments.taken_out(),
    }
    return render(request, "projects/archive_site.html", context, status=422 if form else 200)


def _offered(request: HttpRequest, programme: Programme) -> UploadForm:
    """An empty form; `?category=` chooses the one that is missing."""
    return UploadForm(programme=programme, initial={"category": request.GET.get("category")})


def _add(
    request: HttpRequest, owner: ProjectSite | Programme, programme: Programme, page: Callable[..., HttpResponse]
) -> HttpResponse:
    if not rules.can_file(request.user, owner):
        raise PermissionDenied
    form = UploadForm(request.POST, request.FILES, programme=programme)
    if not form.is_valid():
        return page(form)
    try:
        added = add_to_archive(owner, by=request.user, filing=form.filing(), received=form.cleaned_data["files"])
    except ValidationError as error:
        form.take_over(error)
        return page(form)
    _say_added(request, added)
    return redirect(page_of(owner) + f"#category-{added.category_id}")


def _say_added(request: HttpRequest, added: Attachment) -> None:
    messages.success(request, f"“{added.title or added.name}”已归入{added.category.label}。")
    twins = added.owner.attachments.current().filter(sha256=added.sha256).exclude(pk=added.pk)
    if twin := twins.first():
        messages.warning(request, f"同样的内容还有一份：“{twin.title or twin.name}”。确实要分别归档的可以都留着。")


def page_of(owner: ProjectSite | Programme) -> str:
    name = "archive_site" if isinstance(owner, ProjectSite) else "archive_programme"
    return reverse(f"projects:{name}", args=[owner.pk])


@require_safe
@project_page
def archive_programme(request: HttpRequest, pk: int) -> HttpResponse:
    return _programme_page(request, _get_programme(request, pk))


@require_POST
@project_page
def archive_programme_add(request: HttpRequest, pk: int) -> HttpResponse:
    programme = _get_programme(request, pk)
    return _add(request, programme, programme, partial(_programme_page, request, programme))


def _get_programme(request: HttpRequest, pk: int) -> Programme:
    return get_object_or_404(Programme.objects.visible_to(request.user).select_related("organization"), pk=pk)


def _programme_page(request: HttpRequest, programme: Programme, form: UploadForm | None = None) -> HttpResponse:
    context = {
        "programme": programme,
        "catalogue": programme_catalogue(programme, clock.today(), request.user),
        "can_file": rules.can_file(request.user, programme),
        "removed": programme.attachments.taken_out(),
        "form": form or _offered(request, programme),
        "limits": Attachment.objects.limits(),
    }
    return render(request, "projects/archive_programme.html", context, status=422 if form else 200)


@require_safe
@project_page
def archive_catalogue(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_site(request, pk)
    paper = catalogue_paper(site_catalogue(site, clock.today()), now=clock.now())
    return workbook_response(write_paper(paper), f"备查资料目录（{site}）")


@require_POST
@project_page
def archive_package(request: HttpRequest, pk: int) -> HttpResponse:
    """The site's whole file as a ZIP. A POST, because the log says who took it."""
    site = get_site(request, pk)
    try:
        file = export_archive(site, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(page_of(site))
    return FileResponse(file, as_attachment=True, filename=f"备查资料（{site}）.zip", content_type="application/zip")


def _get_piece(request: HttpRequest, pk: int) -> Attachment:
    """A file in scope that stands, else 404."""
    pieces = Attachment.objects.visible_to(request.user).for_archive()
    around = ["site__programme__organization", "site__organization", "programme__organization", "main", "category"]
    return get_object_or_404(pieces.select_related(*around), pk=pk)


@require_safe
@project_page
def archive_item(request: HttpRequest, pk: int) -> HttpResponse:
    return _item_page(request, _get_piece(request, pk))


def _item_page(request: HttpRequest, piece: Attachment, **refused) -> HttpResponse:
    programme = piece.programme or piece.site.programme
    context = {
        "piece": piece,
        "owner": piece.owner,
        "owner_url": page_of(piece.owner),
        "annexes": piece.annexes.for_archive(),
        "can_refile": rules.can_refile(request.user, piece),
        "can_unfile": rules.can_unfile(request.user, piece),
        "form": RefileForm(attachment=piece, programme=programme),
        "annex_form": AnnexForm(),
        "removal_form": RemovalForm(),
        "refused": next(iter(refused.values()), None),
    } | refused
    return render(request, "projects/archive_item.html", context, status=422 if refused else 200)


@require_POST
@project_page
def archive_refile(request: HttpRequest, pk: int) -> HttpResponse:
    piece = _get_piece(request, pk)
    if not rules.can_refile(request.user, piece):
        raise PermissionDenied
    form = RefileForm(request.POST, attachment=piece, programme=piece.programme or piece.site.programme)
    if not form.is_valid():
        return _item_page(request, piece, form=form)
    try:
        change_filing(piece, by=request.user, filing=form.filing())
    except ValidationError as error:
        form.take_over(error)
        return _item_page(request, piece, form=form)
    messages.success(request, "已保存。")
    return redirect(piece.archive_url)


@require_POST
@project_page
def archive_annex(request: HttpRequest, pk: int) -> HttpResponse:
    piece = _get_piece(request, pk)
    if not rules.can_unfile(request.user, piece) or piece.main_id:
        raise PermissionDenied
    form = AnnexForm(request.POST, request.FILES)
    if not form.is_valid():
        return _item_page(request, piece, annex_form=form)
    try:
        added = add_annexes(piece, by=request.user, received=form.cleaned_data["files"])
    except ValidationError as error:
        form.add_error("files", error.messages)
        return _item_page(request, piece, annex_form=form)
    messages.success(request, f"已补充 {len(added)} 个附件。")
    return redirect(piece.archive_url)


@require_POST
@project_page
def archive_remove(request: HttpRequest, pk: int) -> HttpResponse:
    piece = _get_piece(request, pk)
    if not rules.can_unfile(request.user, piece):
        raise PermissionDenied
    form = RemovalForm(request.POST)
    if not form.is_valid():
        return _item_page(request, piece, removal_form=form)
    remove_from_archive(piece, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, f"已移除“{piece.title or piece.name}”，原因已记下，内容在保管期限内仍然留存。")
    return redirect(page_of(piece.owner))


@require_safe
@project_page
def archive_list(request: HttpRequest) -> HttpResponse:
    """Completeness by place and by site, the worst first; a fixed number of queries."""
    form = ProgressForm(request.GET, user=request.user)
    board = _board(form)
    page = Paginator(board.standings, SITES_PER_PAGE).get_page(request.GET.get("page"))
    sites = ProjectSite.objects.in_bulk([standing.site_id for standing in page])
    context = {
        "form": form,
        "programme": form.programme,
        "place": form.places.chosen,
        "trail": [(node, f"?{urlencode(form.query(under=node.pk))}") for node in [form.places.top, *form.places.trail]],
        "board": board,
        "places": [(place, f"?{urlencode(form.query(under=place.organization.pk))}") for place in board.places],
        "page_obj": page,
        "rows": [(sites[standing.site_id], standing) for standing in page],
        "now": form.now,
        "query": urlencode(form.query()),
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "projects/archive_list.html", context)


def _board(form: ProgressForm) -> Board:
    if form.programme is None:
        return Board([], [])
    # A village or base is one site, which stands below.
    below = (
        []
        if form.places.is_lowest
        else [c.organization for c in form.places.children if c.organization.level <= Level.TOWNSHIP]
    )
    return archive_board(form.programme, form.sites(), clock.today(), below=below)


@require_safe
@project_page
def archive_excel(request: HttpRequest) -> HttpResponse:
    form = ProgressForm(request.GET, user=request.user)
    title = f"{form.places.chosen}备查资料齐全情况"
    return workbook_response(board_workbook(_board(form), title), title)
