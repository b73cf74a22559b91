"""日程调整: other dates for a task. The item's row is the lock; the baseline is never written.

Cadres and the county ask, the city decides; the city also sets dates itself, for one site or for all of a programme.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from organizations.models import AuditEvent
from projects import rules
from projects.models import ReplanRequest, ScheduleItem
from projects.schedule.reached import with_reached
from projects.states import ReplanState


@transaction.atomic
def ask_replan(item: ScheduleItem, *, by, starts_on: date, due_on: date, reason: str) -> ReplanRequest:
    """Ask for other dates. Raises ValidationError, PermissionDenied."""
    item = _locked(item)
    if not rules.can_ask_replan(by, item):
        raise PermissionDenied
    if item.replans.pending().exists():
        raise ValidationError("这项任务已有一个调整申请在等批复。")
    request = _new(item, by=by, starts_on=starts_on, due_on=due_on, reason=reason)
    _check(request)
    _keep(request, "申请调整日程", by=by)
    return request


@transaction.atomic
def grant_replan(request: ReplanRequest, *, by, note: str = "") -> ReplanRequest:
    """The plan becomes what was asked for, if it still can. Raises ValidationError, PermissionDenied."""
    request = _decide(request, ReplanState.GRANTED, by=by, note=note)
    _check(request)
    _put_on_plan(request)
    _keep(request, "同意调整日程", by=by)
    return request


@transaction.atomic
def refuse_replan(request: ReplanRequest, *, by, note: str) -> ReplanRequest:
    request = _decide(request, ReplanState.REFUSED, by=by, note=note)
    _keep(request, "不同意调整日程", by=by)
    return request


@transaction.atomic
def replan(item: ScheduleItem, *, by, starts_on: date, due_on: date, reason: str) -> ReplanRequest:
    """The city's own decision, with its reason. An open request has to be decided first."""
    item = _locked(item)
    if not rules.can_replan(by, item):
        raise PermissionDenied
    if item.replans.pending().exists():
        raise ValidationError("这项任务有一个调整申请在等批复，请先批复。")
    request = _new(item, by=by, starts_on=starts_on, due_on=due_on, reason=reason)
    request.is_direct, request.state = True, ReplanState.GRANTED
    request.decided_at, request.decided_by = request.asked_at, by
    _check(request)
    _put_on_plan(request)
    _keep(request, "直接调整日程", by=by)
    return request


@dataclass(frozen=True)
class Outcome:
    """What became of one task of many: the sentence of the refusal, empty when it was re-planned."""

    item: ScheduleItem
    refusal: str


def replan_all(items: Iterable[ScheduleItem], **given) -> list[Outcome]:
    """Each by itself, through the same action as a single one; see `replan` for what is given."""
    return [_try(item, **given) for item in items]


def _try(item: ScheduleItem, **given) -> Outcome:
    try:
        replan(item, **given)
    except ValidationError as error:
        return Outcome(item, "".join(error.messages))
    except PermissionDenied:
        return Outcome(item, "您没有权限调整这个项目点的日程。")
    return Outcome(item, "")


def _new(item: ScheduleItem, *, by, starts_on: date, due_on: date, reason: str) -> ReplanRequest:
    return ReplanRequest(
        item=item,
        was_starts_on=item.starts_on,
        was_due_on=item.due_on,
        starts_on=starts_on,
        due_on=due_on,
        reason=reason.strip(),
        asked_at=clock.now(),
        asked_by=by,
    )


def _decide(request: ReplanRequest, state: ReplanState, *, by, note: str) -> ReplanRequest:
    item = _locked(request.item)
    request = ReplanRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    request.item = item
    if not request.is_pending:
        raise ValidationError(f"这个申请已经批复（{request.get_state_display()}），不能再批。", code="decided")
    if not rules.can_decide_replan(by, request):
        raise PermissionDenied
    request.state, request.note = state, note.strip()
    request.decided_at, request.decided_by = clock.now(), by
    request.was_starts_on, request.was_due_on = item.starts_on, item.due_on
    return request


def _check(request: ReplanRequest) -> None:
    """What holds of every new date, whoever sets it."""
    item, stage = request.item, request.item.stage
    if stage.is_completed:
        raise ValidationError(f"{stage.get_kind_display()}已确认完成，日程不能再调整。")
    if with_reached(ScheduleItem.objects.filter(pk=item.pk)).get().reached == 100:
        raise ValidationError("这项任务已报完成，不用调整。")
    if (request.starts_on, request.due_on) == (item.starts_on, item.due_on):
        raise ValidationError("新的日期和现在的计划一样，不用调整。")
    if not stage.starts_on <= request.starts_on <= request.due_on <= stage.ends_on:
        raise ValidationError(
            f"新的日期应在{stage.get_kind_display()}（{stage.starts_on} 至 {stage.ends_on}）之内，开始不晚于完成；"
            "确需超出的，由市妇联先调整阶段的起止日期。"
        )


def _put_on_plan(request: ReplanRequest) -> None:
    request.item.starts_on, request.item.due_on = request.starts_on, request.due_on
    request.item.save(update_fields=["starts_on", "due_on"])


def _locked(item: ScheduleItem) -> ScheduleItem:
    around = ["stage__site__programme__organization", "stage__site__organization"]
    return ScheduleItem.objects.select_for_update(of=("self",)).select_related(*around).get(pk=item.pk)


def _keep(request: ReplanRequest, action: str, *, by) -> None:
    request.full_clean()
    request.save()
    AuditEvent.objects.record(
        action,
        request,
        by=by,
        organization=request.site.organization,
        note=request.note or request.reason,
        item=request.item.name,
        was=f"{request.was_starts_on} 至 {request.was_due_on}",
        now=f"{request.starts_on} 至 {request.due_on}",
    )
