"""Stages of a site completed, opened again, moved: each a view of its own that leads back to the schedule."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from projects import rules
from projects.actions import complete_stage, move_stage, reopen_stage
from projects.forms.schedule import ReasonForm, StageWindowForm
from projects.models import Stage
from projects.views.access import project_page


def _get(request: HttpRequest, pk: int) -> Stage:
    """A stage of a site in the user's subtree, else 404."""
    stages = Stage.objects.visible_to(request.user)
    return get_object_or_404(stages.select_related("site__programme__organization", "site__organization"), pk=pk)


@require_POST
@project_page
def stage_complete(request: HttpRequest, pk: int) -> HttpResponse:
    stage = _get(request, pk)
    if not rules.can_complete_stage(request.user, stage):
        raise PermissionDenied
    return _do(request, stage, lambda: complete_stage(stage, by=request.user), "已确认完成。")


@require_POST
@project_page
def stage_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    stage = _get(request, pk)
    if not rules.can_reopen_stage(request.user, stage):
        raise PermissionDenied
    form = ReasonForm(request.POST, stage=stage)
    return _do_form(request, stage, form, reopen_stage, "已重新打开。")


@require_POST
@project_page
def stage_move(request: HttpRequest, pk: int) -> HttpResponse:
    stage = _get(request, pk)
    if not rules.can_move_stage(request.user, stage):
        raise PermissionDenied
    form = StageWindowForm(request.POST, stage=stage)
    return _do_form(request, stage, form, move_stage, "的起止日期已调整。")


def _do_form(request: HttpRequest, stage: Stage, form: forms.Form, action: Callable, told: str) -> HttpResponse:
    if not form.is_valid():
        for name, errors in form.errors.items():
            messages.error(request, f"{form.fields[name].label}：{errors[0]}")
        return redirect("projects:schedule_site", stage.site_id)
    return _do(request, stage, lambda: action(stage, by=request.user, **form.cleaned_data), told)


def _do(request: HttpRequest, stage: Stage, act: Callable[[], Stage], told: str) -> HttpResponse:
    try:
        act()
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    else:
        messages.success(request, f"{stage.get_kind_display()}{told}")
    return redirect("projects:schedule_site", stage.site_id)
