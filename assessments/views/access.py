"""Who may open the pages of rubrics and scores; which rows they see there is `visible_to`."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from assessments import rules
from assessments.models import Rubric, ScoreRound


def score_page(view):
    """403 for those whose post has nothing to do with projects."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not rules.can_view_scores(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def get_rubric(request: HttpRequest, pk: int) -> Rubric:
    """A rubric of a programme that the user sees, else 404; a draft is 403 to those who don't work at the desk."""
    rubrics = Rubric.objects.visible_to(request.user).select_related("creation_type__programme__organization")
    rubric = get_object_or_404(rubrics, pk=pk)
    if not rules.can_view_rubric(request.user, rubric):
        raise PermissionDenied
    return rubric


def get_round(request: HttpRequest, pk: int) -> ScoreRound:
    """A round of a site in the user's subtree, else 404; each page asks besides who may do there what it is for."""
    return get_object_or_404(ScoreRound.objects.visible_to(request.user).for_page(), pk=pk)
