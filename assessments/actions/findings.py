"""Lost points of a round become 整改事项, through the same door as every other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from assessments import rules
from assessments.models import Criterion, RoundFinding, ScoreRound
from fedwork import clock
from projects.actions import raise_rectification
from projects.models import Rectification, RectificationCategory, RectificationSource
from projects.posts import Post


@dataclass(frozen=True)
class Wanting:
    """What is wrong with one criterion, and what is to be done."""

    criterion: Criterion
    problem: str
    measure: str
    category: RectificationCategory = RectificationCategory.OTHER


@transaction.atomic
def raise_findings(
    score_round: ScoreRound, wanting: Sequence[Wanting], *, post: Post, due_on: date, by
) -> list[Rectification]:
    """All or none. Raises ValidationError (nothing chosen, raised already, what `raise_rectification` refuses) and
    PermissionDenied."""
    score_round = ScoreRound.objects.select_for_update(of=("self",)).for_page().get(pk=score_round.pk)
    if not rules.can_raise_findings(by, score_round):
        raise PermissionDenied
    if not wanting:
        raise ValidationError("请至少选一条。")
    raised = set(score_round.findings.values_list("criterion_id", flat=True))
    if twice := [each.criterion.code for each in wanting if each.criterion.pk in raised]:
        raise ValidationError(f"{'、'.join(twice)}已经交办过了，请刷新页面。")
    return [_raise(score_round, each, post, due_on, by) for each in wanting]


def _raise(score_round: ScoreRound, wanting: Wanting, post: Post, due_on: date, by) -> Rectification:
    item = Rectification(
        site=score_round.site,
        source=RectificationSource.RUBRIC,
        source_note=f"{score_round.label} {wanting.criterion.code}",
        found_on=clock.today(),
        category=wanting.category,
        problem=wanting.problem.strip(),
        measure=wanting.measure.strip(),
        organization=post.organization,
        role=post.role,
        due_on=due_on,
    )
    raise_rectification(item, by=by)
    RoundFinding(round=score_round, criterion=wanting.criterion, rectification=item).save(force_insert=True)
    return item
