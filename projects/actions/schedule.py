"""The schedule confirmed by the site; stages completed in order, opened again, their windows moved."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from organizations.models import AuditEvent
from projects import rules
from projects.models import PlanConfirmation, ProjectSite, Stage, StageStep
from projects.schedule.gates import look_for, outputs_of


@transaction.atomic
def confirm_plan(site: ProjectSite, *, by) -> PlanConfirmation:
    """细排进度: stand by the schedule as it is. Twice is as good as once. Raises ValidationError, PermissionDenied."""
    site = ProjectSite.objects.select_for_update(of=("self",)).select_related("organization").get(pk=site.pk)
    if not rules.can_confirm_plan(by, site):
        raise PermissionDenied
    if there := PlanConfirmation.objects.filter(site=site).first():
        return there
    if not site.stages.filter(items__isnull=False).exists():
        raise ValidationError("日程里还没有任务，不能确认。")
    made = PlanConfirmation.objects.create(site=site, confirmed_at=clock.now(), confirmed_by=by)
    AuditEvent.objects.record("确认日程", site, by=by, organization=site.organization)
    return made


@transaction.atomic
def complete_stage(stage: Stage, *, by) -> Stage:
    """Let the site pass the gate of the stage. Raises ValidationError with every output that is missing, or with the
    stage that comes first; PermissionDenied."""
    stage, others = _locked(stage)
    if stage.is_completed:
        raise ValidationError(f"{stage.get_kind_display()}已确认完成。", code="completed")
    if not rules.can_complete_stage(by, stage):
        raise PermissionDenied
    if earlier := next((other for other in others if not other.is_completed and _is_before(other, stage)), None):
        raise ValidationError(f"{earlier.get_kind_display()}还没有完成，请按顺序办理。")
    if clock.today() < stage.starts_on:
        raise ValidationError(f"{stage.get_kind_display()}从 {stage.starts_on} 开始，现在还不能确认完成。")
    outputs = look_for(stage, outputs_of(stage.site).get(stage.kind, []))
    if missing := [f"缺“{each.name}”：{each.finding.words}。" for each in outputs if not each.finding.is_there]:
        raise ValidationError(missing)
    stage.completed_at, stage.completed_by = clock.now(), by
    stage.save(update_fields=["completed_at", "completed_by"])
    _step(stage, StageStep.Kind.COMPLETED, "、".join(each.name for each in outputs), "阶段确认完成", by=by)
    return stage


@transaction.atomic
def reopen_stage(stage: Stage, *, by, reason: str) -> Stage:
    """The city takes a completion back. Raises ValidationError when a later stage is completed, PermissionDenied."""
    stage, others = _locked(stage)
    if not rules.can_reopen_stage(by, stage):
        raise PermissionDenied
    if not stage.is_completed:
        raise ValidationError(f"{stage.get_kind_display()}还没有确认完成，不用重新打开。")
    if later := next((other for other in others if other.is_completed and _is_before(stage, other)), None):
        raise ValidationError(f"{later.get_kind_display()}也已确认完成，请先重新打开它。")
    stage.completed_at = stage.completed_by = None
    stage.save(update_fields=["completed_at", "completed_by"])
    _step(stage, StageStep.Kind.REOPENED, reason, "重新打开阶段", by=by)
    return stage


@transaction.atomic
def move_stage(stage: Stage, *, by, starts_on: date, ends_on: date, reason: str) -> Stage:
    """Another window for the stage of one site; its tasks have to lie in it. Raises ValidationError, PermissionDenied."""
    stage, _ = _locked(stage)
    if not rules.can_move_stage(by, stage):
        raise PermissionDenied
    if stage.is_completed:
        raise ValidationError(f"{stage.get_kind_display()}已确认完成，不能再调整起止日期。")
    if ends_on < starts_on:
        raise ValidationError({"ends_on": "结束日期不能早于开始日期。"})
    items = stage.items.order_by("starts_on", "pk")
    if outside := next((each for each in items if each.starts_on < starts_on or each.due_on > ends_on), None):
        dates = f"{outside.starts_on} 至 {outside.due_on}"
        raise ValidationError(f"任务“{outside}”（{dates}）不在新的起止日期之内，请先调整任务的日程。")
    was = (
        f"由 {stage.starts_on} 至 {stage.ends_on} 改为 {starts_on} 至 {ends_on}：{reason.strip()}"
        if reason.strip()
        else ""
    )
    stage.starts_on, stage.ends_on = starts_on, ends_on
    stage.save(update_fields=["starts_on", "ends_on"])
    _step(stage, StageStep.Kind.MOVED, was, "调整阶段起止", by=by)
    return stage


def _locked(stage: Stage) -> tuple[Stage, list[Stage]]:
    """The stage and the other stages of its site as they are now: one decision on a site's stages at a time."""
    around = ["site__programme__organization", "site__organization"]
    rows = Stage.objects.select_for_update(of=("self",)).select_related(*around).filter(site=stage.site_id)
    stages = list(rows.order_by("starts_on", "pk"))
    return next(each for each in stages if each.pk == stage.pk), [each for each in stages if each.pk != stage.pk]


def _is_before(one: Stage, other: Stage) -> bool:
    return (one.starts_on, one.pk) < (other.starts_on, other.pk)


def _step(stage: Stage, kind: str, text: str, action: str, *, by) -> None:
    """The row of the history, and the row in the log."""
    step = StageStep(stage=stage, kind=kind, text=text.strip(), made_at=clock.now(), made_by=by)
    step.full_clean()
    step.save(force_insert=True)
    AuditEvent.objects.record(
        action, stage.site, by=by, organization=stage.site.organization, stage=stage.kind, note=step.text
    )
