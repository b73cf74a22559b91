"""绩效自评: a version is begun, written, confirmed. All refuse by ValidationError or PermissionDenied."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from funding.evaluation.reading import evaluation_view
from funding.evaluation.rules import can_evaluate, can_write_evaluation
from funding.models import EvaluationIndicator, EvaluationLine, SelfEvaluation
from funding.models.evaluation import EvaluationStatus, Indicator, template_problems
from organizations.models import AuditEvent, Organization
from projects.models import Programme

ASKED = [field.name for field in Indicator._meta.fields]
TYPED = ["actual", "score", "reason"]


@dataclass(frozen=True)
class LineInput:
    """What was typed of one line; of lines read from the system only the reason is taken."""

    line: int
    actual: str = ""
    score: Decimal | None = None
    reason: str = ""


@transaction.atomic
def start_evaluation(programme: Programme, organization: Organization, *, by) -> SelfEvaluation:
    """The next version, with the programme's indicators of today and what the last one said of them."""
    programme = Programme.objects.select_for_update(of=["self"]).select_related("organization").get(pk=programme.pk)
    if not can_evaluate(by, programme, organization):
        raise PermissionDenied
    indicators = list(programme.evaluation_indicators.all())
    if problems := template_problems(indicators):
        raise ValidationError(f"这个批次的绩效指标还不能用：{'；'.join(problems)}。请市级业务员先在“绩效指标”里补齐。")
    last = SelfEvaluation.objects.filter(programme=programme, organization=organization).order_by("-number").first()
    if last and not last.is_confirmed:
        raise ValidationError("已有一张正在填写的自评表，请接着填。")
    made = SelfEvaluation(programme=programme, organization=organization, number=last.number + 1 if last else 1)
    made.started_at, made.started_by = clock.now(), by
    if last:
        made.achieved, made.execution_reason = last.achieved, last.execution_reason
    made.save()
    EvaluationLine.objects.bulk_create(_lines(made, indicators, last))
    _log("开始绩效自评", made, by=by)
    return made


def _lines(made: SelfEvaluation, indicators: list[EvaluationIndicator], last: SelfEvaluation | None):
    before = {_key(line): line for line in last.lines.all()} if last else {}
    for indicator in indicators:
        line = EvaluationLine(evaluation=made, **{name: getattr(indicator, name) for name in ASKED})
        if old := before.get(_key(indicator)):
            line.reason = old.reason
            if line.is_typed:
                line.actual, line.score = old.actual, min(old.score, line.points)
        yield line


def _key(indicator: Indicator) -> tuple:
    return indicator.dimension, indicator.second, indicator.name


@transaction.atomic
def write_evaluation(
    evaluation: SelfEvaluation, inputs: list[LineInput], *, achieved: str, execution_reason: str, by, version: int
) -> SelfEvaluation:
    evaluation = _locked(evaluation, by=by, version=version)
    evaluation.achieved, evaluation.execution_reason = achieved.strip(), execution_reason.strip()
    evaluation.version += 1
    evaluation.save(update_fields=["achieved", "execution_reason", "version"])
    lines = {line.pk: line for line in evaluation.lines.all()}
    for given in inputs:
        line = lines[given.line]
        line.reason = given.reason.strip()
        if line.is_typed:
            line.actual, line.score = given.actual.strip(), given.score
        line.clean_fields(exclude=["evaluation", "measure"])
        if line.score is not None and line.score > line.points:
            raise ValidationError(f"“{line.name}”得分不能多于 {line.points.normalize():f} 分。")
        line.save(update_fields=TYPED)
    _log("填写绩效自评", evaluation, by=by)
    return evaluation


@transaction.atomic
def confirm_evaluation(evaluation: SelfEvaluation, *, by, version: int) -> SelfEvaluation:
    """确认: frozen with the figures of this moment."""
    evaluation = _locked(evaluation, by=by, version=version)
    view = evaluation_view(evaluation)
    if problems := view.problems():
        raise ValidationError(problems)
    for row in view.rows:
        row.line.actual, row.line.score = row.actual, row.score
        row.line.save(update_fields=TYPED)
    figures = view.execution
    evaluation.initial_budget, evaluation.full_budget = figures.initial, figures.full
    evaluation.executed, evaluation.execution_score = figures.executed, figures.score
    evaluation.status = EvaluationStatus.CONFIRMED
    evaluation.confirmed_at, evaluation.confirmed_by = clock.now(), by
    evaluation.save()
    _log("确认绩效自评", evaluation, by=by, score=str(view.total))
    return evaluation


def _locked(evaluation: SelfEvaluation, *, by, version: int) -> SelfEvaluation:
    """The row, locked, fresh and still a draft that `by` may change and has seen as it is."""
    rows = SelfEvaluation.objects.select_for_update(of=["self"])
    evaluation = rows.select_related("programme__organization", "organization").get(pk=evaluation.pk)
    if not can_evaluate(by, evaluation.programme, evaluation.organization):
        raise PermissionDenied
    if not can_write_evaluation(by, evaluation):
        raise ValidationError("这张自评表已经确认，不能再改；需要更正请填下一版。")
    if evaluation.version != version:
        raise ValidationError("这张自评表刚被别人改过，请刷新页面核对后再办。", code="stale")
    return evaluation


def _log(action: str, evaluation: SelfEvaluation, *, by, **detail) -> None:
    AuditEvent.objects.record(
        action, evaluation, by=by, organization=evaluation.organization, number=evaluation.number, **detail
    )
