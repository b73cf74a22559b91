"""申报: the list and its 项目点一览表, the board of types and counties, and what the unit writes itself."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from projects import rules
from projects.actions import propose_site, save_nomination, submit_nomination
from projects.forms.nominations import BoardForm, NominationFilterForm, NominationForm, ProposeForm, tell
from projects.models import Nomination, Programme, ProjectSite
from projects.nominations import (
    BoardRow,
    changes_to_do,
    dossier,
    load_last_steps,
    nomination_board,
    recommending,
)
from projects.papers.nominations import nomination_paper, register_paper
from projects.states import SETTLED, SiteStatus
from projects.views.access import get_site, project_page

PAGE_LENGTH = 50


@require_safe
@project_page
def nomination_list(request: HttpRequest) -> HttpResponse:
    """The same number of queries for any number of rows."""
    form = NominationFilterForm(request.GET, user=request.user)
    sites = form.apply(ProjectSite.objects.visible_to(request.user))
    page = Paginator(_for_list(form.in_state(sites)), PAGE_LENGTH).get_page(request.GET.get("page"))
    load_last_steps(list(page))
    context = {
        "form": form,
        "page_obj": page,
        "chips": form.chips(sites),
        "query": form.query(),
        "can_propose": rules.can_propose_site(request.user),
        "enters_at_desk": rules.can_manage_site(request.user),
        "can_view_board": rules.can_view_nomination_board(request.user),
        "changes_to_do": changes_to_do(request.user).count(),
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "projects/nomination_list.html", context)


def _for_list(sites):
    related = ["programme__organization", "creation_type", "organization", "nomination", "recommendation"]
    is_over = Case(When(status__in=sorted(SETTLED), then=1), default=0)
    return sites.select_related(*related).order_by(is_over, "-programme__year", "programme", "organization__code", "pk")


@require_safe
@project_page
def nomination_register(request: HttpRequest) -> HttpResponse:
    """项目点一览表 of what the list shows, on all its pages; of one programme."""
    form = NominationFilterForm(request.GET, user=request.user)
    programmes = Programme.objects.visible_to(request.user)
    programme = form.chosen("programme") or programmes.current(request.user, clock.today())
    sites = form.in_state(form.apply(ProjectSite.objects.visible_to(request.user))).filter(programme=programme)
    rows = list(_for_list(sites).order_by("creation_type__position", "organization__code", "pk"))
    place = form.chosen("county") or request.user.organization
    scope = f"范围：{form.STATES[form.state_chosen]}，共 {len(rows)} 个"
    paper = register_paper(rows, programme=programme, place=str(place), scope=scope, now=clock.now())
    return workbook_response(write_paper(paper), f"项目点一览表（{place}{clock.today():%Y%m%d}）")


@require_safe
@project_page
def nomination_board_page(request: HttpRequest) -> HttpResponse:
    """申报情况: quotas by type, and how far the nominations of each county have come."""
    if not rules.can_view_nomination_board(request.user):
        raise PermissionDenied
    form = BoardForm(request.GET, user=request.user)
    board = nomination_board(form.programme, request.user) if form.programme else None
    context = {
        "form": form,
        "programme": form.programme,
        "board": board,
        "rows": [_board_row(form.programme, board, row) for row in board.rows] if board else [],
        "total": _board_row(form.programme, board, board.total) if board else None,
        "is_whole": board is not None and form.programme.organization.path.startswith(request.user.scope_path),
        "now": clock.now(),
        "is_filtered": any(request.GET.values()),
    }
    if board:
        context["quotas"] = [_quota(form.programme, board, kind) for kind in board.types]
    return render(request, "projects/nomination_board.html", context)


def _address(programme: Programme, state: str, row: BoardRow, kind=None) -> str:
    state = {"recommended": "reached_recommended", "checked": "reached_checked"}.get(state, state)
    chosen = {"programme": programme.pk, "state": state}
    chosen |= {"county": row.county.pk} if row.county else {}
    return reverse("projects:nomination_list", query=chosen | ({"kind": kind.name} if kind else {}))


def _board_row(programme: Programme, board, row: BoardRow) -> dict:
    """Every number with the address of its rows, but where the rows can't be named by an address."""
    has_address = row.county is not None or row is board.total
    cells = [
        (number, _address(programme, state, row, kind) if has_address else "")
        for kind, numbers in [*((kind, row.by_type[kind.pk]) for kind in board.types), (None, row.total)]
        for state, number in numbers.all
    ]
    return {"label": row.county or "不在县（市、区）的单位", "cells": cells}


def _quota(programme: Programme, board, kind) -> dict:
    numbers = board.total.by_type[kind.pk]
    cells = [(number, _address(programme, state, board.total, kind)) for state, number in numbers.all]
    return {"type": kind, "cells": cells, "left": kind.quota - numbers.approved}


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def nomination_add(request: HttpRequest) -> HttpResponse:
    if not rules.can_propose_site(request.user):
        raise PermissionDenied
    form = ProposeForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid() and (site := _proposed(request, form)):
        messages.success(request, f"已新建“{site}”的申报，请填写摸底情况和申报内容；可以先存草稿。")
        return redirect("projects:nomination_edit", site.pk)
    return render(request, "projects/nomination_add.html", {"form": form}, status=422 if form.errors else 200)


def _proposed(request: HttpRequest, form: ProposeForm) -> ProjectSite | None:
    try:
        return propose_site(form.instance, by=request.user)
    except ValidationError as error:
        tell(form, error)
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def nomination_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft at any time; with `then=submit` it goes on to the county when nothing is missing."""
    nomination = _get_own(request, pk)
    if nomination.site.status != SiteStatus.PROPOSED:
        return redirect(nomination)
    form = NominationForm(request.POST or None, instance=nomination)
    if request.method == "POST" and (saved := form.write(partial(save_nomination, by=request.user))):
        if request.POST.get("then") == "submit":
            return _submit(request, saved, saved.version)
        messages.success(request, "已保存。材料齐了以后再提交。")
        return redirect(saved)
    return _edit_page(request, form)


@require_POST
@project_page
def nomination_submit(request: HttpRequest, pk: int) -> HttpResponse:
    return _submit(request, _get_own(request, pk), None)


def _get_own(request: HttpRequest, pk: int) -> Nomination:
    """What the user may write; seen but not theirs to write is 403."""
    site = get_site(request, pk)
    if not rules.can_write_nomination(request.user, site):
        raise PermissionDenied
    return Nomination.objects.select_related("site__programme__organization", "site__organization").filter(
        site=site
    ).first() or Nomination(site=site)


def _submit(request: HttpRequest, nomination: Nomination, version: int | None) -> HttpResponse:
    """Refused, the form comes back with all that is missing, each beside its field."""
    try:
        site = submit_nomination(nomination.site, by=request.user, version=version)
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            messages.error(request, error.messages[0])
            return redirect(nomination)
        form = NominationForm(instance=nomination)
        form = NominationForm(_as_posted(form), instance=nomination)
        tell(form, error)
        return _edit_page(request, form, is_incomplete=True)
    messages.success(request, f"已提交给{recommending(site)}，退回之前不能再改。")
    return redirect(nomination)


def _as_posted(form: NominationForm) -> dict:
    """What the page would post if nothing were changed: only a bound form can tell what is wrong with its fields."""
    return {field.name: field.value() for field in form if field.value() is not None}


def _edit_page(request: HttpRequest, form: NominationForm, *, is_incomplete: bool = False) -> HttpResponse:
    site = form.instance.site
    context = {
        "form": form,
        "site": site,
        "recommending": recommending(site),
        "is_incomplete": is_incomplete,
        "returned": site.nomination_steps.last() if site.pk else None,
    }
    return render(request, "projects/nomination_edit.html", context, status=422 if form.errors else 200)


@require_safe
@project_page
def nomination_print(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_site(request, pk)
    return render(request, "projects/nomination_print.html", {"site": site, "paper": nomination_paper(dossier(site))})


@require_safe
@project_page
def nomination_excel(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_site(request, pk)
    return workbook_response(write_paper(nomination_paper(dossier(site))), f"申报审核表（{site}）")
