"""Creation standards to read and print, and the handbook of a programme as Word."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from fedwork import clock
from fedwork.downloads import document_response
from fedwork.word import write_document
from projects import rules
from projects.models import CreationStandard, Programme, ProjectSite
from projects.papers.handbook import Reader, handbook
from projects.views.access import project_page


def _get_programme(request: HttpRequest, pk: int) -> Programme:
    return get_object_or_404(Programme.objects.visible_to(request.user).select_related("organization"), pk=pk)


@require_safe
@project_page
def standard_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Of each creation type the version in force in full, older ones by their names."""
    programme = _get_programme(request, pk)
    types = [
        (kind, versions[0] if versions else None, versions[1:])
        for kind in programme.creation_types.all()
        for versions in [list(kind.standards.published().select_related("creation_type", "published_by"))]
    ]
    context = {
        "programme": programme,
        "types": types,
        "can_manage": rules.can_manage_programme(request.user, programme),
    }
    return render(request, "projects/standard_list.html", context)


@require_safe
@project_page
def standard_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A published version, also one that has been followed by another: sites were judged by it."""
    standards = CreationStandard.objects.visible_to(request.user).published()
    standard = get_object_or_404(standards.select_related("creation_type__programme", "published_by"), pk=pk)
    sites = ProjectSite.objects.visible_to(request.user).filter(standard=standard).order_by("organization__code", "pk")
    return render(request, "projects/standard_detail.html", {"standard": standard, "sites": sites})


@require_safe
@project_page
def programme_handbook(request: HttpRequest, pk: int) -> HttpResponse:
    """With the sites that the reader sees."""
    programme, user = _get_programme(request, pk), request.user
    sites = ProjectSite.objects.visible_to(user).filter(programme=programme)
    reader = Reader(programme, sites, is_whole=programme.organization.path.startswith(user.scope_path))
    return document_response(write_document(handbook(reader, now=clock.now())), f"{programme}创建手册")
