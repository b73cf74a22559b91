"""交办整改事项: the site is chosen first, then the item is written."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from fedwork.numbers import posted_integer
from projects import rules
from projects.actions import raise_rectification
from projects.forms.rectifications import RaiseForm, SiteChoiceForm
from projects.models import GuidanceVisit, Inspection, Meeting, ProjectSite
from projects.origins import Found, found_by
from projects.views.access import project_page


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def rectification_add(request: HttpRequest) -> HttpResponse:
    """`?site=` names the site; `?meeting=` the meeting that decided it, `?visit=` or `?inspection=` (with its `heading`)
    what found it."""
    if not rules.can_raise_rectification(request.user):
        raise PermissionDenied
    meeting = _meeting(request)
    if not request.GET.get("site"):
        form = SiteChoiceForm(request.GET if "site_q" in request.GET else None, user=request.user, meeting=meeting)
        if form.is_valid():
            return redirect(f"{request.path}?{urlencode(request.GET.dict() | {'site': form.cleaned_data['site'].pk})}")
        return render(request, "projects/rectification_site.html", {"form": form, "meeting": meeting})
    site = _site(request)
    found = _found(request, site)
    form = RaiseForm(request.POST or None, site=site, user=request.user, meeting=meeting, found=found)
    if request.method == "POST" and form.is_valid() and _raised(request, form):
        return redirect(meeting or (found and found.origin) or form.instance)
    context = {"form": form, "site": site, "meeting": meeting, "origin": found and found.origin}
    return render(request, "projects/rectification_add.html", context)


def _found(request: HttpRequest, site: ProjectSite) -> Found | None:
    """404 for a visit or inspection that is no longer there, or of another site."""
    for name, model in [("visit", GuidanceVisit), ("inspection", Inspection)]:
        if request.GET.get(name):
            origins = model.objects.visible_to(request.user).current().filter(site=site).select_related("site")
            origin = get_object_or_404(origins, pk=posted_integer(request.GET[name]))
            return found_by(origin, request.GET.get("heading", ""))
    return None


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
