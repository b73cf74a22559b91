"""Scans of an entry: added by who may post it, read by who sees it."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from funding import rules
from funding.actions import add_entry_file, remove_entry_file
from funding.models import EntryFile
from funding.views.access import get_entry
from funding.views.scans import ROW, answer_removal, serve_scan, serve_thumbnail
from projects.views.attachments import take_uploads


@require_POST
def entry_attach(request: HttpRequest, pk: int) -> HttpResponse:
    entry = get_entry(request, pk)
    if not rules.can_attach(request.user, entry):
        raise PermissionDenied
    return take_uploads(request, partial(add_entry_file, entry), back_to=entry.get_absolute_url(), row=ROW)


@require_POST
def entry_file_remove(request: HttpRequest, pk: int) -> HttpResponse:
    scan = _get_file(request, pk)
    return answer_removal(request, scan, remove_entry_file, back_to=scan.entry.get_absolute_url())


@require_safe
def entry_file(request: HttpRequest, pk: int) -> HttpResponse:
    return serve_scan(request, _get_file(request, pk))


@require_safe
def entry_thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    return serve_thumbnail(request, _get_file(request, pk))


def _get_file(request: HttpRequest, pk: int) -> EntryFile:
    if not rules.can_view_tables(request.user):
        raise PermissionDenied
    return get_object_or_404(EntryFile.objects.visible_to(request.user).select_related("entry__site"), pk=pk)
