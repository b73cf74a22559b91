"""Browsing the tree. Each page asks for one level of it, whatever lies below."""

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from organizations import rules
from organizations.models import Level, Organization

PER_PAGE = 200
MOST_HITS = 50


@require_safe
def organization_list(request: HttpRequest) -> HttpResponse:
    """The top of what the user sees, and the search."""
    text = request.GET.get("q", "").strip()
    if text:
        return _search(request, text)
    if request.user.organization:
        return organization_detail(request, request.user.organization_id)
    provinces = _visible(request).filter(level=Level.PROVINCE)
    return render(request, "organizations/organization_list.html", {"page_obj": _page(request, provinces)})


def _search(request: HttpRequest, text: str) -> HttpResponse:
    hits = list(_visible(request).search(text).with_place().select_related("kind")[: MOST_HITS + 1])
    context = {"text": text, "hits": hits[:MOST_HITS], "most": MOST_HITS, "are_more": len(hits) > MOST_HITS}
    return render(request, "organizations/organization_search.html", context)


@require_safe
def organization_detail(request: HttpRequest, pk: int) -> HttpResponse:
    organization = _get_organization(request, pk)
    can_manage = request.user.is_staff and rules.can_manage_organizations(request.user, organization)
    context = {
        "organization": organization,
        "ancestors": _visible(request).filter(pk__in=organization.ancestor_ids[:-1]).order_by("level"),
        "former_names": organization.former_names.all(),
        "predecessors": _visible(request).filter(successor=organization),
        "page_obj": _page(request, organization.children.all()),
        "manage_url": reverse("admin:organizations_organization_change", args=[pk]) if can_manage else "",
    }
    return render(request, "organizations/organization_detail.html", context)


@require_safe
def organization_children(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment that static/js/tree.js unfolds in place."""
    organization = _get_organization(request, pk)
    context = {"page_obj": _page(request, organization.children.all()), "parent": organization}
    return render(request, "organizations/_children.html", context)


def _visible(request: HttpRequest) -> QuerySet:
    return Organization.objects.visible_to(request.user)


def _get_organization(request: HttpRequest, pk: int) -> Organization:
    return get_object_or_404(_visible(request).with_place().select_related("kind", "successor"), pk=pk)


def _page(request: HttpRequest, nodes: QuerySet) -> Page:
    below = Organization.objects.filter(parent=OuterRef("pk"))
    nodes = nodes.select_related("kind").annotate(has_children=Exists(below))
    return Paginator(nodes, PER_PAGE).get_page(request.GET.get("page"))
