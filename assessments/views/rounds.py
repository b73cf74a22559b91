"""Scoring on the spot: the page of a round, each field of which saves itself, the check, the submission."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import order, rules
from assessments.actions import StaleRoundError, submit_round
from assessments.actions.scoring import stored_values
from assessments.forms.scores import ScoreForm
from assessments.hands import has_hand_in
from assessments.models import RoundLevel, ScoreRound
from assessments.sheet import Sheet, part_words, points_words, score_sheet, score_sheets, summary_words
from assessments.views.access import get_round, score_page
from assessments.views.hints import hints_of
from fedwork.numbers import plain_number, posted_integer
from projects.views.autosave import as_typed


def get_own_round(request: HttpRequest, pk: int) -> ScoreRound:
    """A round that the user scores; seen but not theirs to score is 403."""
    score_round = get_round(request, pk)
    site, level = score_round.site, score_round.level
    if not rules.can_score(request.user, site, level) or has_hand_in(request.user, site, level):
        raise PermissionDenied
    return score_round


@require_http_methods(["GET", "HEAD", "POST"])
@score_page
def round_edit(request: HttpRequest, pk: int) -> HttpResponse:
    score_round = get_own_round(request, pk)
    if score_round.is_submitted or score_round.is_by_document:
        return redirect(score_round)
    sheet = score_sheet(score_round)
    if request.method == "POST":
        return _save(request, ScoreForm(request.POST, sheet=sheet))
    return _render(request, ScoreForm(sheet=sheet))


def _save(request: HttpRequest, form: ScoreForm) -> HttpResponse:
    """Without JavaScript: keep what is understood; what isn't stays in the form with its error."""
    is_valid, pk = form.is_valid(), form.sheet.round.pk
    try:
        saved = form.save(by=request.user, version=posted_integer(request.POST.get("version")))
    except StaleRoundError as error:
        return _render(
            request, ScoreForm(request.POST, sheet=score_sheet(get_own_round(request, pk))), error, status=409
        )
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("assessments:round_edit", pk)
    if not is_valid:
        form.sheet.round = saved
        return _render(request, form, status=422)
    if "check" in request.POST:
        return redirect("assessments:round_check", pk)
    messages.success(request, f"已保存 {timezone.localtime(saved.saved_at):%H:%M}，可以接着评。")
    return redirect("assessments:round_edit", pk)


def _render(
    request: HttpRequest, form: ScoreForm, stale: StaleRoundError | None = None, *, status: int = 200
) -> HttpResponse:
    score_round = form.sheet.round
    before = score_round.site.score_rounds.submitted().newest().filter(level__lt=score_round.level)
    context = {
        "round": score_round,
        "site": score_round.site,
        "sheet": form.sheet,
        "form": form,
        "groups": form.groups(score_sheets(list(before.for_page().order_by("level")))),
        "stale": stale and stale.messages[0],
        "differences": [form[key] for key in stale.conflicts] if stale else [],
        "summary": summary_words(form.sheet),
        **hints_of(request.user, score_round.site),
        "is_self": score_round.level == RoundLevel.SELF,
    }
    return render(request, "assessments/round_edit.html", context, status=status)


@require_POST
@score_page
def round_autosave(request: HttpRequest, pk: int) -> JsonResponse:
    """Keeps the posted fields, as `projects.views.autosave` does; the answer has what each card comes to besides."""
    score_round = get_own_round(request, pk)
    if posted_integer(request.POST.get("writer")) != request.user.pk:
        return JsonResponse({"message": "这个窗口打开之后换了人登录，请重新打开这一页。"}, status=409)
    form = ScoreForm(request.POST, sheet=score_sheet(score_round))
    form.is_valid()
    try:
        saved = form.save(by=request.user, version=posted_integer(request.POST.get("version")))
    except StaleRoundError as error:
        return JsonResponse(_conflicts(get_own_round(request, pk), error), status=409)
    except ValidationError as error:
        return JsonResponse({"message": error.messages[0]}, status=409)
    return JsonResponse(_saved(saved, form))


def _saved(score_round: ScoreRound, form: ScoreForm) -> dict:
    sheet, touched = score_sheet(score_round), form.touched()
    stored = stored_values(sheet)
    return {
        "version": score_round.version,
        "status": score_round.mark._asdict(),
        "saved_at": f"{timezone.localtime(score_round.saved_at):%H:%M}",
        "fields": {key: {"value": as_typed(stored.get(key))} for key in touched},
        "errors": {key: " ".join(errors) for key, errors in form.errors.items()},
        "cards": {line.criterion.pk: points_words(line) for line in sheet.lines},
        "parts": {part.section.pk: part_words(part) for part in sheet.parts},
        "answered": sheet.answered,
        "summary": summary_words(sheet),
    }


def _conflicts(score_round: ScoreRound, error: StaleRoundError) -> dict:
    stored = stored_values(score_sheet(score_round))
    return {
        "message": error.messages[0],
        "version": score_round.version,
        "by": f"{score_round.saved_by or ''} {timezone.localtime(score_round.saved_at):%H:%M}".strip(),
        "conflicts": {key: as_typed(stored.get(key)) for key in error.conflicts},
    }


@require_safe
@score_page
def round_check(request: HttpRequest, pk: int) -> HttpResponse:
    score_round = get_own_round(request, pk)
    if score_round.is_submitted:
        return redirect(score_round)
    return _render_check(request, score_sheet(score_round))


def _render_check(request: HttpRequest, sheet: Sheet, *, status: int = 200, stale: str = "") -> HttpResponse:
    context = {
        "round": sheet.round,
        "site": sheet.round.site,
        "sheet": sheet,
        "problems": [*sheet.problems(), *(("", each) for each in order.submission_refusals(sheet.round))],
        "summary": summary_words(sheet),
        "stale": stale,
    }
    return render(request, "assessments/round_check.html", context, status=status)


@require_POST
@score_page
def round_submit(request: HttpRequest, pk: int) -> HttpResponse:
    score_round = get_own_round(request, pk)
    try:
        submitted = submit_round(score_round, by=request.user, version=posted_integer(request.POST.get("version")))
    except StaleRoundError as error:
        return _render_check(request, score_sheet(get_own_round(request, pk)), status=409, stale=error.messages[0])
    except ValidationError as error:
        if getattr(error, "code", None) == "submitted":
            return redirect(score_round)
        return _render_check(request, score_sheet(score_round), status=422)
    messages.success(request, f"已提交{submitted.label}：{plain_number(submitted.total)} 分，{submitted.grade}。")
    return redirect(submitted)
