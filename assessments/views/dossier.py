"""验收卷: the Word document of a site, and the ZIP with it and the archive's files."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from assessments.comparison import compare
from assessments.dossier import dossier as gather_dossier
from assessments.papers.acceptance import acceptance_paper
from assessments.papers.dossier import dossier_document
from assessments.papers.score import score_paper
from assessments.views.access import score_page
from fedwork import clock
from fedwork.downloads import document_response
from fedwork.excel import write_paper
from fedwork.word import write_document
from projects.actions import export_archive
from projects.archive import Generated, Kept
from projects.models import ProjectSite
from projects.views.access import get_site


@require_safe
@score_page
def dossier(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_site(request, pk)
    found = gather_dossier(site, now=clock.now())
    return document_response(write_document(dossier_document(found)), f"验收卷（{site}）")


@require_POST
@score_page
def dossier_package(request: HttpRequest, pk: int) -> HttpResponse:
    """A POST, because the log says who took it."""
    site = get_site(request, pk)
    try:
        file = export_archive(site, by=request.user, extras=_papers(site))
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("assessments:acceptance_site", site.pk)
    return FileResponse(file, as_attachment=True, filename=f"验收卷（{site}）.zip", content_type="application/zip")


def _papers(site: ProjectSite) -> list[Generated | Kept]:
    """What lies on top of the archive's folders, and the files of vetoes and of the province's result."""
    now = clock.now()

    def written(paper):
        return lambda: write_paper(paper)

    gathered = gather_dossier(site, now=now)
    document = dossier_document(gathered)
    found = [Generated("验收卷", lambda: write_document(document), ".docx")]
    scores = compare(site)
    if scores.rounds:
        found.append(Generated("考核评分表", written(score_paper(scores, now=now))))
    for each in site.acceptances.for_page().order_by("number"):
        found.append(Generated(f"验收评审表（{each.label}）", written(acceptance_paper(each, now=now))))
    return found + [
        Kept("考核佐证", f"{number:02} {each.title}", each) for number, each in enumerate(gathered.evidence, 1)
    ]
