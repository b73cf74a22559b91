"""Photos and files of a report: added and removed by who fills it in, read by who reads the report."""

from collections.abc import Callable, Iterator
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_POST, require_safe

from fedwork.numbers import posted_integer
from fedwork.received import receive
from projects import rules
from projects.actions import add_attachment, remove_attachment, remove_evidence
from projects.models import Attachment, MonthlyReport, ScheduleItem
from projects.views.access import get_own_report, project_page

# Nothing in a file may act, whatever a browser takes it for. Styles are the browser's own around a bare picture.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@require_POST
def attachment_add(request: HttpRequest, pk: int) -> HttpResponse:
    report = get_own_report(request, pk)
    item = ScheduleItem.objects.filter(stage__site=report.site_id, pk=posted_integer(request.POST.get("item"))).first()
    return take_uploads(request, partial(add_attachment, report, item=item), back_to=_page_of(report))


def take_uploads(
    request: HttpRequest, add: Callable[..., Attachment], *, back_to: str, row: str = "projects/_attachment.html"
) -> HttpResponse:
    """Several files at once as a plain form; the page's script sends them one by one and asks for JSON. `add` is the
    action that takes `by` and `received`, `row` the template of a file in the list."""
    results = list(_add_all(request, add))
    return _as_page(request, results, back_to) if request.accepts("text/html") else _as_json(request, results, row)


def _add_all(request: HttpRequest, add: Callable[..., Attachment]) -> Iterator[tuple[str, Attachment | str]]:
    """(name, attachment or refusal) of each file."""
    for upload in request.FILES.getlist("files"):
        try:
            yield upload.name, add(by=request.user, received=receive(upload))
        except ValidationError as error:
            yield upload.name, error.messages[0]


def _as_page(request: HttpRequest, results: list, back_to: str) -> HttpResponse:
    added = sum(not isinstance(result, str) for _, result in results)
    if added:
        messages.success(request, f"已上传 {added} 个照片和文件。")
    for name, result in results:
        if isinstance(result, str):
            messages.error(request, f"“{name}”没有上传：{result}")
    if not results:
        messages.error(request, "请先选择照片或文件，再点上传。")
    return redirect(back_to + "#attachments")


def _page_of(report: MonthlyReport) -> str:
    return reverse("projects:report_edit", args=[report.pk])


def _as_json(request: HttpRequest, results: list, row: str) -> JsonResponse:
    """{"html": the new row} or {"error": a sentence} for the one file that was sent."""
    result = results[0][1] if results else "没有收到文件，请重新选择。"
    if isinstance(result, str):
        return JsonResponse({"error": result}, status=422)
    context = {"attachment": result, "can_attach": True}
    return JsonResponse({"html": render_to_string(row, context, request)}, status=201)


@require_POST
@project_page
def attachment_remove(request: HttpRequest, pk: int) -> HttpResponse:
    attachment = _get_attachment(request, pk)
    remove = _removal(request.user, attachment)
    refusal = ""
    try:
        remove(attachment, by=request.user)
    except ValidationError as error:
        refusal = error.messages[0]
    if not request.accepts("text/html"):
        return JsonResponse({"error": refusal}, status=422 if refusal else 200)
    messages.add_message(
        request, messages.ERROR if refusal else messages.SUCCESS, refusal or f"已移除“{attachment.name}”。"
    )
    record = attachment.rectification or attachment.record
    return redirect((record.get_absolute_url() if record else _page_of(attachment.report)) + "#attachments")


def _removal(user, attachment: Attachment) -> Callable:
    """The action that takes the file out of what it is attached to; 403 for who may not."""
    if item := attachment.rectification:
        may, remove = rules.can_answer_rectification(user, item), remove_evidence
    elif attachment.visit:
        may, remove = rules.can_change_visit(user, attachment.visit), remove_attachment
    elif attachment.worklog:
        may, remove = rules.can_change_note(user, attachment.worklog), remove_attachment
    elif attachment.training:
        may, remove = rules.can_record_training(user, attachment.training), remove_attachment
    elif attachment.meeting:
        may, remove = rules.can_manage_meeting(user, attachment.meeting), remove_attachment
    else:
        report = attachment.report
        may, remove = report is not None and rules.can_fill_in_report(user, report), remove_attachment
    if not may:
        raise PermissionDenied
    return remove


@require_safe
@project_page
def attachment_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A photo, which we wrote ourselves, opens in the browser; a file is only ever saved."""
    attachment = _get_attachment(request, pk)
    return serve(request, attachment, attachment.file, content_type=attachment.content_type)


@require_safe
@project_page
def attachment_thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    attachment = _get_attachment(request, pk)
    return serve(request, attachment, attachment.thumbnail, content_type="image/jpeg")


def _get_attachment(request: HttpRequest, pk: int) -> Attachment:
    attachments = Attachment.objects.visible_to(request.user).select_related("activity", "publicity")
    around = ["report", "rectification", "visit", "worklog"]
    places = ["site__organization", *(f"{name}__site__organization" for name in around)]
    places += ["programme__organization", "training__organization", "meeting__programme__organization"]
    return get_object_or_404(attachments.select_related(*places), pk=pk)


def serve(request: HttpRequest, attachment: Attachment, stored: FieldFile, *, content_type: str) -> HttpResponse:
    """What has been asked for by somebody who may see it; `attachment` has name, sha256 and is_photo."""
    etag = f'"{attachment.sha256}"'
    # The browser keeps it but asks anew each time, because the reader's scope may have changed.
    response = get_conditional_response(request, etag=etag) or _open(attachment, stored, content_type)
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = etag
    return response


def _open(attachment: Attachment, stored: FieldFile, content_type: str) -> FileResponse:
    try:
        content = stored.open()
    except (ValueError, FileNotFoundError):  # no thumbnail; or the disk has lost the file, as after a partial restore
        raise Http404 from None
    return FileResponse(
        content, content_type=content_type, as_attachment=not attachment.is_photo, filename=attachment.name
    )
