"""绩效自评: the list, the page of one version as on paper, writing, confirming, the next version."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from fedwork.numbers import posted_integer
from funding import actions
from funding.evaluation.forms import EvaluationForm
from funding.evaluation.papers import evaluation_paper
from funding.evaluation.reading import evaluation_view
from funding.evaluation.rules import can_evaluate, can_view_evaluations, can_write_evaluation
from funding.models import EvaluationIndicator, SelfEvaluation
from projects.models import Programme

PAGE_LENGTH = 50


def get_evaluation(request: HttpRequest, pk: int) -> SelfEvaluation:
    """One in the user's scope, else 404; a role without a part in it gets 403."""
    if not can_view_evaluations(request.user):
        raise PermissionDenied
    found = SelfEvaluation.objects.visible_to(request.user)
    around = ["programme__organization", "organization", "started_by", "confirmed_by"]
    return get_object_or_404(found.select_related(*around), pk=pk)


@require_safe
def evaluation_list(request: HttpRequest) -> HttpResponse:
    if not can_view_evaluations(request.user):
        raise PermissionDenied
    found = SelfEvaluation.objects.visible_to(request.user).select_related("programme", "organization", "confirmed_by")
    page = Paginator(found, PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {"page_obj": page, "now": clock.now(), "to_start": _to_start(request.user)}
    return render(request, "funding/evaluation_list.html", context)


def _to_start(user) -> list[tuple[Programme, str]]:
    """Programmes for which the user's organisation may begin a version now, and what the button says."""
    programmes = Programme.objects.visible_to(user).select_related("organization").order_by("-year", "name")
    programmes = programmes.filter(Exists(EvaluationIndicator.objects.filter(programme=OuterRef("pk"))))
    latest: dict[int, SelfEvaluation] = {}
    for made in SelfEvaluation.objects.filter(organization=user.organization_id).order_by("number"):
        latest[made.programme_id] = made
    found = []
    for programme in programmes:
        last = latest.get(programme.pk)
        if can_evaluate(user, programme) and (last is None or last.is_confirmed):
            found.append((programme, "填下一版" if last else "开始自评"))
    return found


@require_POST
def evaluation_start(request: HttpRequest, pk: int) -> HttpResponse:
    if not can_view_evaluations(request.user):
        raise PermissionDenied
    programmes = Programme.objects.visible_to(request.user).select_related("organization")
    programme = get_object_or_404(programmes, pk=pk)
    if not can_evaluate(request.user, programme):
        raise PermissionDenied
    try:
        made = actions.start_evaluation(programme, request.user.organization, by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
        return redirect("funding:evaluation_list")
    return redirect("funding:evaluation_edit", made.pk)


@require_safe
def evaluation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    evaluation = get_evaluation(request, pk)
    view = evaluation_view(evaluation)
    can_write = can_write_evaluation(request.user, evaluation)
    context = {
        "evaluation": evaluation,
        "view": view,
        "paper": evaluation_paper(view),
        "can_write": can_write,
        "problems": view.problems() if can_write else [],
    }
    return render(request, "funding/evaluation_detail.html", context)


@require_safe
def evaluation_excel(request: HttpRequest, pk: int) -> HttpResponse:
    evaluation = get_evaluation(request, pk)
    paper = evaluation_paper(evaluation_view(evaluation))
    return workbook_response(write_paper(paper), f"{evaluation}")


@require_http_methods(["GET", "HEAD", "POST"])
def evaluation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    evaluation = get_evaluation(request, pk)
    if not can_write_evaluation(request.user, evaluation):
        raise PermissionDenied
    form = EvaluationForm(request.POST or None, view=evaluation_view(evaluation))
    if request.method == "POST" and form.is_valid() and _write(request, evaluation, form):
        return redirect(evaluation)
    version = request.POST.get("version", evaluation.version)
    return render(request, "funding/evaluation_edit.html", {"evaluation": evaluation, "form": form, "version": version})


def _write(request: HttpRequest, evaluation: SelfEvaluation, form: EvaluationForm) -> bool:
    words = {name: form.cleaned_data[name] for name in ["achieved", "execution_reason"]}
    version = posted_integer(request.POST.get("version"))
    write = partial(actions.write_evaluation, evaluation, form.inputs(), by=request.user, version=version, **words)
    return _attempt(request, write, "已保存草稿。", form=form)


@require_POST
def evaluation_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    evaluation = get_evaluation(request, pk)
    if not can_evaluate(request.user, evaluation.programme, evaluation.organization):
        raise PermissionDenied
    version = posted_integer(request.POST.get("version"))
    confirm = partial(actions.confirm_evaluation, evaluation, by=request.user, version=version)
    _attempt(request, confirm, "已确认，这一版从此不再改动。")
    return redirect(evaluation)


def _attempt(request: HttpRequest, act: Callable, done: str, *, form: EvaluationForm | None = None) -> bool:
    """Run an action and say how it went: on the form where there is one, else above the next page."""
    try:
        act()
    except ValidationError as error:
        if form:
            form.add_error(None, error.messages)
        else:
            messages.error(request, "".join(error.messages))
        return False
    messages.success(request, done)
    return True
