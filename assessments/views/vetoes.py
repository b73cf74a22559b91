"""一票否决: proposing, and the page of one with the site's word and the decision."""

from collections.abc import Callable
from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions, rules
from assessments.actions.vetoes import deciding_refusal
from assessments.forms.vetoes import DecideForm, ExplainForm, ProposeForm
from assessments.hints import veto_hints
from assessments.models import VetoFinding
from assessments.views.access import score_page
from assessments.views.evidence import files_of
from fedwork import clock
from funding.views.scans import keep_scans, received_files
from projects.models import Attachment
from projects.views.access import get_site
from projects.views.acting import carry_out, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@score_page
def veto_propose(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_site(request, pk)
    if not rules.can_propose_veto(request.user, site):
        raise PermissionDenied
    hints = veto_hints(site, now=clock.now())
    chosen = next((hint for hint in hints if str(hint.item.pk) == request.GET.get("item")), None)
    form = ProposeForm(request.POST or None, site=site, hint=chosen)
    if request.method == "POST":
        form.is_valid()
        scans = received_files(request, form)
        finding = carry_out(form, lambda: actions.propose_veto(site, by=request.user, **form.cleaned_data))
        if finding:
            keep_scans(request, scans, partial(actions.add_evidence_file, finding), done="已提出")
            messages.success(request, "已提出，等项目点说明、市里另一位同事认定。")
            return redirect(finding)
    hints = [hint for hint in hints if hint != chosen]
    context = {
        "site": site,
        "form": form,
        "hints": hints,
        "can_propose_veto": True,
        "limits": Attachment.objects.limits(),
    }
    return render(request, "assessments/veto_propose.html", context, status=status_of(form))


def _get_veto(request: HttpRequest, pk: int) -> VetoFinding:
    return get_object_or_404(VetoFinding.objects.visible_to(request.user).for_page(), pk=pk)


@require_safe
@score_page
def veto_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _get_veto(request, pk))


def _page(request: HttpRequest, veto: VetoFinding, refused: forms.Form | None = None) -> HttpResponse:
    can_decide = rules.can_decide_veto(request.user, veto)
    context = {
        "veto": veto,
        "site": veto.site,
        "explain_form": ExplainForm(initial={"explanation": veto.explanation}),
        "decide_form": DecideForm(),
        "can_explain": rules.can_explain_veto(request.user, veto),
        "can_decide": can_decide,
        "wait": deciding_refusal(veto) if can_decide else "",
        "form": refused,
        **files_of(request.user, veto),
    }
    if isinstance(refused, ExplainForm):
        context["explain_form"] = refused
    if isinstance(refused, DecideForm):
        context["decide_form"] = refused
    return render(request, "assessments/veto_detail.html", context, status=status_of(refused) if refused else 200)


@require_POST
@score_page
def veto_explain(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, ExplainForm, rules.can_explain_veto, actions.explain_veto, "已保存说明。")


@require_POST
@score_page
def veto_decide(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, DecideForm, rules.can_decide_veto, actions.decide_veto, "已认定。")


def _step(
    request: HttpRequest, pk: int, form_class: type[forms.Form], may: Callable, act: Callable, done: str
) -> HttpResponse:
    """A step that is over already leads back to the page, which says so."""
    veto = _get_veto(request, pk)
    if not veto.is_open:
        return redirect(veto)
    if not may(request.user, veto):
        raise PermissionDenied
    form = form_class(request.POST)
    if carry_out(form, lambda: partial(act, veto, by=request.user)(**form.cleaned_data)):
        messages.success(request, done)
        return redirect(veto)
    return _page(request, veto, form)
