"""Files of a veto and of the province's result: added by who brings them forward, read by whoever sees the record."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from assessments import rules
from assessments.actions import add_evidence_file, remove_evidence_file
from assessments.models import EvidenceFile, VetoFinding
from assessments.models.evidence import Record
from assessments.views.access import get_round, score_page
from funding.views.scans import ROW, answer_removal, serve_scan, serve_thumbnail
from projects.models import Attachment
from projects.views.attachments import take_uploads


def files_of(user, record: Record) -> dict:
    """What templates/assessments/_evidence_files.html takes; one query."""
    scans = record.files.for_page()
    return {
        "scans": [(scan, rules.can_take_out_evidence(user, scan)) for scan in scans],
        "can_attach": rules.can_attach_evidence(user, record),
        "limits": Attachment.objects.limits(),
    }


@require_POST
@score_page
def veto_attach(request: HttpRequest, pk: int) -> HttpResponse:
    vetoes = VetoFinding.objects.visible_to(request.user).for_page()
    return _attach(request, get_object_or_404(vetoes, pk=pk))


@require_POST
@score_page
def round_attach(request: HttpRequest, pk: int) -> HttpResponse:
    return _attach(request, get_round(request, pk))


def _attach(request: HttpRequest, record: Record) -> HttpResponse:
    if not rules.can_attach_evidence(request.user, record):
        raise PermissionDenied
    return take_uploads(request, partial(add_evidence_file, record), back_to=record.get_absolute_url(), row=ROW)


@require_POST
@score_page
def evidence_file_remove(request: HttpRequest, pk: int) -> HttpResponse:
    scan = _get_file(request, pk)
    return answer_removal(request, scan, remove_evidence_file, back_to=scan.record.get_absolute_url())


@require_safe
@score_page
def evidence_file(request: HttpRequest, pk: int) -> HttpResponse:
    return serve_scan(request, _get_file(request, pk))


@require_safe
@score_page
def evidence_thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    return serve_thumbnail(request, _get_file(request, pk))


def _get_file(request: HttpRequest, pk: int) -> EvidenceFile:
    scans = EvidenceFile.objects.visible_to(request.user)
    return get_object_or_404(scans.select_related("veto__site", "score_round__site"), pk=pk)
