"""What of the money a request may see."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from funding.models import LedgerEntry
from funding.rules import can_view_tables
from projects.models import ProjectSite


def get_site(request: HttpRequest, pk: int) -> ProjectSite:
    """A site in the user's subtree, else 404; a role without business data gets 403."""
    if not can_view_tables(request.user):
        raise PermissionDenied
    sites = ProjectSite.objects.visible_to(request.user)
    return get_object_or_404(sites.select_related("programme__organization", "organization", "creation_type"), pk=pk)


def get_entry(request: HttpRequest, pk: int) -> LedgerEntry:
    if not can_view_tables(request.user):
        raise PermissionDenied
    entries = LedgerEntry.objects.visible_to(request.user)
    around = ["site__programme__organization", "site__organization", "purpose", "recorded_by", "table", "reallocation"]
    return get_object_or_404(entries.select_related(*around, "reverses", "reversal"), pk=pk)
