"""Scans of a claim: added and removed by who writes it, read by who sees it."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from fedwork.numbers import posted_integer
from funding.actions import add_claim_file, remove_claim_file
from funding.claims import rules
from funding.claims.access import claim_page, get_claim
from funding.models import ClaimFile
from projects.views.attachments import serve, take_uploads


@require_POST
@claim_page
def claim_attach(request: HttpRequest, pk: int) -> HttpResponse:
    """`item` is the voucher that the files belong to; none means the claim as a whole."""
    claim = get_claim(request, pk)
    if not rules.can_write_claims(request.user, claim.site):
        raise PermissionDenied
    line = claim.lines.filter(pk=posted_integer(request.POST.get("item"))).first()
    add = partial(add_claim_file, claim, line=line)
    return take_uploads(request, add, back_to=claim.get_absolute_url(), row="funding/_claim_file.html")


@require_POST
@claim_page
def claim_file_remove(request: HttpRequest, pk: int) -> HttpResponse:
    scan = _get_file(request, pk)
    if not rules.can_write_claims(request.user, scan.claim.site):
        raise PermissionDenied
    refusal = ""
    try:
        remove_claim_file(scan, by=request.user)
    except ValidationError as error:
        refusal = error.messages[0]
    if not request.accepts("text/html"):
        return JsonResponse({"error": refusal}, status=422 if refusal else 200)
    level = messages.ERROR if refusal else messages.SUCCESS
    messages.add_message(request, level, refusal or f"已移除“{scan.name}”。")
    return redirect(scan.claim.get_absolute_url() + "#attachments")


@require_safe
@claim_page
def claim_file(request: HttpRequest, pk: int) -> HttpResponse:
    scan = _get_file(request, pk)
    return serve(request, scan, scan.file, content_type=scan.content_type)


@require_safe
@claim_page
def claim_thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    scan = _get_file(request, pk)
    return serve(request, scan, scan.thumbnail, content_type="image/jpeg")


def _get_file(request: HttpRequest, pk: int) -> ClaimFile:
    scans = ClaimFile.objects.visible_to(request.user)
    return get_object_or_404(scans.select_related("claim__site__organization"), pk=pk)
