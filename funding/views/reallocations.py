"""资金调剂: decisions that moved money from one site to another; made and taken back by the city."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from funding import rules
from funding.accounts import accounts
from funding.actions import reallocate, take_back_reallocation
from funding.forms.reallocation import GiverForm, ReallocationForm, TakingBackForm
from funding.models import LedgerEntry, Reallocation
from funding.states import FundSource
from funding.views.access import get_site
from funding.views.telling import tell
from projects.models import ProjectSite

PAGE_LENGTH = 50


@require_safe
def reallocation_list(request: HttpRequest) -> HttpResponse:
    """With the first step of a new one: the site that gives."""
    if not rules.can_view_tables(request.user):
        raise PermissionDenied
    decisions = Reallocation.objects.visible_to(request.user).for_list()
    page = Paginator(decisions, PAGE_LENGTH).get_page(request.GET.get("page"))
    can_decide = rules.can_manage_commitments(request.user)
    form = (
        GiverForm(request.GET if {"giver", "giver_q"} & set(request.GET) else None, sites=_givers(request))
        if can_decide
        else None
    )
    if form and form.is_bound and form.is_valid():
        return redirect("funding:reallocation_add", form.cleaned_data["giver"].pk)
    return render(request, "funding/reallocation_list.html", {"page_obj": page, "form": form})


def _givers(request: HttpRequest):
    here = {"programme__organization": request.user.organization_id}
    return ProjectSite.objects.visible_to(request.user).approved().filter(**here).by_county()


@require_http_methods(["GET", "HEAD", "POST"])
def reallocation_add(request: HttpRequest, pk: int) -> HttpResponse:
    giver = get_site(request, pk)
    if not rules.can_reallocate(request.user, giver):
        raise PermissionDenied
    form = ReallocationForm(request.POST or None, giver=giver)
    if request.method == "POST" and form.is_valid() and (decision := _reallocate(request, giver, form)):
        messages.success(request, "已调剂，两个项目点的账簿都已记上。")
        return redirect(decision)
    found = accounts(LedgerEntry.objects.filter(site=giver))
    rows = [found[giver.pk, source] for source in FundSource if (giver.pk, source) in found]
    context = {"site": giver, "form": form, "accounts": rows}
    return render(request, "funding/reallocation_add.html", context)


def _reallocate(request: HttpRequest, giver: ProjectSite, form: ReallocationForm) -> Reallocation | None:
    try:
        return reallocate(giver=giver, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        tell(form, error)
        return None


@require_safe
def reallocation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _get_decision(request, pk), TakingBackForm())


@require_POST
def reallocation_back(request: HttpRequest, pk: int) -> HttpResponse:
    decision = _get_decision(request, pk)
    if not _may_take_back(request, decision):
        raise PermissionDenied
    form = TakingBackForm(request.POST)
    if form.is_valid():
        try:
            take_back_reallocation(decision, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, "已撤销，两个项目点的账都已冲回。")
            return redirect(decision)
    return _page(request, decision, form)


def _may_take_back(request: HttpRequest, decision: Reallocation) -> bool:
    return all(rules.can_reallocate(request.user, entry.site) for entry in decision.entries.all())


def _get_decision(request: HttpRequest, pk: int) -> Reallocation:
    if not rules.can_view_tables(request.user):
        raise PermissionDenied
    return get_object_or_404(Reallocation.objects.visible_to(request.user).for_list(), pk=pk)


def _page(request: HttpRequest, decision: Reallocation, form: TakingBackForm) -> HttpResponse:
    visible = ProjectSite.objects.visible_to(request.user).filter(entries__reallocation=decision)
    mine = set(visible.values_list("pk", flat=True))
    moves = [("调出", decision.given), ("调入", decision.taken)]
    context = {
        "decision": decision,
        "moves": [(words, entry, entry.site_id in mine) for words, entry in moves],
        "back": decision.taking_back,
        "can_take_back": decision.taking_back is None and _may_take_back(request, decision),
        "form": form,
    }
    return render(request, "funding/reallocation_detail.html", context)
