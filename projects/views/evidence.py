"""Photos and files of a 整改事项: added by the post that puts it right, as with a report."""

from collections.abc import Iterator

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from fedwork.received import receive
from projects import rules
from projects.actions import add_evidence
from projects.models import Attachment, Rectification
from projects.views.access import project_page
from projects.views.attachments import as_json


@require_POST
@project_page
def evidence_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Several files at once as a plain form; the page's script sends them one by one and asks for JSON."""
    items = Rectification.objects.visible_to(request.user).select_related("site__organization")
    item = get_object_or_404(items, pk=pk)
    if not rules.can_answer_rectification(request.user, item):
        raise PermissionDenied
    results = list(_add_all(request, item))
    if not request.accepts("text/html"):
        return as_json(request, results)
    for name, result in results:
        if isinstance(result, str):
            messages.error(request, f"“{name}”没有上传：{result}")
    if added := sum(isinstance(result, Attachment) for _, result in results):
        messages.success(request, f"已上传 {added} 个照片和文件。")
    return redirect(f"{item.get_absolute_url()}#attachments")


def _add_all(request: HttpRequest, item: Rectification) -> Iterator[tuple[str, Attachment | str]]:
    """(name, attachment or refusal) of each file."""
    for upload in request.FILES.getlist("files"):
        try:
            yield upload.name, add_evidence(item, by=request.user, received=receive(upload))
        except ValidationError as error:
            yield upload.name, error.messages[0]
