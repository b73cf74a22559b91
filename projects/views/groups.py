"""组织机构: the leading groups of a programme, one group as of a day, and every change of its seats."""

from collections.abc import Callable, Iterable
from functools import partial
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from fedwork import clock
from fedwork.downloads import document_response
from fedwork.numbers import posted_integer
from fedwork.word import write_document
from organizations.models import Organization
from projects import rules
from projects.actions import (
    appoint_members,
    correct_member,
    disband_group,
    establish_group,
    leave_group,
    take_over,
)
from projects.forms.groups import (
    AppointForm,
    CorrectForm,
    DayForm,
    DisbandForm,
    EstablishForm,
    GroupFilterForm,
    LeaveForm,
    TakeOverForm,
)
from projects.groups import Chart, CountyNode, SiteTeam, roster_of
from projects.groups import group_chart as read_chart
from projects.models import GroupKind, GroupMember, LeadingGroup, Programme, ProjectSite
from projects.models.group import RANKS
from projects.papers.groups import roster_document
from projects.views.access import project_page
from projects.views.acting import carry_out, status_of
from projects.views.shortened import Shortened

SITES_PER_PAGE = 100


@require_safe
@project_page
def group_chart(request: HttpRequest) -> HttpResponse:
    """City, counties, sites, and what is missing; a fixed number of queries."""
    form = GroupFilterForm(request.GET, user=request.user)
    programme = form.programme
    chart = read_chart(programme, request.user, form.day, form.chosen("county")) if programme else None
    teams = [each for node in chart.counties for each in node.teams] if chart else []
    page = Paginator(teams, SITES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "chart": chart,
        "page_obj": page,
        "counties": _of_page(chart, page) if chart else [],
        "gaps": Shortened.of(chart.gaps if chart else []),
        "is_today": form.day == clock.today(),
        "own": [place.pk for place in chart.places if rules.speaks_for(request.user, programme, place)]
        if chart
        else [],
        "can_add_teams": rules.can_manage_teams(request.user),
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "projects/group_chart.html", context)


def _of_page(chart: Chart, page: Iterable[SiteTeam]) -> list[tuple[CountyNode, list[SiteTeam]]]:
    """The counties that have sites on the page, with these."""
    shown = {each.site.pk for each in page}
    found = [(node, [each for each in node.teams if each.site.pk in shown]) for node in chart.counties]
    return [(node, teams) for node, teams in found if teams]


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def group_add(request: HttpRequest) -> HttpResponse:
    """`?site=` for its team, `?parent=` for the office of a group, `?programme=&place=` for a leading group."""
    group = _asked_for(request)
    if not rules.can_manage_group(request.user, group):
        raise PermissionDenied
    form = EstablishForm(request.POST or None, instance=group)
    if request.method == "POST" and (made := carry_out(form, partial(_establish, form, request.user))):
        messages.success(request, f"{made}已登记，共 {made.members.count()} 人。")
        return redirect(made)
    return render(request, "projects/group_add.html", {"form": form, "group": group}, status=status_of(form))


def _establish(form: EstablishForm, user) -> LeadingGroup:
    deputy = form.cleaned_data.get("deputy")
    return establish_group(form.instance, by=user, head=form.head(), deputy=deputy, others=form.others())


def _asked_for(request: HttpRequest) -> LeadingGroup:
    """A group that isn't there yet; 404 where its place is out of sight."""
    number = partial(_number, request)
    if "site" in request.GET:
        sites = ProjectSite.objects.visible_to(request.user).select_related("programme__organization", "organization")
        site = get_object_or_404(sites, pk=number("site"))
        return LeadingGroup(kind=GroupKind.TEAM, site=site, programme=site.programme, organization=site.organization)
    if "parent" in request.GET:
        parent = _get(request, number("parent"))
        return LeadingGroup(
            kind=GroupKind.OFFICE, parent=parent, programme=parent.programme, organization=parent.organization
        )
    programmes = Programme.objects.visible_to(request.user).select_related("organization")
    programme = get_object_or_404(programmes, pk=number("programme"))
    place = get_object_or_404(Organization.objects.visible_to(request.user), pk=number("place"))
    return LeadingGroup(kind=GroupKind.GROUP, programme=programme, organization=place)


def _number(request: HttpRequest, name: str) -> int:
    return posted_integer(request.GET.get(name))


@require_safe
@project_page
def group_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Who sits in it on a day, and everybody who ever did."""
    group = _get(request, pk)
    form = DayForm(request.GET)
    is_today = form.day == clock.today()
    context = {
        "group": group,
        "form": form,
        "day": form.day,
        "is_today": is_today,
        "roster": roster_of(group, form.day),
        "history": _history(group),
        "offices": group.offices.filter(disbanded_on=None),
        "can_manage": is_today and not group.is_disbanded and rules.can_manage_group(request.user, group),
        "is_filtered": bool(request.GET),
        "word_query": urlencode({"as_of": form.day.isoformat()}),
    }
    return render(request, "projects/group_detail.html", context)


def _history(group: LeadingGroup) -> list[GroupMember]:
    """By seat, then in the order of time; nothing where nobody has come or gone since the first day."""
    rows = sorted(group.members.standing(), key=lambda row: (RANKS.index(row.role), row.from_on, row.pk))
    changed = any(row.to_on or row.from_on > group.established_on for row in rows)
    return rows if changed else []


@require_safe
@project_page
def group_word(request: HttpRequest, pk: int) -> HttpResponse:
    """名单 as of `?as_of=`, today unless one is given."""
    group, day = _get(request, pk), DayForm(request.GET).day
    document = roster_document(roster_of(group, day), day)
    return document_response(write_document(document), f"{document.title}（{day:%Y%m%d}）")


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def group_take_over(request: HttpRequest, pk: int) -> HttpResponse:
    group = _own(request, pk)
    form = TakeOverForm(request.POST or None, group=group)
    return _step(request, group, form, f"{group.lead_label}接任", lambda: _taken_over(group, form, request.user))


def _taken_over(group: LeadingGroup, form: TakeOverForm, user) -> str:
    row = take_over(group, by=user, **form.given())
    return f"{row}自 {row.from_on} 起任{group.lead_label}，前任到前一天为止。"


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def group_appoint(request: HttpRequest, pk: int) -> HttpResponse:
    group = _own(request, pk)
    form = AppointForm(request.POST or None, group=group)

    def act() -> str:
        return f"增加了 {len(appoint_members(group, by=request.user, **form.given()))} 个岗位。"

    return _step(request, group, form, "增加成员", act)


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def group_disband(request: HttpRequest, pk: int) -> HttpResponse:
    group = _own(request, pk)
    form = DisbandForm(request.POST or None, group=group)

    def act() -> str:
        disband_group(group, by=request.user, **form.cleaned_data)
        return f"{group}已撤销，名单仍可查看。"

    return _step(request, group, form, "撤销", act)


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def member_leave(request: HttpRequest, pk: int) -> HttpResponse:
    member = _own_member(request, pk)
    form = LeaveForm(request.POST or None, group=member.group)

    def act() -> str:
        leave_group(member, by=request.user, **form.cleaned_data)
        return f"{member}已登记离任。"

    return _step(request, member.group, form, f"{member}离任", act)


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def member_correct(request: HttpRequest, pk: int) -> HttpResponse:
    member = _own_member(request, pk)
    form = CorrectForm(request.POST or None, member=member)

    def act() -> str:
        row = correct_member(member, by=request.user, version=form.cleaned_data["version"], seat=form.seat)
        return f"已更正为{row}。"

    return _step(request, member.group, form, f"更正：{member}", act)


def _step(
    request: HttpRequest, group: LeadingGroup, form: forms.Form, title: str, act: Callable[[], str]
) -> HttpResponse:
    """`act` says in a sentence what was done."""
    if request.method == "POST" and (done := carry_out(form, act)):
        messages.success(request, done)
        return redirect(group)
    context = {"group": group, "form": form, "title": title}
    return render(request, "projects/group_step.html", context, status=status_of(form))


def _get(request: HttpRequest, pk: int) -> LeadingGroup:
    """A group in the user's subtree, else 404."""
    groups = LeadingGroup.objects.visible_to(request.user)
    around = ["programme__organization", "organization", "site", "parent", "recorded_by"]
    return get_object_or_404(groups.select_related(*around), pk=pk)


def _own(request: HttpRequest, pk: int) -> LeadingGroup:
    group = _get(request, pk)
    if not rules.can_manage_group(request.user, group):
        raise PermissionDenied
    return group


def _own_member(request: HttpRequest, pk: int) -> GroupMember:
    member = GroupMember.objects.filter(pk=pk).first()
    if member is None:
        raise Http404
    member.group = _own(request, member.group_id)
    return member
