"""工作记录: what a site did in a month, written down by its cadre on a phone and read by everybody in scope."""

from dataclasses import dataclass
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
from fedwork.numbers import posted_integer
from projects import rules
from projects.actions import add_attachment, add_record, change_record, remove_record
from projects.forms.filters import RecordFilterForm
from projects.forms.records import ActivityForm, PublicityForm, RecordForm
from projects.locks import report_lock
from projects.models import Activity, MonthlyReport, ProjectSite, Publicity, SiteRecord, WorkLog
from projects.records import months_of, report_of, site_counts
from projects.records import record_month as read_month
from projects.views.access import get_site, project_page
from projects.views.attachments import take_uploads

SITES_PER_PAGE = 50


@dataclass(frozen=True)
class Kind:
    """How a sort of record is asked for."""

    name: str
    form: type[RecordForm]


KINDS: dict[type[SiteRecord], Kind] = {Activity: Kind("活动", ActivityForm), Publicity: Kind("宣传报道", PublicityForm)}


@require_safe
@project_page
def record_list(request: HttpRequest) -> HttpResponse:
    """The sites in scope with how much they wrote down in a month."""
    form = RecordFilterForm(request.GET, user=request.user)
    page = Paginator(form.sites(), SITES_PER_PAGE).get_page(request.GET.get("page"))
    month = form.month_chosen
    context = {
        "form": form,
        "month": month,
        "page_obj": page,
        "rows": site_counts(list(page), [month]) if month else [],
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "projects/record_list.html", context)


@require_safe
@project_page
def record_site(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest month of the site; its own page before the first has begun."""
    site = get_site(request, pk)
    months = months_of(site, clock.today())
    return redirect(_address(site, months[-1]) if months else site)


@require_safe
@project_page
def record_month(request: HttpRequest, pk: int, year: int, month: int) -> HttpResponse:
    site = get_site(request, pk)
    found = read_month(site, _first(year, month))
    if found.report is None:
        raise Http404
    context = {
        "found": found,
        "site": site,
        "report": found.report,
        "months": months_of(site, clock.today()),
        "can_write": found.is_open and rules.can_fill_in_report(request.user, found.report),
        "can_visit": rules.can_record_visit(request.user, site),
        "can_log": rules.can_write_note(request.user, WorkLog, site),
    }
    return render(request, "projects/record_month.html", context)


def _first(year: int, month: int) -> date:
    if not (2000 <= year <= 2100 and 1 <= month <= 12):
        raise Http404
    return date(year, month, 1)


def _address(site: ProjectSite, month: date) -> str:
    return reverse("projects:record_month", args=[site.pk, month.year, month.month])


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def record_add(request: HttpRequest, pk: int, year: int, month: int, model: type[SiteRecord]) -> HttpResponse:
    site, first = get_site(request, pk), _first(year, month)
    report = _own_report(request, site, first)
    if lock := report_lock(report):
        messages.error(request, str(lock))
        return redirect(_address(site, first))
    form = KINDS[model].form(request.POST or None, instance=model(site=site), month=first)
    if request.method == "POST" and (record := form.write(partial(add_record, by=request.user))):
        return _written(request, record)
    return _render(request, form, site=site, first=first, model=model)


def _own_report(request: HttpRequest, site: ProjectSite, month: date) -> MonthlyReport:
    """404 outside the months of the programme; 403 for those who don't write there."""
    report = report_of(site, month)
    if report is None:
        raise Http404
    if not rules.can_fill_in_report(request.user, report):
        raise PermissionDenied
    return report


def _written(request: HttpRequest, record: SiteRecord) -> HttpResponse:
    if "photos" in request.POST:
        messages.success(request, f"已记下“{record}”，请在下面上传照片。")
        return redirect(record.get_absolute_url() + "#attachments")
    messages.success(request, f"已记下“{record}”。")
    return redirect(_address(record.site, record.month))


def _render(request: HttpRequest, form: RecordForm, *, site, first: date, model, **context) -> HttpResponse:
    context |= {"form": form, "site": site, "first": first, "kind": KINDS[model], "is_activity": model is Activity}
    return render(request, "projects/record_form.html", context, status=422 if form.errors else 200)


def _get_record(request: HttpRequest, pk: int, model: type[SiteRecord]) -> SiteRecord:
    """A record in the user's subtree that wasn't removed, else 404."""
    records = model.objects.visible_to(request.user).current()
    around = ["site__programme__organization", "site__organization", "recorded_by"]
    return get_object_or_404(records.select_related(*around), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def record_edit(request: HttpRequest, pk: int, model: type[SiteRecord]) -> HttpResponse:
    """For who writes while the month is open; everybody else reads."""
    record = _get_record(request, pk, model)
    report = report_of(record.site, record.month)
    is_own, lock = rules.can_fill_in_report(request.user, report), report_lock(report)
    if request.method == "POST" and not is_own:
        raise PermissionDenied
    if lock or not is_own:
        context = {"record": record, "site": record.site, "report": report, "lock": lock if is_own else None}
        return render(request, "projects/record_detail.html", context | {"is_activity": model is Activity})
    form = KINDS[model].form(request.POST or None, instance=record)
    version = posted_integer(request.POST.get("version"))
    act = partial(change_record, by=request.user, version=version)
    if request.method == "POST" and (changed := form.write(act)):
        return _written(request, changed)
    shown = version if request.method == "POST" else record.version
    context = {"record": record, "report": report, "version": shown, "first": record.month}
    return _render(request, form, site=record.site, model=model, **context)


@require_POST
@project_page
def record_remove(request: HttpRequest, pk: int, model: type[SiteRecord]) -> HttpResponse:
    record = _get_record(request, pk, model)
    try:
        remove_record(record, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(record)
    messages.success(request, f"已移除“{record}”。")
    return redirect(_address(record.site, record.month))


@require_POST
@project_page
def record_attach(request: HttpRequest, pk: int, model: type[SiteRecord]) -> HttpResponse:
    record = _get_record(request, pk, model)
    report = _own_report(request, record.site, record.month)
    add = partial(add_attachment, report, record=record)
    return take_uploads(request, add, back_to=record.get_absolute_url())
