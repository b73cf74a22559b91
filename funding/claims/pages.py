"""报账单: the list and its register, the page of one with its paper, and every step as a view of its own."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from funding import actions
from funding.amounts import yuan
from funding.claims import rules
from funding.claims.access import claim_page, get_claim
from funding.claims.forms import CheckForm, ClaimFilterForm, PayForm, ReturnForm, ReverseForm, StepForm, VoidForm
from funding.claims.papers import claim_paper, register_paper
from funding.claims.reading import claim_view, doing
from funding.models import Claim
from funding.views.telling import tell
from projects.models import Attachment

PAGE_LENGTH = 50
FORMS = {"check": CheckForm, "return": ReturnForm, "pay": PayForm, "reverse": ReverseForm, "void": VoidForm}


@require_safe
@claim_page
def claim_list(request: HttpRequest) -> HttpResponse:
    """What is under way first, the longest wait on top; the same number of queries for any number."""
    form = ClaimFilterForm(request.GET, user=request.user)
    claims = form.apply(Claim.objects.visible_to(request.user))
    page = Paginator(form.in_state(claims).for_list(), PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "rows": [(claim, claim.mark, yuan(claim.total or 0, with_fen=True)) for claim in page],
        "chips": form.chips(claims),
        "site": form.chosen("site"),
        "can_write": rules.can_write_claims(request.user),
        "query": form.query(),
        "now": clock.now(),
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "funding/claim_list.html", context)


@require_safe
@claim_page
def claim_register(request: HttpRequest) -> HttpResponse:
    """报账登记簿 of what the list shows, on all its pages, in the order of their numbers."""
    form = ClaimFilterForm(request.GET, user=request.user)
    claims = form.in_state(form.apply(Claim.objects.visible_to(request.user)))
    rows = list(claims.with_total().select_related("site").order_by("pk"))
    place = form.chosen("county") or request.user.organization
    scope = f"范围：{form.STATES[form.state_chosen]}，共 {len(rows)} 张"
    paper = register_paper(rows, place=str(place), scope=scope, now=clock.now())
    return workbook_response(write_paper(paper), f"项目资金报账登记簿（{place}{clock.today():%Y%m%d}）")


@require_safe
@claim_page
def claim_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, get_claim(request, pk))


@require_safe
@claim_page
def claim_print(request: HttpRequest, pk: int) -> HttpResponse:
    claim = get_claim(request, pk)
    return render(request, "funding/claim_print.html", {"claim": claim, "paper": claim_paper(claim_view(claim))})


@require_safe
@claim_page
def claim_excel(request: HttpRequest, pk: int) -> HttpResponse:
    claim = get_claim(request, pk)
    return workbook_response(write_paper(claim_paper(claim_view(claim))), f"报账单{claim.number}（{claim.site}）")


@require_POST
@claim_page
def claim_submit(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, "submit", _may_write, actions.submit_claim, "已提交，可以打印报账单签字了。")


@require_POST
@claim_page
def claim_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, "withdraw", _may_write, actions.withdraw_claim, "已撤回，改好再提交。")


@require_POST
@claim_page
def claim_void(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, "void", _may_write, actions.void_claim, "已作废。")


@require_POST
@claim_page
def claim_check(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, "check", rules.can_check_claim, actions.check_claim, "乡镇审核通过，已报县级。")


@require_POST
@claim_page
def claim_return(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, "return", _may_return, actions.return_claim, "已退回，填报单位改好会再报。")


@require_POST
@claim_page
def claim_pay(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, "pay", rules.can_pay_claim, actions.pay_claim, "已支付，支出已记入资金台账。")


@require_POST
@claim_page
def claim_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, "reverse", rules.can_pay_claim, actions.reverse_claim, "已冲销，台账里的支出已红冲。")


def _may_write(user, claim: Claim) -> bool:
    return rules.can_write_claims(user, claim.site)


def _may_return(user, claim: Claim) -> bool:
    return rules.can_check_claim(user, claim) or rules.can_pay_claim(user, claim)


def _step(request: HttpRequest, pk: int, name: str, may: Callable, act: Callable, done: str) -> HttpResponse:
    """One step by its form: refused, the page comes back with what was typed; 409 when the claim has moved on."""
    claim = get_claim(request, pk)
    if not may(request.user, claim):
        raise PermissionDenied
    form, status = FORMS.get(name, StepForm)(request.POST, claim=claim), 200
    if form.is_valid():
        try:
            act(claim, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            status = 409 if getattr(error, "code", None) == "stale" else 200
            tell(form, error)
        else:
            messages.success(request, done)
            return redirect(claim)
    return _page(request, get_claim(request, pk), name, form, status=status)


def _page(
    request: HttpRequest, claim: Claim, name: str = "", refused: StepForm | None = None, *, status: int = 200
) -> HttpResponse:
    forms = {f"{each}_form": form(claim=claim) for each, form in FORMS.items()}
    if refused:
        forms[f"{name}_form"] = refused
    context = forms | {
        "claim": claim,
        "view": claim_view(claim),
        "doing": doing(claim, request.user),
        "steps": claim.steps.select_related("made_by__organization"),
        "limits": Attachment.objects.limits(),
        "step_form": StepForm(claim=claim),
        "refused": refused,
    }
    return render(request, "funding/claim_detail.html", context, status=status)
