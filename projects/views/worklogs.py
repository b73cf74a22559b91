"""工作日志: written on a phone in one screen, read by month, and where it breaks off."""

from datetime import date
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from fedwork.numbers import posted_integer
from organizations.models import Level, Organization
from projects import rules
from projects.actions import add_note, add_to_worklog, add_worklog_attachment, change_note, remove_note
from projects.forms.filters import RecordFilterForm
from projects.forms.notes import AdditionForm, WorkLogForm
from projects.locks import worklog_lock
from projects.models import Attachment, ProjectSite, WorkLog
from projects.papers.worklogs import worklog_paper
from projects.views.access import get_site, project_page
from projects.views.attachments import take_uploads
from projects.views.notes import get_note
from projects.worklogs import continuity, logs_of, offices_of

KEEPERS_PER_PAGE = 100


@require_safe
@project_page
def worklog_list(request: HttpRequest) -> HttpResponse:
    """Who keeps a log in scope: how many in the month, how long ago, and the gaps."""
    form = RecordFilterForm(request.GET, user=request.user)
    programme, month = form.programme, form.month_chosen
    sites = list(form.sites().as_rows())
    keepers = []
    if programme and month:
        offices = offices_of(sites, programme, form.places.chosen.path) if request.user.scope_path is not None else []
        keepers = continuity(programme, sites, offices, month=month, today=clock.today())
    context = {
        "form": form,
        "programme": programme,
        "month": month,
        "keepers": keepers,
        "page_obj": Paginator(keepers, KEEPERS_PER_PAGE).get_page(request.GET.get("page")),
        "broken": sum(bool(keeper.month_gaps) for keeper in keepers),
        "today": clock.today(),
        "can_write": rules.can_write_notes(request.user, WorkLog),
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "projects/worklog_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def worklog_add(request: HttpRequest) -> HttpResponse:
    """`?site=` chooses the site. Photos come with the same form."""
    if not rules.can_write_notes(request.user, WorkLog):
        raise PermissionDenied
    site = posted_integer(request.GET.get("site"))
    initial = {"site": site} if site > 0 else {}
    form = WorkLogForm(request.POST or None, instance=WorkLog(), user=request.user, initial=initial)
    if request.method == "POST" and (log := form.write(partial(add_note, by=request.user))):
        messages.success(request, f"已记下 {log.happened_on:%Y-%m-%d} 的工作日志。")
        if request.FILES:
            return take_uploads(request, partial(add_worklog_attachment, log), back_to=log.get_absolute_url())
        return redirect(log)
    return _render(request, form)


def _render(request: HttpRequest, form: WorkLogForm, **context) -> HttpResponse:
    context |= {"form": form, "limits": Attachment.objects.none().limits()}
    return render(request, "projects/worklog_form.html", context, status=422 if form.errors else 200)


@require_safe
@project_page
def worklog_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _detail(request, get_note(request, pk, WorkLog), AdditionForm())


def _detail(request: HttpRequest, log: WorkLog, form: AdditionForm) -> HttpResponse:
    is_own, lock = rules.can_change_note(request.user, log), worklog_lock(log)
    context = {
        "log": log,
        "form": form,
        "additions": log.additions.select_related("added_by"),
        "lock": lock if is_own else None,
        "can_change": is_own and lock is None,
        "can_add": is_own and lock is not None,
        "month_url": _month_url(log.site or log.organization, log.month),
    }
    return render(request, "projects/worklog_detail.html", context, status=422 if form.errors else 200)


def _month_url(place: ProjectSite | Organization, month: date) -> str:
    kind = "site" if isinstance(place, ProjectSite) else "office"
    return reverse(f"projects:worklog_{kind}_month", args=[place.pk, month.year, month.month])


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def worklog_edit(request: HttpRequest, pk: int) -> HttpResponse:
    log = get_note(request, pk, WorkLog)
    if not rules.can_change_note(request.user, log):
        raise PermissionDenied
    if worklog_lock(log):
        return redirect(log)
    form = WorkLogForm(request.POST or None, instance=log, user=request.user)
    version = posted_integer(request.POST.get("version"))
    act = partial(change_note, by=request.user, version=version)
    if request.method == "POST" and (changed := form.write(act)):
        messages.success(request, "工作日志已修改。")
        return redirect(changed)
    return _render(request, form, log=log, version=version if request.method == "POST" else log.version)


@require_POST
@project_page
def worklog_addition(request: HttpRequest, pk: int) -> HttpResponse:
    log = get_note(request, pk, WorkLog)
    if not rules.can_change_note(request.user, log):
        raise PermissionDenied
    form = AdditionForm(request.POST)
    if form.is_valid():
        try:
            add_to_worklog(log, by=request.user, text=form.cleaned_data["text"])
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, "已补记，原来的日志没有改动。")
            return redirect(log)
    return _detail(request, log, form)


@require_POST
@project_page
def worklog_remove(request: HttpRequest, pk: int) -> HttpResponse:
    log = get_note(request, pk, WorkLog)
    try:
        remove_note(log, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(log)
    messages.success(request, "已移除这篇工作日志。")
    return redirect(_month_url(log.site or log.organization, log.month))


@require_POST
@project_page
def worklog_attach(request: HttpRequest, pk: int) -> HttpResponse:
    log = get_note(request, pk, WorkLog)
    if not rules.can_change_note(request.user, log):
        raise PermissionDenied
    return take_uploads(request, partial(add_worklog_attachment, log), back_to=log.get_absolute_url())


@require_safe
@project_page
def worklog_month(request: HttpRequest, pk: int, year: int, month: int, kind: str) -> HttpResponse:
    """The month's logs as the official sheet, each with its page."""
    place, first, logs = _month(request, pk, year, month, kind)
    context = {
        "place": place,
        "month": first,
        "logs": logs,
        "paper": worklog_paper(logs, place=_name(place), month=first),
        "excel_url": reverse(f"projects:worklog_{kind}_excel", args=[pk, year, month]),
        "name": _name(place),
    }
    return render(request, "projects/worklog_month.html", context)


@require_safe
@project_page
def worklog_excel(request: HttpRequest, pk: int, year: int, month: int, kind: str) -> HttpResponse:
    place, first, logs = _month(request, pk, year, month, kind)
    paper = worklog_paper(logs, place=_name(place), month=first)
    return workbook_response(write_paper(paper), f"{_name(place)}{year}年{month}月工作日志")


def _month(request: HttpRequest, pk: int, year: int, month: int, kind: str) -> tuple:
    """(site or office, first day, its logs); 404 out of scope."""
    if not (2000 <= year <= 2100 and 1 <= month <= 12):
        raise Http404
    first = date(year, month, 1)
    if kind == "site":
        place = get_site(request, pk)
    else:
        offices = Organization.objects.visible_to(request.user).filter(level__in=[Level.CITY, Level.COUNTY])
        place = get_object_or_404(offices, pk=pk)
    return place, first, list(logs_of(place, first))


def _name(place: ProjectSite | Organization) -> str:
    return str(place) if isinstance(place, ProjectSite) else f"{place}妇联"
