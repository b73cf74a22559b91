"""What the pages of claims, entries and vetoes do alike with their scans."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from fedwork.received import ReceivedFile, receive
from funding.models import Scan
from projects.views.attachments import serve

ROW = "funding/_scan.html"


def received_files(request: HttpRequest, form: Form) -> list[ReceivedFile]:
    """What came with a form under `files`; what can't be taken becomes an error of the form."""
    found = []
    for upload in request.FILES.getlist("files"):
        try:
            found.append(receive(upload))
        except ValidationError as error:
            form.add_error(None, f"“{upload.name}”没有收下：{error.messages[0]}")
    return found


def keep_scans(request: HttpRequest, received: list[ReceivedFile], add: Callable[..., Scan], *, done: str) -> int:
    """How many were kept. What they came with stands (`done`, in words), whatever becomes of them."""
    kept = 0
    for each in received:
        try:
            add(by=request.user, received=each)
            kept += 1
        except ValidationError as error:
            messages.error(request, f"{done}，但“{each.name}”没有存下：{error.messages[0]}")
    return kept


def serve_scan(request: HttpRequest, scan: Scan) -> HttpResponse:
    return serve(request, scan, scan.file, content_type=scan.content_type)


def serve_thumbnail(request: HttpRequest, scan: Scan) -> HttpResponse:
    return serve(request, scan, scan.thumbnail, content_type="image/jpeg")


def answer_removal(request: HttpRequest, scan: Scan, remove: Callable, *, back_to: str) -> HttpResponse:
    """A plain form comes back to its page, the page's script gets JSON; `remove` is the action."""
    refusal = ""
    try:
        remove(scan, by=request.user)
    except ValidationError as error:
        refusal = error.messages[0]
    if not request.accepts("text/html"):
        return JsonResponse({"error": refusal}, status=422 if refusal else 200)
    level = messages.ERROR if refusal else messages.SUCCESS
    messages.add_message(request, level, refusal or f"已移除“{scan.name}”。")
    return redirect(f"{back_to}#attachments")
