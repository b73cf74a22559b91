"""日程调整: asking, deciding, and the city's own decisions for one site or for all."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations.models import rehearsal
from projects import rules
from projects.actions import ask_replan, grant_replan, refuse_replan, replan, replan_all
from projects.forms.schedule import BulkReplanForm, DecisionForm, ReplanForm
from projects.models import Programme, ReplanRequest, ScheduleItem
from projects.views.access import project_page

PAGE_LENGTH = 50
AROUND = ["stage__site__programme__organization", "stage__site__organization"]


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def replan_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Other dates for one task: asked for, or set by the city itself."""
    item = get_object_or_404(ScheduleItem.objects.visible_to(request.user).select_related(*AROUND), pk=pk)
    is_direct = rules.can_replan(request.user, item)
    if not is_direct and not rules.can_ask_replan(request.user, item):
        raise PermissionDenied
    form = ReplanForm(request.POST or None, item=item)
    if request.method == "POST" and _written(form, partial(replan if is_direct else ask_replan, item, by=request.user)):
        messages.success(request, "日程已调整。" if is_direct else "调整申请已报送，批复之前原来的日期仍然有效。")
        return redirect("projects:schedule_site", item.stage.site_id)
    context = {
        "item": item,
        "site": item.stage.site,
        "form": form,
        "is_direct": is_direct,
        "requests": list(item.replans.for_list()),
    }
    return render(request, "projects/replan_ask.html", context, status=422 if form.errors else 200)


def _written(form: ReplanForm, act: Callable) -> bool:
    """What the action refuses stands in the form."""
    if not form.is_valid():
        return False
    try:
        act(**form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error.messages)
    return form.is_valid()


@require_safe
@project_page
def replan_list(request: HttpRequest) -> HttpResponse:
    """All requests in scope, the undecided first; the same number of queries for any number."""
    rows = ReplanRequest.objects.visible_to(request.user).for_list()
    page = Paginator(rows, PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [(row, _decision(request, row)) for row in page],
        "pending": ReplanRequest.objects.visible_to(request.user).pending().count(),
    }
    return render(request, "projects/replan_list.html", context)


def _decision(request: HttpRequest, row: ReplanRequest) -> DecisionForm | None:
    """The form for those who may decide on the row."""
    return DecisionForm(request=row) if row.is_pending and rules.can_decide_replan(request.user, row) else None


@require_POST
@project_page
def replan_grant(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, grant_replan, "已同意，日程按申请调整。")


@require_POST
@project_page
def replan_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, refuse_replan, "已答复不同意，原来的日期不变。")


def _decide(request: HttpRequest, pk: int, action: Callable, told: str) -> HttpResponse:
    rows = ReplanRequest.objects.visible_to(request.user).select_related(*(f"item__{name}" for name in AROUND))
    row = get_object_or_404(rows, pk=pk)
    if not rules.can_decide_replan(request.user, row):
        raise PermissionDenied
    form = DecisionForm(request.POST, request=row)
    if not form.is_valid():
        messages.error(request, f"批复意见：{form.errors['note'][0]}")
    elif _told(request, lambda: action(row, by=request.user, note=form.cleaned_data["note"])):
        messages.success(request, f"{row.site}“{row.item}”：{told}")
    return redirect("projects:replan_list")


def _told(request: HttpRequest, act: Callable[[], object]) -> bool:
    try:
        act()
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def replan_bulk(request: HttpRequest, pk: int) -> HttpResponse:
    """One task of all sites of a programme: dates and reason, then the preview of every site, then done."""
    programme = get_object_or_404(Programme.objects.visible_to(request.user).select_related("organization"), pk=pk)
    if not rules.can_manage_programme(request.user, programme):
        raise PermissionDenied
    form = BulkReplanForm(request.POST or None, programme=programme, user=request.user)
    outcomes = None
    if request.method == "POST" and form.is_valid():
        given = form.given() | {"by": request.user}
        if "confirm" in request.POST:
            changed = [each for each in replan_all(form.chosen(), **given) if not each.refusal]
            messages.success(request, f"已调整 {len(changed)} 个项目点的日程。")
            return redirect("projects:replan_list")
        with rehearsal():
            outcomes = replan_all(form.chosen(), **given)
    return _render_bulk(request, programme, form, outcomes)


def _render_bulk(request: HttpRequest, programme: Programme, form: BulkReplanForm, outcomes) -> HttpResponse:
    context = {
        "programme": programme,
        "form": form,
        "outcomes": outcomes,
        "ready": sum(not each.refusal for each in outcomes or []),
    }
    return render(request, "projects/replan_bulk.html", context, status=422 if form.errors else 200)
