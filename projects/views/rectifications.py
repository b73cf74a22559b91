"""整改事项: the list and its 督查台账, the page of one with all its steps, and every step as a view of its own."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from projects import actions, rules
from projects.forms.rectifications import (
    AskForm,
    CloseForm,
    GrantForm,
    RectificationFilterForm,
    RefuseForm,
    ReturnForm,
    StepForm,
    SubmitForm,
)
from projects.models import Rectification, RectificationStep
from projects.papers.ledger import ledger_paper
from projects.rectifications import doing, ledger, workdays_left
from projects.views.access import project_page

PAGE_LENGTH = 50
FORMS = {
    "submit": SubmitForm,
    "ask": AskForm,
    "grant": GrantForm,
    "refuse": RefuseForm,
    "return": ReturnForm,
    "close": CloseForm,
}


@require_safe
@project_page
def rectification_list(request: HttpRequest) -> HttpResponse:
    """Unsettled items by due date unless another state is chosen; the same number of queries for any number."""
    form, today = RectificationFilterForm(request.GET, user=request.user), clock.today()
    items = form.apply(Rectification.objects.visible_to(request.user))
    page = Paginator(form.in_state(items).for_list(), PAGE_LENGTH).get_page(request.GET.get("page"))
    counts = form.counts(items)
    context = {
        "form": form,
        "page_obj": page,
        "rows": [(item, item.mark(today), item.days_left(today)) for item in page],
        "chips": [
            (label, counts[key], f"?{form.query(state=key)}", key == form.state_chosen)
            for key, label in form.STATES.items()
        ],
        "subject": form.chosen("site") or form.chosen("meeting"),
        "can_raise": rules.can_raise_rectification(request.user),
        "query": form.query(),
        "now": clock.now(),
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "projects/rectification_list.html", context)


@require_safe
@project_page
def rectification_excel(request: HttpRequest) -> HttpResponse:
    """督查台账 of what the list shows, on all its pages."""
    form = RectificationFilterForm(request.GET, user=request.user)
    items = form.in_state(form.apply(Rectification.objects.visible_to(request.user))).for_list()
    rows = ledger(list(items.select_related("site", "organization", "closed_by").prefetch_related(_steps())))
    scope = f"范围：{form.STATES[form.state_chosen]}，共 {len(rows)} 项"
    place = form.chosen("county") or request.user.organization
    paper = ledger_paper(rows, place=str(place), scope=scope, now=clock.now())
    return workbook_response(write_paper(paper), f"项目督查台账（{place}{clock.today():%Y%m%d}）")


@require_safe
@project_page
def rectification_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _get(request, pk))


@require_POST
@project_page
def rectification_submit(request: HttpRequest, pk: int) -> HttpResponse:
    def act(item, text, **given):
        return actions.submit_rectification(item, text=text, **given)

    return _step(request, pk, "submit", rules.can_answer_rectification, act, "已报送整改情况，等待复核。")


@require_POST
@project_page
def rectification_ask(request: HttpRequest, pk: int) -> HttpResponse:
    def act(item, text, **given):
        return actions.ask_extension(item, reason=text, **given)

    return _step(
        request, pk, "ask", rules.can_answer_rectification, act, "延期申请已报送；批复之前，原来的时限仍然有效。"
    )


@require_POST
@project_page
def rectification_grant(request: HttpRequest, pk: int) -> HttpResponse:
    def act(item, text, **given):
        return actions.grant_extension(item, note=text, **given)

    return _step(request, pk, "grant", rules.can_decide_extension, act, "已同意延期。")


@require_POST
@project_page
def rectification_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    def act(item, text, **given):
        return actions.refuse_extension(item, reason=text, **given)

    return _step(request, pk, "refuse", rules.can_decide_extension, act, "已答复不同意延期，原来的时限不变。")


@require_POST
@project_page
def rectification_return(request: HttpRequest, pk: int) -> HttpResponse:
    def act(item, text, **given):
        return actions.return_rectification(item, reason=text, **given)

    return _step(request, pk, "return", rules.can_close_rectification, act, "已退回再改。")


@require_POST
@project_page
def rectification_close(request: HttpRequest, pk: int) -> HttpResponse:
    def act(item, text, **given):
        return actions.close_rectification(item, note=text, **given)

    return _step(request, pk, "close", rules.can_close_rectification, act, "已复核销号。")


def _get(request: HttpRequest, pk: int) -> Rectification:
    """An item in the user's scope, else 404."""
    items = Rectification.objects.visible_to(request.user)
    related = [
        "site__programme",
        "site__organization",
        "organization",
        "meeting",
        "raised_by__organization",
        "asked_by",
    ]
    return get_object_or_404(items.select_related(*related), pk=pk)


def _steps() -> Prefetch:
    return Prefetch("steps", RectificationStep.objects.select_related("made_by__organization"))


def _step(request: HttpRequest, pk: int, name: str, may: Callable, act: Callable, done: str) -> HttpResponse:
    """One step by its form: refused, the page comes back with what was typed; 409 when the item has moved on."""
    item = _get(request, pk)
    if not may(request.user, item):
        raise PermissionDenied
    form, status = FORMS[name](request.POST, item=item), 200
    if form.is_valid():
        try:
            act(item, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            status = 409 if getattr(error, "code", None) == "stale" else 200
            _tell(form, error)
        else:
            messages.success(request, done)
            return redirect(item)
    return _page(request, _get(request, pk), name, form, status=status)


def _tell(form: StepForm, error: ValidationError) -> None:
    """The refusal beside its field where the form has it, else on top."""
    told = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
    for field, sentences in told.items():
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, sentence)


def _page(
    request: HttpRequest, item: Rectification, name: str = "", refused: StepForm | None = None, *, status: int = 200
) -> HttpResponse:
    today = clock.today()
    forms = {f"{each}_form": form(item=item) for each, form in FORMS.items()}
    if refused:
        forms[f"{name}_form"] = refused
    context = forms | {
        "item": item,
        "mark": item.mark(today),
        "days_over": -item.days_left(today),
        "workdays_left": workdays_left(item, today),
        "is_overdue": item.is_overdue(today),
        "is_past": item.due_on < today,
        "doing": doing(item, request.user, today),
        "steps": item.steps.select_related("made_by__organization"),
        "can_view_meetings": rules.can_view_meetings(request.user),
        "refused": refused,
    }
    return render(request, "projects/rectification_detail.html", context, status=status)
