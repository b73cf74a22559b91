"""交办整改事项: the site is chosen first, then the item is written."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from fedwork.numbers import posted_integer
from projects import rules
from projects.actions import raise_rectification
from projects.forms.rectifications import RaiseForm, SiteChoiceForm
from projects.models import Meeting, ProjectSite
from projects.views.access import project_page


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def rectification_add(request: HttpRequest) -> HttpResponse:
    """`?site=` names the site; `?meeting=` the meeting that decided it."""
    if not rules.can_raise_rectification(request.user):
        raise PermissionDenied
    meeting = _meeting(request)
    if not request.GET.get("site"):
        form = SiteChoiceForm(None, user=request.user, meeting=meeting)
        return render(request, "projects/rectification_site.html", {"form": form, "meeting": meeting})
    site = _site(request)
    form = RaiseForm(request.POST or None, site=site, user=request.user, meeting=meeting)
    if request.method == "POST" and form.is_valid() and _raised(request, form):
        return redirect(meeting or form.instance)
    return render(request, "projects/rectification_add.html", {"form": form, "site": site, "meeting": meeting})


def _meeting(request: HttpRequest) -> Meeting | None:
    """404 for a meeting out of sight, 403 for who doesn't run it."""
    if not request.GET.get("meeting"):
        return None
    meetings = Meeting.objects.visible_to(request.user).select_related("programme__organization")
    meeting = get_object_or_404(meetings, pk=posted_integer(request.GET["meeting"]))
    if not rules.can_manage_meeting(request.user, meeting):
        raise PermissionDenied
    return meeting


def _site(request: HttpRequest) -> ProjectSite:
    sites = ProjectSite.objects.visible_to(request.user).approved().select_related("organization", "programme")
    return get_object_or_404(sites, pk=posted_integer(request.GET["site"]))


def _raised(request: HttpRequest, form: RaiseForm) -> bool:
    try:
        item = raise_rectification(form.instance, by=request.user)
    except ValidationError as error:
        told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for field, sentences in told.items():
            form.add_error(field if field in form.fields else None, sentences)
        return False
    messages.success(request, f"已交办 {item.number}，{item.due_on:%Y-%m-%d} 前由{item.post_name}整改。")
    return True
