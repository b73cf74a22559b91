"""Scans of a claim: added and removed by who writes it, read by who sees it."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from fedwork.numbers import posted_integer
from funding.actions import add_claim_file, remove_claim_file
from funding.claims import rules
from funding.claims.access import claim_page, get_claim
from funding.models import ClaimFile
from funding.views.scans import ROW, answer_removal, serve_scan, serve_thumbnail
from projects.views.attachments import take_uploads


@require_POST
@claim_page
def claim_attach(request: HttpRequest, pk: int) -> HttpResponse:
    """`item` is the voucher that the files belong to; none means the claim as a whole."""
    claim = get_claim(request, pk)
    if not rules.can_write_claims(request.user, claim.site):
        raise PermissionDenied
    line = claim.lines.filter(pk=posted_integer(request.POST.get("item"))).first()
    add = partial(add_claim_file, claim, line=line)
    return take_uploads(request, add, back_to=claim.get_absolute_url(), row=ROW)


@require_POST
@claim_page
def claim_file_remove(request: HttpRequest, pk: int) -> HttpResponse:
    scan = _get_file(request, pk)
    if not rules.can_write_claims(request.user, scan.claim.site):
        raise PermissionDenied
    return answer_removal(request, scan, remove_claim_file, back_to=scan.claim.get_absolute_url())


@require_safe
@claim_page
def claim_file(request: HttpRequest, pk: int) -> HttpResponse:
    return serve_scan(request, _get_file(request, pk))


@require_safe
@claim_page
def claim_thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    return serve_thumbnail(request, _get_file(request, pk))


def _get_file(request: HttpRequest, pk: int) -> ClaimFile:
    scans = ClaimFile.objects.visible_to(request.user)
    return get_object_or_404(scans.select_related("claim__site__organization"), pk=pk)
