"""一票否决: proposed, explained by the site, decided by a second person. The finding's row is the lock."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from assessments import rules
from assessments.models import Rubric, VetoFinding, VetoItem, VetoState
from assessments.models.veto import EXPLAIN_DAYS
from fedwork import clock
from organizations.models import AuditEvent
from projects.models import ProjectSite

TO_COME = ["explained_at", "explained_by", "decided_at", "decided_by"]


def veto_items(site: ProjectSite):
    """Those of the version by which the site is scored, or would be."""
    begun = site.score_rounds.select_related("rubric").order_by("level", "number").first()
    rubric = begun.rubric if begun else Rubric.objects.all().in_force(site.creation_type_id)
    return VetoItem.objects.filter(rubric=rubric)


@transaction.atomic
def propose_veto(site: ProjectSite, item: VetoItem, evidence: str, *, by) -> VetoFinding:
    """Raises ValidationError (no evidence, not an item of the site's rubric, proposed already) and PermissionDenied."""
    ProjectSite.objects.select_for_update(no_key=True).get(pk=site.pk)  # of two clicks the second is told
    if not rules.can_propose_veto(by, site):
        raise PermissionDenied
    if not veto_items(site).filter(pk=item.pk).exists():
        raise ValidationError({"item": "请从这个项目点的细则里选择。"})
    finding = VetoFinding(site=site, item=item, evidence=evidence.strip(), proposed_at=clock.now(), proposed_by=by)
    finding.full_clean(exclude=TO_COME)
    finding.save(force_insert=True)
    _record("提出一票否决", finding, by=by)
    return finding


def locked_veto(finding: VetoFinding) -> VetoFinding:
    finding = VetoFinding.objects.select_for_update(of=("self",)).for_page().get(pk=finding.pk)
    if not finding.is_open:
        raise ValidationError(f"这一情形{finding.get_state_display()}，不能再改。", code="decided")
    return finding


def _record(verb: str, finding: VetoFinding, *, by, note: str = "") -> None:
    organization = finding.site.organization
    AuditEvent.objects.record(verb, finding, by=by, organization=organization, note=note, item=str(finding.item))


@transaction.atomic
def explain_veto(finding: VetoFinding, explanation: str, *, by) -> VetoFinding:
    """The site's word; it may be put better until somebody decides. Raises ValidationError and PermissionDenied."""
    finding = locked_veto(finding)
    if not rules.can_explain_veto(by, finding):
        raise PermissionDenied
    if not explanation.strip():
        raise ValidationError({"explanation": "请写明情况。"})
    finding.explanation, finding.explained_at, finding.explained_by = explanation.strip(), clock.now(), by
    finding.save(update_fields=["explanation", "explained_at", "explained_by"])
    _record("说明一票否决情况", finding, by=by)
    return finding


@transaction.atomic
def decide_veto(finding: VetoFinding, *, by, is_confirmed: bool, decision: str) -> VetoFinding:
    """By somebody else than who proposed it, after the site had the word. Raises ValidationError and PermissionDenied."""
    finding = locked_veto(finding)
    if not rules.can_decide_veto(by, finding):
        raise PermissionDenied
    if refusal := deciding_refusal(finding):
        raise ValidationError(refusal)
    if not decision.strip():
        raise ValidationError({"decision": "请写明认定理由。"})
    finding.state = VetoState.CONFIRMED if is_confirmed else VetoState.DISMISSED
    finding.decision, finding.decided_at, finding.decided_by = decision.strip(), clock.now(), by
    finding.save(update_fields=["state", "decision", "decided_at", "decided_by"])
    _record("认定一票否决" if is_confirmed else "认定一票否决不成立", finding, by=by, note=finding.decision)
    return finding


def deciding_refusal(finding: VetoFinding) -> str:
    """The site is heard first, or has let its days pass."""
    until = finding.proposed_at + timedelta(days=EXPLAIN_DAYS)
    if finding.explanation or clock.now() >= until:
        return ""
    return f"项目点还没有说明。说明以后，或者提出满 {EXPLAIN_DAYS} 天，才能认定。"
