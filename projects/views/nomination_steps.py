"""One nomination with all its steps, and every decision about it as a view of its own."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from fedwork import clock
from projects import actions, rules
from projects.forms.nominations import (
    UNITS,
    ApproveForm,
    CheckForm,
    DeclineForm,
    PassForm,
    ProvinceDeclineForm,
    RecommendForm,
    ReturnForm,
    tell,
)
from projects.models import Nomination, ProjectSite
from projects.models.nomination import SURVEY
from projects.nominations import Dossier, doing, dossier, next_rank, ranked_beside, recommending, way
from projects.states import SiteStatus
from projects.views.access import get_site, project_page

FORMS = {
    "recommend": RecommendForm,
    "check": CheckForm,
    "pass": PassForm,
    "return": ReturnForm,
    "decline": DeclineForm,
    "approve": ApproveForm,
}


@require_safe
@project_page
def nomination_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, get_site(request, pk))


@require_POST
@project_page
def nomination_recommend(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(
        request, pk, "recommend", rules.can_recommend_site, actions.recommend_site, "已推荐，等市妇联到点审核。"
    )


@require_POST
@project_page
def nomination_check(request: HttpRequest, pk: int) -> HttpResponse:
    """A visit that passed or not; the next step is another's click."""
    site = get_site(request, pk)
    if not rules.can_check_site(request.user, site):
        raise PermissionDenied
    form = CheckForm(request.POST, nomination=_nomination(site))
    if form.is_valid():
        try:
            check = actions.record_check(form.instance, by=request.user)
        except ValidationError as error:
            return _refused(request, site, "check", form, error)
        messages.success(request, f"已登记到点审核，结论：{check.words}。")
        return redirect("projects:nomination_detail", pk)
    return _page(request, site, "check", form, status=422)


@require_POST
@project_page
def nomination_pass(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, "pass", rules.can_check_site, actions.pass_check, "市级审核通过，等省里批复。")


@require_POST
@project_page
def nomination_return(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(
        request, pk, "return", _decides_somewhere, actions.return_nomination, "已退回，申报单位改好以后再提交。"
    )


@require_POST
@project_page
def nomination_decline(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, "decline", _decides_somewhere, actions.decline_nomination, "已登记未获批准。")


@require_POST
@project_page
def nomination_approve(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, "approve", _runs, actions.approve_site, "已登记省批复，日程和应报的月报已生成。")


def _decides_somewhere(user, site: ProjectSite) -> bool:
    """Of a nomination that has just moved on, the desk is told so instead of being shown the door."""
    return rules.can_recommend_site(user, site) or _runs(user, site)


def _runs(user, site: ProjectSite) -> bool:
    return rules.can_check_site(user, site)


def _nomination(site: ProjectSite) -> Nomination:
    return Nomination.objects.filter(site=site).select_related("site__programme").first() or Nomination(site=site)


def _step(request: HttpRequest, pk: int, name: str, may: Callable, act: Callable, done: str) -> HttpResponse:
    """One step by its form: refused, the page comes back with what was typed; 409 when the nomination has moved on."""
    site = get_site(request, pk)
    if not may(request.user, site):
        raise PermissionDenied
    form = _form(name, site)(request.POST, nomination=_nomination(site))
    if not form.is_valid():
        return _page(request, site, name, form, status=422)
    try:
        act(site, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        return _refused(request, site, name, form, error)
    messages.success(request, done)
    return redirect("projects:nomination_detail", pk)


def _refused(
    request: HttpRequest, site: ProjectSite, name: str, form: BaseForm, error: ValidationError
) -> HttpResponse:
    is_stale = getattr(error, "code", None) == "stale"
    tell(form, error)
    return _page(request, get_site(request, site.pk), name, form, status=409 if is_stale else 422)


def _form(name: str, site: ProjectSite) -> type[BaseForm]:
    """The province's refusal has a number and a date."""
    if name == "decline" and site.status == SiteStatus.CHECKED:
        return ProvinceDeclineForm
    return FORMS[name]


def _page(
    request: HttpRequest, site: ProjectSite, name: str = "", refused: BaseForm | None = None, *, status: int = 200
) -> HttpResponse:
    file = dossier(site)
    file.nomination.site = site
    found = doing(site, request.user, has_passed_check=file.has_passed_check)
    forms = {f"{each}_form": _form(each, site)(nomination=file.nomination) for each in FORMS}
    if found.recommends:
        forms["beside"] = ranked_beside(site)
        forms["recommend_form"].initial["rank"] = next_rank(forms["beside"])
    if refused:
        forms[f"{name}_form"] = refused
    context = forms | {
        "site": site,
        "file": file,
        "nomination": file.nomination,
        "numbers": _numbers(file),
        "way": way(site),
        "doing": found,
        "recommending": recommending(site),
        "missing": list(file.nomination.problems(clock.today()).items()) if found.writes else [],
        "refused": refused,
    }
    return render(request, "projects/nomination_detail.html", context, status=status)


def _numbers(file: Dossier) -> list[tuple[str, int | None, str]]:
    """(name, value, unit) of what the survey counted."""
    fields = [(name, Nomination._meta.get_field(name)) for name in SURVEY if name in UNITS]
    return [
        (str(field.verbose_name).removeprefix("其中："), getattr(file.nomination, name), UNITS[name])
        for name, field in fields
    ]
