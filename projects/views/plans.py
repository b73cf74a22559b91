"""实施方案: where each place stands, one version of a plan, writing, handing up and deciding."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fedwork.downloads import document_response
from fedwork.numbers import posted_integer
from fedwork.word import write_document
from organizations.models import Organization
from projects import rules
from projects.actions import approve_plan, return_plan, save_plan, submit_plan
from projects.forms.plans import DecisionForm, PlanForm
from projects.forms.stuck_filters import ResponsibilityForm
from projects.models import ImplementationPlan, Programme
from projects.models.plan import SECTIONS
from projects.papers.plans import plan_document
from projects.plans import plan_board
from projects.views.access import get_site, project_page
from projects.views.acting import carry_out, status_of
from projects.views.shortened import Shortened

SITES_PER_PAGE = 100


@require_safe
@project_page
def plan_list(request: HttpRequest) -> HttpResponse:
    form = ResponsibilityForm(request.GET, user=request.user)
    board = plan_board(form.programme, request.user, form.chosen("county")) if form.programme else None
    below = [place for _, _, sites in board.counties for place in sites] if board else []
    page = Paginator(below, SITES_PER_PAGE).get_page(request.GET.get("page"))
    counties = board.of_sites({place.site.pk for place in page}) if board else []
    shown = [place for own, _, sites in counties for place in [own, *sites]] + [board and board.top]
    mine = [place for place in shown if place and _writes(request.user, form.programme, place)]
    context = {
        "form": form,
        "programme": form.programme,
        "board": board,
        "page_obj": page,
        "counties": counties,
        "gaps": Shortened.of(board.gaps if board else []),
        "to_do": _to_do(request.user),
        "mine": {place.organization.pk for place in mine},
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "projects/plan_list.html", context)


def _to_do(user) -> list[ImplementationPlan]:
    plans = ImplementationPlan.objects.to_do(user, rules.desk_of(user)).defer(*SECTIONS)
    return list(plans.select_related("site", "organization").order_by("saved_at"))


def _writes(user, programme: Programme, place) -> bool:
    plan = ImplementationPlan(programme=programme, organization=place.organization, site=place.site)
    return rules.can_write_plan(user, plan)


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def plan_add(request: HttpRequest) -> HttpResponse:
    """`?site=` or `?programme=&place=`. A version in hand is gone on with; a new one begins with the words of the last."""
    plan = _asked_for(request)
    if not rules.can_write_plan(request.user, plan):
        raise PermissionDenied
    versions = ImplementationPlan.objects.filter(programme=plan.programme, organization=plan.organization)
    last = versions.order_by("-number").first()
    if last and not last.is_approved:
        return redirect(last)
    for name in SECTIONS:
        setattr(plan, name, getattr(last, name, ""))
    return _edit(request, plan)


def _asked_for(request: HttpRequest) -> ImplementationPlan:
    if "site" in request.GET:
        site = get_site(request, posted_integer(request.GET["site"]))
        return ImplementationPlan(site=site, programme=site.programme, organization=site.organization)
    programmes = Programme.objects.visible_to(request.user).select_related("organization")
    programme = get_object_or_404(programmes, pk=posted_integer(request.GET.get("programme")))
    places = Organization.objects.visible_to(request.user)
    place = get_object_or_404(places, pk=posted_integer(request.GET.get("place")))
    return ImplementationPlan(programme=programme, organization=place)


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def plan_edit(request: HttpRequest, pk: int) -> HttpResponse:
    plan = _get(request, pk)
    if not rules.can_write_plan(request.user, plan):
        raise PermissionDenied
    return _edit(request, plan) if plan.is_writable else redirect(plan)


def _edit(request: HttpRequest, plan: ImplementationPlan) -> HttpResponse:
    is_new = plan.pk is None
    form = PlanForm(request.POST or None, instance=plan)

    def act() -> ImplementationPlan:
        return save_plan(form.instance, by=request.user, version=form.cleaned_data["version"])

    if request.method == "POST" and (saved := carry_out(form, act)):
        messages.success(request, "已保存。核对以后报批。")
        return redirect(saved)
    context = {"form": form, "plan": plan, "is_new": is_new}
    return render(request, "projects/plan_edit.html", context, status=status_of(form))


@require_safe
@project_page
def plan_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _render(request, _get(request, pk))


def _render(request: HttpRequest, plan: ImplementationPlan, form: DecisionForm | None = None) -> HttpResponse:
    versions = ImplementationPlan.objects.filter(programme=plan.programme_id, organization=plan.organization_id)
    newer = versions.approved().filter(number__gt=plan.number).order_by("-number").first()
    is_writer = rules.can_write_plan(request.user, plan)
    is_last = not versions.filter(number__gt=plan.number).exists()
    context = {
        "plan": plan,
        "versions": versions.defer(*SECTIONS).order_by("-number"),
        "newer": newer,
        "log": plan.log.select_related("made_by__organization"),
        "can_write": is_writer and plan.is_writable,
        "can_renew": is_writer and plan.is_approved and is_last,
        "can_decide": plan.is_submitted and rules.can_decide_plan(request.user, plan),
        "form": form or DecisionForm(initial={"version": plan.version}),
    }
    return render(request, "projects/plan_detail.html", context, status=status_of(context["form"]))


@require_safe
@project_page
def plan_print(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "projects/plan_print.html", {"plan": _get(request, pk)})


@require_safe
@project_page
def plan_word(request: HttpRequest, pk: int) -> HttpResponse:
    plan = _get(request, pk)
    return document_response(write_document(plan_document(plan)), f"{plan.title}（第{plan.number}版）")


@require_POST
@project_page
def plan_submit(request: HttpRequest, pk: int) -> HttpResponse:
    plan = _get(request, pk)
    if not rules.can_write_plan(request.user, plan):
        raise PermissionDenied
    return _decide(request, plan, "已报批。", lambda data: partial(submit_plan, version=data["version"]))


@require_POST
@project_page
def plan_approve(request: HttpRequest, pk: int) -> HttpResponse:
    plan = _for_decision(request, pk)
    return _decide(request, plan, "已批准。", lambda data: partial(approve_plan, **data))


@require_POST
@project_page
def plan_return(request: HttpRequest, pk: int) -> HttpResponse:
    plan = _for_decision(request, pk)
    return _decide(
        request, plan, "已退回。", lambda data: partial(return_plan, version=data["version"], reason=data["note"])
    )


def _decide(request: HttpRequest, plan: ImplementationPlan, done: str, step: Callable) -> HttpResponse:
    """`step` makes the action of the form's data."""
    form = DecisionForm(request.POST)
    if carry_out(form, lambda: step(form.cleaned_data)(plan, by=request.user)):
        messages.success(request, done)
        return redirect(plan)
    return _render(request, _get(request, plan.pk), form)


def _for_decision(request: HttpRequest, pk: int) -> ImplementationPlan:
    plan = _get(request, pk)
    if not rules.can_decide_plan(request.user, plan):
        raise PermissionDenied
    return plan


def _get(request: HttpRequest, pk: int) -> ImplementationPlan:
    """A plan in the user's subtree, else 404."""
    plans = ImplementationPlan.objects.visible_to(request.user)
    around = ["programme__organization", "organization", "site", "saved_by", "approved_by"]
    return get_object_or_404(plans.select_related(*around), pk=pk)
