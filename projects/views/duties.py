"""责任分解: the table on the page, on paper and as Excel; rows and contacts entered by city and county."""

from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import Paper, write_paper
from fedwork.numbers import posted_integer
from projects import rules
from projects.actions import assign_contacts, remove_duty, save_duty
from projects.duties import duty_table
from projects.forms.duties import ContactForm, DutyForm
from projects.forms.stuck_filters import ResponsibilityForm
from projects.models import Duty, Programme
from projects.papers.duties import duty_paper
from projects.views.access import get_site, project_page
from projects.views.acting import carry_out, status_of
from projects.views.shortened import Shortened

SITES_PER_PAGE = 100


@require_safe
@project_page
def duty_list(request: HttpRequest) -> HttpResponse:
    form = ResponsibilityForm(request.GET, user=request.user)
    table = duty_table(form.programme, request.user, form.chosen("county")) if form.programme else None
    page = Paginator(table.sites if table else [], SITES_PER_PAGE).get_page(request.GET.get("page"))
    of_page = table.of_these({each.site.pk for each in page}) if table else []
    duties = [*table.common, *of_page] if table else []
    context = {
        "form": form,
        "table": table,
        "page_obj": page,
        "of_page": of_page,
        "lacking": Shortened.of(table.lacking if table else []),
        "own": {duty.pk for duty in duties if rules.can_manage_duty(request.user, duty)},
        "can_add": form.programme and rules.can_manage_programme(request.user, form.programme),
        "can_assign": form.programme and rules.can_manage_duties(request.user),
        "query": urlencode({name: value for name, value in request.GET.items() if value}),
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "projects/duty_list.html", context)


@require_safe
@project_page
def duty_excel(request: HttpRequest) -> HttpResponse:
    paper = _paper(request)
    return workbook_response(write_paper(paper), paper.title)


@require_safe
@project_page
def duty_print(request: HttpRequest) -> HttpResponse:
    context = {"paper": _paper(request), "query": urlencode(list(request.GET.items()))}
    return render(request, "projects/duty_print.html", context)


def _paper(request: HttpRequest) -> Paper:
    form = ResponsibilityForm(request.GET, user=request.user)
    programme = form.programme or get_object_or_404(Programme.objects.none())
    county = form.chosen("county")
    table = duty_table(programme, request.user, county)
    return duty_paper(table, place=str(county or request.user.organization), now=clock.now())


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def duty_add(request: HttpRequest) -> HttpResponse:
    """`?site=` for a row of one site, `?programme=` for one of the whole programme."""
    if not rules.can_manage_duties(request.user):
        raise PermissionDenied
    duty = _new_duty(request)
    if not rules.can_manage_duty(request.user, duty):
        raise PermissionDenied
    return _edit(request, duty)


def _new_duty(request: HttpRequest) -> Duty:
    if "site" in request.GET:
        site = get_site(request, posted_integer(request.GET["site"]))
        return Duty(site=site, programme=site.programme)
    programmes = Programme.objects.visible_to(request.user).select_related("organization")
    return Duty(programme=get_object_or_404(programmes, pk=posted_integer(request.GET.get("programme"))))


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def duty_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, _own(request, pk))


def _edit(request: HttpRequest, duty: Duty) -> HttpResponse:
    form = DutyForm(request.POST or None, instance=duty)

    def act() -> Duty:
        return save_duty(form.instance, by=request.user, version=form.cleaned_data["version"])

    if request.method == "POST" and carry_out(form, act):
        messages.success(request, f"已保存：{duty}。")
        return redirect(_list_of(duty.programme))
    context = {"form": form, "duty": duty, "is_new": duty.pk is None, "back": _list_of(duty.programme)}
    return render(request, "projects/duty_edit.html", context, status=status_of(form))


@require_POST
@project_page
def duty_remove(request: HttpRequest, pk: int) -> HttpResponse:
    duty = _own(request, pk)
    try:
        remove_duty(duty, by=request.user, version=posted_integer(request.POST.get("version")))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, f"已删除：{duty}。")
    return redirect(_list_of(duty.programme))


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def contact_assign(request: HttpRequest) -> HttpResponse:
    """`?kind=`, `?site=` and `?county=` say which sites are ticked: those without a contact when nothing is asked."""
    if not rules.can_manage_duties(request.user):
        raise PermissionDenied
    programme = get_object_or_404(
        Programme.objects.visible_to(request.user), pk=posted_integer(request.GET.get("programme"))
    )
    form = ContactForm(request.POST or None, user=request.user, programme=programme, asked=request.GET)
    act = partial(_assign, form, request.user)
    if request.method == "POST" and (done := carry_out(form, act)):
        messages.success(request, done)
        return redirect(_list_of(programme))
    context = {"form": form, "programme": programme, "back": _list_of(programme)}
    return render(request, "projects/contact_assign.html", context, status=status_of(form))


def _assign(form: ContactForm, user) -> str:
    data = form.cleaned_data
    done = assign_contacts(data["sites"], kind=data["kind"], post=form.contact_post, by=user)
    return f"已指定 {len(done)} 个项目点的联系岗位。" if done else "所选项目点已经是这个联系岗位，没有改动。"


def _own(request: HttpRequest, pk: int) -> Duty:
    duties = Duty.objects.visible_to(request.user).select_related("programme__organization", "site__organization")
    duty = get_object_or_404(duties, pk=pk)
    if not rules.can_manage_duty(request.user, duty):
        raise PermissionDenied
    return duty


def _list_of(programme: Programme) -> str:
    return reverse("projects:duty_list", query={"programme": programme.pk})
