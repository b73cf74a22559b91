"""Who may open the pages of claims at all; which claims they see there is `visible_to`."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from funding.claims import rules
from funding.models import Claim


def claim_page(view):
    """403 for those whose post has nothing to do with money."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not rules.can_view_claims(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def get_claim(request: HttpRequest, pk: int) -> Claim:
    """A claim in the user's scope, else 404."""
    claims = Claim.objects.visible_to(request.user)
    related = ["site__programme__organization", "site__organization", "submitted_by", "checked_by", "paid_by"]
    return get_object_or_404(claims.select_related(*related), pk=pk)
