"""Photos and files of a 整改事项: added by the post that puts it right, as with a report."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from projects import rules
from projects.actions import add_evidence
from projects.models import Rectification
from projects.views.access import project_page
from projects.views.attachments import take_uploads


@require_POST
@project_page
def evidence_add(request: HttpRequest, pk: int) -> HttpResponse:
    items = Rectification.objects.visible_to(request.user).select_related("site__organization")
    item = get_object_or_404(items, pk=pk)
    if not rules.can_answer_rectification(request.user, item):
        raise PermissionDenied
    return take_uploads(request, partial(add_evidence, item), back_to=item.get_absolute_url())
