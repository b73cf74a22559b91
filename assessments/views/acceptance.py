"""验收: lost points become 整改事项, the acceptance of a site with its form, on paper and in Excel."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import order, rules
from assessments.actions import conclude, give_county_opinion, open_acceptance, raise_findings
from assessments.forms.acceptance import CountyOpinionForm, FindingsForm, VerdictForm
from assessments.hands import has_hand_in
from assessments.models import Acceptance, AcceptanceState, RoundLevel
from assessments.papers.acceptance import acceptance_paper
from assessments.views.access import get_round, score_page
from assessments.views.hints import hints_of
from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from projects.models import ProjectSite
from projects.views.access import get_site
from projects.views.acting import carry_out, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@score_page
def findings_raise(request: HttpRequest, pk: int) -> HttpResponse:
    """Which lost points are to be put right, by whom and by when."""
    score_round = get_round(request, pk)
    if not rules.can_raise_findings(request.user, score_round):
        raise PermissionDenied
    form = FindingsForm(request.POST or None, score_round=score_round, user=request.user)
    if request.method == "POST" and (items := carry_out(form, lambda: _raise(request, score_round, form))):
        messages.success(request, f"已交办 {len(items)} 项整改，{items[0].due_on} 前由{items[0].post_name}整改。")
        return redirect("assessments:acceptance_site", score_round.site_id)
    context = {"round": score_round, "site": score_round.site, "form": form}
    return render(request, "assessments/findings_raise.html", context, status=status_of(form))


def _raise(request: HttpRequest, score_round, form: FindingsForm) -> list:
    post = form.posts[form.cleaned_data["post"]]
    return raise_findings(score_round, form.wanting(), post=post, due_on=form.cleaned_data["due_on"], by=request.user)


@require_safe
@score_page
def acceptance_site(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a site is on its way to being accepted, and what is missing."""
    return _site_page(request, get_site(request, pk))


def _site_page(request: HttpRequest, site: ProjectSite, *, refused: tuple = (), status: int = 200) -> HttpResponse:
    acceptances = list(site.acceptances.for_page().order_by("-number"))
    last = acceptances[0] if acceptances else None
    is_open, is_settled = last is not None and not last.is_concluded, order.is_settled(site, last)
    context = {
        "site": site,
        "acceptances": acceptances,
        "steps": order.steps(site),
        "items": [(item, item.mark(clock.today())) for item in order.open_items(site)],
        "rounds": [] if is_settled else _rounds_to_raise(request.user, site),
        "is_settled": is_settled,
        "can_register": rules.can_score(request.user, site, RoundLevel.PROVINCE) and _waits_for_province(site),
        "can_open": rules.can_accept(request.user, site) and not is_open,
        "missing": [] if is_open else order.opening_refusals(site, last),
        "refused": refused,
        "now": clock.now(),
    }
    return render(request, "assessments/acceptance_site.html", context, status=status)


def _waits_for_province(site: ProjectSite) -> bool:
    return not order.province_refusal(site) and not site.score_rounds.filter(level=RoundLevel.PROVINCE).exists()


def _rounds_to_raise(user, site: ProjectSite) -> list:
    rounds = site.score_rounds.submitted().newest().for_page().order_by("level")
    return [each for each in rounds if rules.can_raise_findings(user, each)]


@require_POST
@score_page
def acceptance_open(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_site(request, pk)
    try:
        return redirect(open_acceptance(site, by=request.user))
    except ValidationError as error:
        return _site_page(request, site, refused=tuple(error.messages), status=409)


def get_acceptance(request: HttpRequest, pk: int) -> Acceptance:
    """An acceptance of a site in the user's subtree, else 404."""
    return get_object_or_404(Acceptance.objects.visible_to(request.user).for_page(), pk=pk)


@require_safe
@score_page
def acceptance_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, get_acceptance(request, pk))


def _page(request: HttpRequest, acceptance: Acceptance, form=None, *, status: int = 200) -> HttpResponse:
    site, form = acceptance.site, form or _form_for(request.user, acceptance)
    context = {
        "acceptance": acceptance,
        "site": site,
        "form": form,
        "is_verdict": isinstance(form, VerdictForm),
        "items": []
        if acceptance.is_concluded
        else [(item, item.mark(clock.today())) for item in order.open_items(site)],
        "paper": acceptance_paper(acceptance, now=clock.now()),
        **({} if acceptance.is_concluded else hints_of(request.user, site)),
    }
    return render(request, "assessments/acceptance_detail.html", context, status=status)


def _form_for(user, acceptance: Acceptance):
    """What the user may write now, if anything."""
    site = acceptance.site
    if rules.can_give_county_opinion(user, acceptance):
        return None if has_hand_in(user, site, RoundLevel.COUNTY) else CountyOpinionForm(acceptance=acceptance)
    if acceptance.state == AcceptanceState.CITY and rules.can_accept(user, site):
        return None if has_hand_in(user, site, RoundLevel.CITY) else VerdictForm(acceptance=acceptance)
    return None


@require_POST
@score_page
def acceptance_county(request: HttpRequest, pk: int) -> HttpResponse:
    acceptance = get_acceptance(request, pk)
    form = CountyOpinionForm(request.POST, acceptance=acceptance)
    if carry_out(form, lambda: give_county_opinion(acceptance, by=request.user, **_given(form, "county_opinion"))):
        messages.success(request, "县级意见已报市级。")
        return redirect(acceptance)
    return _refused(request, acceptance, form)


def _given(form, name: str) -> dict:
    return {"version": form.cleaned_data["version"], "opinion": form.cleaned_data[name]}


@require_POST
@score_page
def acceptance_conclude(request: HttpRequest, pk: int) -> HttpResponse:
    acceptance = get_acceptance(request, pk)
    form = VerdictForm(request.POST, acceptance=acceptance)
    done = carry_out(
        form,
        lambda: conclude(acceptance, form.verdict(), by=request.user, version=form.cleaned_data["version"]),
    )
    if done:
        messages.success(request, f"验收结论：{done.get_conclusion_display()}。")
        return redirect(done)
    return _refused(request, acceptance, form)


def _refused(request: HttpRequest, acceptance: Acceptance, form) -> HttpResponse:
    """The form again; who may not write it at all gets 403 also for one that isn't complete."""
    rule = rules.can_accept if isinstance(form, VerdictForm) else rules.can_score
    arguments = [acceptance.site] if isinstance(form, VerdictForm) else [acceptance.site, RoundLevel.COUNTY]
    if not rule(request.user, *arguments):
        raise PermissionDenied
    return _page(request, acceptance, form, status=status_of(form))


@require_safe
@score_page
def acceptance_print(request: HttpRequest, pk: int) -> HttpResponse:
    acceptance = get_acceptance(request, pk)
    context = {"acceptance": acceptance, "site": acceptance.site}
    context["paper"] = acceptance_paper(acceptance, now=clock.now())
    return render(request, "assessments/acceptance_print.html", context)


@require_safe
@score_page
def acceptance_excel(request: HttpRequest, pk: int) -> HttpResponse:
    acceptance = get_acceptance(request, pk)
    paper = acceptance_paper(acceptance, now=clock.now())
    return workbook_response(write_paper(paper), f"{acceptance.site}验收评审表")
