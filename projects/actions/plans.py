"""Implementation plans: written, handed up, approved or returned; an approved one is followed by a new version."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from organizations.models import AuditEvent
from projects import rules
from projects.models import ImplementationPlan, PlanState, PlanStep, PlanStepKind, Programme
from projects.models.plan import SECTIONS

STALE = "您打开之后，方案又有改动，请刷新后核对再办。"
CONTENT = ["document_number", *SECTIONS]
KNOWN = ["programme", "organization", "site", "saved_by", "submitted_by", "approved_by"]  # without asking the database


@transaction.atomic
def save_plan(plan: ImplementationPlan, *, by, version: int = 0) -> ImplementationPlan:
    """Begin a version or go on writing one; `plan` comes filled in as by a form, `version` is the one that was read.
    Raises ValidationError, PermissionDenied."""
    if plan.site:
        plan.organization, plan.programme = plan.site.organization, plan.site.programme
    if not rules.can_write_plan(by, plan):
        raise PermissionDenied
    if plan.site and not plan.site.is_approved:
        raise ValidationError(f"“{plan.site}”还没有批准，批准以后再写实施方案。")
    Programme.objects.select_for_update(no_key=True).get(pk=plan.programme_id)
    is_new = plan.pk is None
    if is_new:
        plan.number = _next_number(plan)
    else:
        _refuse_unwritable(_now(plan), version)
        plan.version = version + 1
    plan.saved_at, plan.saved_by = clock.now(), by
    plan.clean_fields(exclude=KNOWN)
    plan.validate_constraints()
    plan.save(update_fields=None if is_new else [*CONTENT, "version", "saved_at", "saved_by"])
    _log("起草实施方案" if is_new else "修改实施方案", plan, by=by)
    return plan


@transaction.atomic
def submit_plan(plan: ImplementationPlan, *, by, version: int) -> ImplementationPlan:
    """报批. Raises ValidationError, PermissionDenied."""
    plan = _now(plan)
    if not rules.can_write_plan(by, plan):
        raise PermissionDenied
    _refuse_unwritable(plan, version)
    plan.state, plan.submitted_by = PlanState.SUBMITTED, by
    return _step(plan, PlanStepKind.SUBMITTED, by=by, fields=["submitted_by"])


@transaction.atomic
def approve_plan(plan: ImplementationPlan, *, by, version: int, note: str = "") -> ImplementationPlan:
    """From now on it is what holds, and no version before it. Raises ValidationError, PermissionDenied."""
    plan = _for_decision(plan, by=by, version=version)
    plan.state, plan.approved_at, plan.approved_by = PlanState.APPROVED, clock.now(), by
    return _step(plan, PlanStepKind.APPROVED, by=by, note=note, fields=["approved_at", "approved_by"])


@transaction.atomic
def return_plan(plan: ImplementationPlan, *, by, version: int, reason: str) -> ImplementationPlan:
    """Raises ValidationError, PermissionDenied."""
    plan = _for_decision(plan, by=by, version=version)
    if not reason.strip():
        raise ValidationError({"note": "退回要写原因。"})
    plan.state = PlanState.RETURNED
    return _step(plan, PlanStepKind.RETURNED, by=by, note=reason.strip())


def _now(plan: ImplementationPlan) -> ImplementationPlan:
    rows = ImplementationPlan.objects.select_for_update(of=("self",))
    return rows.select_related("programme__organization", "organization", "site").get(pk=plan.pk)


def _next_number(plan: ImplementationPlan) -> int:
    versions = ImplementationPlan.objects.filter(programme=plan.programme_id, organization=plan.organization_id)
    return (versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1


def _refuse_unwritable(stored: ImplementationPlan, version: int) -> None:
    if not stored.is_writable:
        raise ValidationError(f"方案{stored.get_state_display()}，不能修改。")
    if stored.version != version:
        raise ValidationError(STALE, code="stale")


def _for_decision(plan: ImplementationPlan, *, by, version: int) -> ImplementationPlan:
    plan = _now(plan)
    if not plan.is_submitted:
        raise ValidationError(f"方案{plan.get_state_display()}，现在不用审批。")
    if plan.version != version:
        raise ValidationError(STALE, code="stale")
    if not rules.can_decide_plan(by, plan):
        raise PermissionDenied
    return plan


def _step(
    plan: ImplementationPlan, kind: PlanStepKind, *, by, note: str = "", fields: list[str] | None = None
) -> ImplementationPlan:
    plan.version += 1
    plan.save(update_fields=["state", "version", *(fields or [])])
    content = {name: getattr(plan, name) for name in CONTENT}
    step = PlanStep(plan=plan, kind=kind, note=note, content=content, made_at=clock.now(), made_by=by)
    step.clean_fields(exclude=["plan", "made_by"])
    step.save(force_insert=True)
    _log(f"{kind.label}实施方案", plan, by=by, note=note)
    return plan


def _log(action: str, plan: ImplementationPlan, *, by, note: str = "") -> None:
    AuditEvent.objects.record(
        action, plan, by=by, organization=plan.organization, note=note, version=plan.version, state=plan.state
    )
