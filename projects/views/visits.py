"""调研指导: which visits are due, done and missing; notes written on the spot by the city's and the counties' staff."""

from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fedwork import clock
from fedwork.dates import MonthField
from fedwork.downloads import workbook_response
from fedwork.numbers import posted_integer
from projects import rules
from projects.actions import add_record_attachment, add_visit, change_visit, remove_visit
from projects.forms.filters import ProgressForm
from projects.forms.records import VisitForm
from projects.locks import visit_lock
from projects.models import GuidanceVisit, Rectification
from projects.papers.visits import visit_workbook
from projects.records import visit_matrix as read_matrix
from projects.views.access import get_site, project_page
from projects.views.attachments import take_uploads

SITES_PER_PAGE = 200


@require_safe
@project_page
def visit_matrix(request: HttpRequest) -> HttpResponse:
    """Sites against months for one programme and place; a fixed number of queries."""
    form = ProgressForm(request.GET, user=request.user)
    page = Paginator(form.sites(), SITES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "programme": form.programme,
        "place": form.places.chosen,
        "page_obj": page,
        "matrix": read_matrix(list(page), _months(form), form.now),
        "now": form.now,
        "query": urlencode(form.query()),
        "can_visit": rules.visit_level_of(request.user) is not None,
        "is_city": rules.visit_level_of(request.user) == "city",
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "projects/visit_matrix.html", context)


def _months(form: ProgressForm) -> list:
    return form.programme.months() if form.programme and form.programme.has_monthly_visits else []


@require_safe
@project_page
def visit_excel(request: HttpRequest) -> HttpResponse:
    form = ProgressForm(request.GET, user=request.user)
    title = f"{form.places.chosen}调研指导一览表"
    return workbook_response(visit_workbook(read_matrix(list(form.sites()), _months(form), form.now), title), title)


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def visit_add(request: HttpRequest, pk: int) -> HttpResponse:
    """`month` in the address offers the days of that month."""
    site = get_site(request, pk)
    if not rules.can_record_visit(request.user, site):
        raise PermissionDenied
    form = VisitForm(request.POST or None, instance=GuidanceVisit(site=site), month=_month_asked(request))
    if request.method == "POST" and (visit := form.write(partial(add_visit, by=request.user))):
        return _written(request, visit)
    return _render(request, form, site=site)


def _month_asked(request: HttpRequest):
    try:
        return MonthField(required=False).clean(request.GET.get("month"))
    except ValidationError:
        return None


def _written(request: HttpRequest, visit: GuidanceVisit) -> HttpResponse:
    messages.success(request, "已保存调研指导，可以在下面上传照片。")
    return redirect(visit)


def _render(request: HttpRequest, form: VisitForm, **context) -> HttpResponse:
    context |= {"form": form}
    return render(request, "projects/visit_form.html", context, status=422 if form.errors else 200)


def _get_visit(request: HttpRequest, pk: int) -> GuidanceVisit:
    """A visit in the user's subtree that wasn't removed, else 404."""
    visits = GuidanceVisit.objects.visible_to(request.user).current()
    around = ["site__programme__organization", "site__organization", "recorded_by"]
    return get_object_or_404(visits.select_related(*around), pk=pk)


@require_safe
@project_page
def visit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    visit = _get_visit(request, pk)
    is_own, lock = rules.can_change_visit(request.user, visit), visit_lock(visit)
    items = Rectification.objects.filter(visit=visit).for_list()
    context = {
        "visit": visit,
        "site": visit.site,
        "items": [(item, item.mark(clock.today())) for item in items],
        "can_raise": rules.can_raise_rectification(request.user, visit.site),
        "lock": lock if is_own else None,
        "can_change": is_own and lock is None,
    }
    return render(request, "projects/visit_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def visit_edit(request: HttpRequest, pk: int) -> HttpResponse:
    visit = _get_visit(request, pk)
    if not rules.can_change_visit(request.user, visit):
        raise PermissionDenied
    if visit_lock(visit):
        return redirect(visit)
    form = VisitForm(request.POST or None, instance=visit)
    version = posted_integer(request.POST.get("version"))
    if request.method == "POST" and (changed := form.write(partial(change_visit, by=request.user, version=version))):
        return _written(request, changed)
    shown = version if request.method == "POST" else visit.version
    return _render(request, form, site=visit.site, visit=visit, version=shown)


@require_POST
@project_page
def visit_remove(request: HttpRequest, pk: int) -> HttpResponse:
    visit = _get_visit(request, pk)
    try:
        remove_visit(visit, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(visit)
    messages.success(request, "已移除这次调研指导。")
    return redirect("projects:record_month", visit.site_id, visit.month.year, visit.month.month)


@require_POST
@project_page
def visit_attach(request: HttpRequest, pk: int) -> HttpResponse:
    visit = _get_visit(request, pk)
    if not rules.can_change_visit(request.user, visit):
        raise PermissionDenied
    return take_uploads(request, partial(add_record_attachment, visit), back_to=visit.get_absolute_url())
