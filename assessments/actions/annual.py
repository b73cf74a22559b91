"""年度考核: the direct parent gives the score; the veto has a basis, evidence, a second approver and an appeal."""

from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from assessments import rules
from assessments.models import AnnualAssessment, AnnualRule, AnnualVeto
from fedwork import clock
from organizations.models import AuditEvent, Organization
from projects.models import Programme

MOVED_ON = "您打开之后，这项考核又有新的办理，请看过再办。"


@transaction.atomic
def set_annual_rule(programme: Programme, *, by, trigger: str, percent: int) -> AnnualRule:
    programme = Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)
    if not rules.can_publish_results(by, programme):
        raise PermissionDenied
    rule = AnnualRule.objects.filter(programme=programme).first() or AnnualRule(programme=programme)
    rule.trigger, rule.percent = trigger, percent
    rule.full_clean()
    rule.save()
    AuditEvent.objects.record("设定年度考核规则", programme, by=by, organization=programme.organization, rule=f"{rule}")
    return rule


@transaction.atomic
def assess_unit(
    programme: Programme, assessed: Organization, *, by, total: Decimal, remark: str = "", version: int = 0
) -> AnnualAssessment:
    """The score, which may be given again until the veto is decided. Raises ValidationError, PermissionDenied."""
    assessed = Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=assessed.pk)
    if not rules.can_assess(by, assessed):
        raise PermissionDenied
    made = AnnualAssessment.objects.filter(programme=programme, assessed=assessed).first()
    made = made or AnnualAssessment(programme=programme, assessed=assessed, assessor=by.organization)
    if made.version != version:
        raise ValidationError(MOVED_ON, code="stale")
    if made.veto not in {AnnualVeto.NONE, AnnualVeto.PROPOSED}:
        raise ValidationError("否决已经核准或答复，得分不再改动。")
    made.total, made.remark, made.saved_at, made.saved_by = total, remark.strip(), clock.now(), by
    made.version += 1
    made.full_clean()
    made.save()
    _record("评定年度考核", made, by=by, total=str(total))
    return made


@transaction.atomic
def propose_annual_veto(item: AnnualAssessment, *, by, version: int, basis: str, evidence: str) -> AnnualAssessment:
    item = _locked(item, version)
    if not rules.can_assess(by, item.assessed):
        raise PermissionDenied
    _refuse_unless(item, AnnualVeto.NONE, AnnualVeto.DISMISSED)
    if not basis.strip() or not evidence.strip():
        raise ValidationError("否决要写明依据和证据。")
    item.veto, item.veto_basis, item.veto_evidence = AnnualVeto.PROPOSED, basis.strip(), evidence.strip()
    item.veto_at, item.veto_by, item.veto_decided_at, item.veto_decided_by = clock.now(), by, None, None
    item.veto_note = ""
    _save(item, "提出年度考核否决", by=by, basis=item.veto_basis)
    return item


@transaction.atomic
def decide_annual_veto(
    item: AnnualAssessment, *, by, version: int, is_confirmed: bool, note: str = ""
) -> AnnualAssessment:
    """By a second person of the assessing unit."""
    item = _locked(item, version)
    if not rules.can_assess(by, item.assessed) or by.pk == item.veto_by_id:
        raise PermissionDenied
    _refuse_unless(item, AnnualVeto.PROPOSED)
    item.veto = AnnualVeto.CONFIRMED if is_confirmed else AnnualVeto.DISMISSED
    item.veto_decided_at, item.veto_decided_by, item.veto_note = clock.now(), by, note.strip()
    _save(item, "核准年度考核否决" if is_confirmed else "不核准年度考核否决", by=by)
    return item


@transaction.atomic
def appeal_annual_veto(item: AnnualAssessment, *, by, version: int, text: str) -> AnnualAssessment:
    """申诉, once, by the assessed unit."""
    item = _locked(item, version)
    if not rules.can_appeal(by, item):
        raise PermissionDenied
    _refuse_unless(item, AnnualVeto.CONFIRMED)
    if item.appealed_at:
        raise ValidationError("已经申诉过了。")
    if not text.strip():
        raise ValidationError("请写明申诉的理由。")
    item.appeal, item.appealed_at, item.appealed_by = text.strip(), clock.now(), by
    _save(item, "申诉年度考核否决", by=by)
    return item


@transaction.atomic
def answer_annual_appeal(item: AnnualAssessment, *, by, version: int, is_lifted: bool, answer: str) -> AnnualAssessment:
    """By somebody else than who proposed the veto; lifted, the score counts again."""
    item = _locked(item, version)
    if not rules.can_assess(by, item.assessed) or by.pk == item.veto_by_id:
        raise PermissionDenied
    if not item.appealed_at or item.appeal_answered_at:
        raise ValidationError("没有等待答复的申诉。")
    if not answer.strip():
        raise ValidationError("请写明答复。")
    item.appeal_answer, item.appeal_answered_at, item.appeal_answered_by = answer.strip(), clock.now(), by
    item.veto = AnnualVeto.LIFTED if is_lifted else item.veto
    _save(item, "答复年度考核申诉", by=by, lifted=is_lifted)
    return item


def _locked(item: AnnualAssessment, version: int) -> AnnualAssessment:
    item = AnnualAssessment.objects.select_for_update(of=("self",)).for_page().get(pk=item.pk)
    if item.version != version:
        raise ValidationError(MOVED_ON, code="stale")
    return item


def _refuse_unless(item: AnnualAssessment, *states: str) -> None:
    if item.veto not in states:
        raise ValidationError(f"否决现在是“{item.get_veto_display()}”，不能这样办理。")


def _save(item: AnnualAssessment, action: str, *, by, **detail) -> None:
    item.version += 1
    item.save()
    _record(action, item, by=by, **detail)


def _record(action: str, item: AnnualAssessment, *, by, **detail) -> None:
    AuditEvent.objects.record(action, item, by=by, organization=item.assessed, result=item.result, **detail)
