"""日程: the timeline of one site with its stages and tasks, and of many sites; both as Excel."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from projects import rules
from projects.actions import confirm_plan
from projects.forms.filters import ProgressForm
from projects.forms.schedule import ReasonForm, StageWindowForm
from projects.models import PlanConfirmation, ProjectSite, ReplanRequest
from projects.papers.schedule import site_paper, sites_paper
from projects.schedule.board import mark_late, schedule_board
from projects.schedule.gates import Gate, gates
from projects.schedule.plans import plans
from projects.schedule.timeline import site_timeline
from projects.views.access import get_site, project_page

SITES_PER_PAGE = 50


@require_safe
@project_page
def schedule_site(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the site stands, its timeline, and the table of the same; a fixed number of queries."""
    site, today = get_site(request, pk), clock.today()
    stages = plans([site], today).get(site.pk, [])
    axis, groups = site_timeline(stages, today) or (None, [])
    context = {
        "site": site,
        "axis": axis,
        "groups": groups,
        "stages": stages,
        "today": today,
        "requests": list(ReplanRequest.objects.filter(item__stage__site=site).for_list()),
        "can_ask": rules.can_confirm_plan(request.user, site),
        "can_plan": rules.can_plan_site(request.user, site),
        **stage_panel(request.user, site),
    }
    return render(request, "projects/schedule_site.html", context)


def stage_panel(user, site: ProjectSite) -> dict:
    """The check-list of the stages with what the user can do, for templates/projects/_stages.html."""
    found = gates(site, clock.today(), reader=user)
    confirmed = PlanConfirmation.objects.filter(site=site).select_related("confirmed_by").first()
    return {
        "gates": [_doing(user, gate) for gate in found],
        "confirmed": confirmed,
        "can_confirm": bool(found) and confirmed is None and rules.can_confirm_plan(user, site),
    }


def _doing(user, gate: Gate) -> dict:
    stage = gate.stage
    can_plan = rules.can_plan_site(user, stage.site)
    return {
        "gate": gate,
        "completes": gate.is_current and gate.is_begun and rules.can_complete_stage(user, stage),
        "reopen_form": ReasonForm(stage=stage) if stage.is_completed and can_plan else None,
        "move_form": StageWindowForm(stage=stage) if not stage.is_completed and can_plan else None,
    }


@require_POST
@project_page
def schedule_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_site(request, pk)
    if not rules.can_confirm_plan(request.user, site):
        raise PermissionDenied
    try:
        confirm_plan(site, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, "已确认日程。以后要改日期的，请按任务申请调整。")
    return redirect("projects:schedule_site", site.pk)


@require_safe
@project_page
def schedule_excel(request: HttpRequest, pk: int) -> HttpResponse:
    site, now = get_site(request, pk), clock.now()
    paper = site_paper(site, plans([site], clock.today()).get(site.pk, []), now)
    return workbook_response(write_paper(paper), f"进度和日程安排表（{site}）")


@require_safe
@project_page
def schedule_board_page(request: HttpRequest) -> HttpResponse:
    """A row for each site of the programme and place, the worst first; a fixed number of queries."""
    form = ProgressForm(request.GET, user=request.user)
    board = schedule_board(form.sites(), clock.today())
    page = Paginator(board.rows, SITES_PER_PAGE).get_page(request.GET.get("page"))
    mark_late(list(page), board.axis)
    context = _board_frame(request, form) | {"board": board, "axis": board.axis, "page_obj": page}
    return render(request, "projects/schedule_board.html", context)


def _board_frame(request: HttpRequest, form: ProgressForm) -> dict:
    """What stands around the rows: filters, the time, what the user can do."""
    return {
        "form": form,
        "programme": form.programme,
        "place": form.places.chosen,
        "now": form.now,
        "today": clock.today(),
        "query": urlencode(form.query()),
        "pending": ReplanRequest.objects.visible_to(request.user).pending().count(),
        "can_plan": form.programme is not None and rules.can_manage_programme(request.user, form.programme),
        "is_filtered": any(request.GET.values()),
    }


@require_safe
@project_page
def schedule_board_excel(request: HttpRequest) -> HttpResponse:
    """The same sites with every task of theirs, in the order of the counties."""
    form = ProgressForm(request.GET, user=request.user)
    sites = list(form.sites().select_related("creation_type"))
    found = plans(sites, clock.today())
    place = form.places.chosen
    paper = sites_paper(str(place), [(site, found.get(site.pk, [])) for site in sites], form.now)
    return workbook_response(write_paper(paper), f"进度和日程安排表（{place}）")
