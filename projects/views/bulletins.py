"""工作简报: written by the city from the records of a period, read by everybody in the programme, out as Word."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from fedwork import clock
from fedwork.downloads import document_response
from fedwork.word import write_document
from projects import rules
from projects.actions import save_bulletin
from projects.bulletins import activity_words, publicity_words
from projects.forms.bulletins import BulletinForm, PeriodForm
from projects.models import Bulletin
from projects.papers.bulletins import SECTIONS, bulletin_document
from projects.views.access import project_page

ISSUES_PER_PAGE = 50


@require_safe
@project_page
def bulletin_list(request: HttpRequest) -> HttpResponse:
    issues = Bulletin.objects.visible_to(request.user).select_related("programme")
    page = Paginator(issues, ISSUES_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "can_write": rules.can_manage_bulletin(request.user)}
    return render(request, "projects/bulletin_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def bulletin_add(request: HttpRequest) -> HttpResponse:
    """`?programme=&since=&until=` choose what it is about; without them they are asked for."""
    if not rules.can_manage_bulletin(request.user):
        raise PermissionDenied
    period = PeriodForm(request.GET if request.GET.get("since") else None, user=request.user)
    if not period.is_valid():
        status = 422 if period.errors else 200
        return render(request, "projects/bulletin_period.html", {"form": period}, status=status)
    chosen = period.cleaned_data
    if not rules.can_manage_programme(request.user, chosen["programme"]):
        raise PermissionDenied
    return _edit(request, Bulletin(**chosen), _drawn(**chosen))


def _drawn(programme, since, until) -> dict:
    """What a new issue begins with."""
    today = clock.today()
    return {
        "number": Bulletin.objects.next_number(programme, today.year),
        "issued_on": today,
        "title": f"{since.month}月{since.day}日至{until.month}月{until.day}日工作情况",
        "activities": activity_words(programme, since, until),
        "publicity": publicity_words(programme, since, until),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def bulletin_edit(request: HttpRequest, pk: int) -> HttpResponse:
    bulletin = _get(request, pk)
    if not rules.can_manage_bulletin(request.user, bulletin):
        raise PermissionDenied
    return _edit(request, bulletin, {})


def _edit(request: HttpRequest, bulletin: Bulletin, drawn: dict) -> HttpResponse:
    form = BulletinForm(request.POST or None, instance=bulletin, initial=drawn)
    is_new = bulletin.pk is None
    if request.method == "POST" and form.is_valid():
        try:
            save_bulletin(form.instance, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"已保存{bulletin}。")
            return redirect(bulletin)
    context = {"form": form, "bulletin": bulletin, "is_new": is_new}
    return render(request, "projects/bulletin_edit.html", context, status=422 if form.errors else 200)


@require_safe
@project_page
def bulletin_detail(request: HttpRequest, pk: int) -> HttpResponse:
    bulletin = _get(request, pk)
    context = {
        "bulletin": bulletin,
        "sections": [(title, getattr(bulletin, name)) for title, name in SECTIONS],
        "can_change": rules.can_manage_bulletin(request.user, bulletin),
    }
    return render(request, "projects/bulletin_detail.html", context)


@require_safe
@project_page
def bulletin_word(request: HttpRequest, pk: int) -> HttpResponse:
    bulletin = _get(request, pk)
    return document_response(write_document(bulletin_document(bulletin)), f"{bulletin}")


def _get(request: HttpRequest, pk: int) -> Bulletin:
    """An issue of a programme that the user sees, else 404."""
    issues = Bulletin.objects.visible_to(request.user).select_related("programme__organization", "written_by")
    return get_object_or_404(issues, pk=pk)
