"""年度考核: the units right below the user's own, the assessment of one with its veto and appeal, the city's rule."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions, rules
from assessments.annual import Unit, rule_of, unit_of, units_below
from assessments.forms.annual import AppealAnswerForm, AppealForm, AssessForm, DecideForm, ProposeForm, RuleForm, Step
from assessments.models import AnnualAssessment, AnnualVeto
from assessments.papers.annual import annual_paper
from assessments.views.access import score_page
from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from organizations.models import Organization
from projects.forms.filters import ProgressForm
from projects.models import Programme
from projects.views.acting import carry_out, status_of


@require_safe
@score_page
def annual_list(request: HttpRequest) -> HttpResponse:
    """The units right below the chosen place."""
    form = ProgressForm(request.GET, user=request.user)
    programme, top = form.programme, form.places.chosen
    units = units_below(request.user, programme, top) if programme else []
    own = AnnualAssessment.objects.for_page().filter(programme=programme, assessed=request.user.organization)
    context = {
        "form": form,
        "programme": programme,
        "place": top,
        "units": [(unit, rules.can_assess(request.user, unit.organization)) for unit in units],
        "own": own.first() if programme else None,
        "rule": rule_of(programme) if programme else None,
        "can_set": programme and rules.can_publish_results(request.user, programme),
        "is_filtered": any(request.GET.values()),
        "query": request.GET.urlencode(),
    }
    return render(request, "assessments/annual_list.html", context)


@require_safe
@score_page
def annual_excel(request: HttpRequest) -> HttpResponse:
    form = ProgressForm(request.GET, user=request.user)
    programme, top = form.programme, form.places.chosen
    units = units_below(request.user, programme, top) if programme else []
    paper = annual_paper(units, title=f"{programme or ''}", place=f"{top}", now=clock.now())
    return workbook_response(write_paper(paper), f"年度考核情况表（{top}{clock.today():%Y%m%d}）")


@require_http_methods(["GET", "HEAD", "POST"])
@score_page
def annual_rule(request: HttpRequest, pk: int) -> HttpResponse:
    programme = get_object_or_404(Programme.objects.visible_to(request.user), pk=pk)
    if not rules.can_publish_results(request.user, programme):
        raise PermissionDenied
    rule = rule_of(programme)
    form = RuleForm(request.POST or None, initial={"trigger": rule.trigger, "percent": rule.percent})
    if request.method == "POST" and carry_out(
        form, lambda: actions.set_annual_rule(programme, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "已保存否决触发条件。")
        return redirect("assessments:annual_list")
    return render(
        request, "assessments/annual_rule.html", {"programme": programme, "form": form}, status=status_of(form)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@score_page
def annual_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """The score of a unit that has none yet; leads to the assessment where there is one."""
    programme = ProgressForm(request.GET, user=request.user).programme
    assessed = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    if not rules.can_assess(request.user, assessed):
        raise PermissionDenied
    if item := AnnualAssessment.objects.filter(programme=programme, assessed=assessed).first():
        return redirect(item)
    form = AssessForm(request.POST or None)
    if request.method == "POST" and (
        made := carry_out(form, lambda: actions.assess_unit(programme, assessed, by=request.user, **form.cleaned_data))
    ):
        messages.success(request, f"已评定{made}。")
        return redirect(made)
    unit = unit_of(request.user, programme, assessed)
    context = {"programme": programme, "assessed": assessed, "unit": unit, "form": form}
    return render(request, "assessments/annual_unit.html", context, status=status_of(form))


def get_annual(request: HttpRequest, pk: int) -> AnnualAssessment:
    """An assessment of a unit in the user's subtree, else 404."""
    return get_object_or_404(AnnualAssessment.objects.visible_to(request.user).for_page(), pk=pk)


@require_safe
@score_page
def annual_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, get_annual(request, pk))


def _page(request: HttpRequest, item: AnnualAssessment, refused: Step | None = None, *, status: int = 200):
    unit = unit_of(request.user, item.programme, item.assessed)
    forms = _offered(request.user, item, unit)
    if refused:
        forms = [(name, refused if isinstance(refused, type(form)) else form) for name, form in forms]
    forms = [(reverse(f"assessments:annual_{name}", args=[item.pk]), form) for name, form in forms]
    context = {
        "item": item,
        "unit": unit,
        "forms": forms,
        "refused": refused,
    }
    return render(request, "assessments/annual_detail.html", context, status=status)


def _offered(user, item: AnnualAssessment, unit: Unit | None) -> list[tuple[str, Step]]:
    """(name of the step, its form) of what the user may do now."""
    if rules.can_appeal(user, item):
        return [("appeal", AppealForm(item=item))] if item.is_vetoed and not item.appealed_at else []
    if not rules.can_assess(user, item.assessed):
        return []
    is_second = user.pk != item.veto_by_id
    found = []
    if item.veto in {AnnualVeto.NONE, AnnualVeto.PROPOSED}:
        found.append(("assess", AssessForm(item=item, initial={"total": item.total, "remark": item.remark})))
    if item.veto in {AnnualVeto.NONE, AnnualVeto.DISMISSED}:
        found.append(("propose", ProposeForm(item=item, initial={"basis": unit.trigger if unit else ""})))
    if item.veto == AnnualVeto.PROPOSED and is_second:
        found.append(("decide", DecideForm(item=item)))
    if item.appealed_at and not item.appeal_answered_at and is_second:
        found.append(("answer", AppealAnswerForm(item=item)))
    return found


def _assess(item: AnnualAssessment, **given):
    return actions.assess_unit(item.programme, item.assessed, **given)


STEPS: dict[str, tuple[type[Step], Callable, str]] = {
    "assess": (AssessForm, _assess, "已保存得分。"),
    "propose": (ProposeForm, actions.propose_annual_veto, "已提出否决，等另一位同事核准。"),
    "decide": (DecideForm, actions.decide_annual_veto, "已提交核准意见。"),
    "appeal": (AppealForm, actions.appeal_annual_veto, "已提交申诉。"),
    "answer": (AppealAnswerForm, actions.answer_annual_appeal, "已答复申诉。"),
}


@require_POST
@score_page
def annual_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """One step by its form; who may not take it is told so before anything is read."""
    item = get_annual(request, pk)
    may = rules.can_appeal(request.user, item) if step == "appeal" else rules.can_assess(request.user, item.assessed)
    if not may:
        raise PermissionDenied
    kind, act, done = STEPS[step]
    form = kind(request.POST, item=item)
    if carry_out(form, lambda: act(item, by=request.user, **form.cleaned_data)):
        messages.success(request, done)
        return redirect(item)
    return _page(request, get_annual(request, pk), form, status=status_of(form))
