"""Rounds: opened in their order, answered field by field, submitted once. The round's row is the lock of all of it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from assessments import order, rules
from assessments.hands import has_hand_in
from assessments.methods import STEP
from assessments.models import RoundLevel, Rubric, Score, ScoreRound
from assessments.sheet import Line, Sheet, score_sheet
from fedwork import clock
from fedwork.numbers import plain_number
from organizations.models import AuditEvent
from projects.models import ProjectSite

TEXTS = ["team", "remark", "bonus_reason"]
OF_ROUND = [*TEXTS, "bonus"]  # what is said of the round as a whole
UNKNOWN = object()
ANSWERS = ["marks", "by_hand", "is_inapplicable", "reason"]
LONGEST_BASIS = Score._meta.get_field("basis").max_length
KEPT = ["version", "saved_at", "saved_by", *OF_ROUND]


class StaleRoundError(ValidationError):
    """The round was written since the caller read it; nothing was stored. `conflicts` are the keys of the fields that
    hold something else now than the caller started from and wants to write."""

    def __init__(self, message: str, *, conflicts: list[str]):
        super().__init__(message, code="stale")
        self.conflicts = conflicts


@dataclass
class ScoreContent:
    """What is to be written, by id of the criterion; `marks` by (criterion, number of the question)."""

    marks: dict[tuple[int, int], Decimal | None] = field(default_factory=dict)
    by_hand: dict[int, Decimal | None] = field(default_factory=dict)
    inapplicable: dict[int, bool] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    texts: dict[str, str | Decimal | None] = field(default_factory=dict)  # of OF_ROUND

    def values(self) -> dict[str, object]:
        """By key of the field."""
        found = {f"mark_{criterion}_{number}": value for (criterion, number), value in self.marks.items()}
        for name in ["by_hand", "inapplicable", "reasons"]:
            found |= {f"{KEYS[name]}_{criterion}": value for criterion, value in getattr(self, name).items()}
        return found | self.texts

    @property
    def criteria(self) -> set[int]:
        return {pk for pk, _ in self.marks} | {*self.by_hand} | {*self.inapplicable} | {*self.reasons}


KEYS = {"by_hand": "hand", "inapplicable": "na", "reasons": "reason"}


def stored_values(sheet: Sheet) -> dict[str, object]:
    """What the fields of the sheet hold, by key."""
    found: dict[str, object] = {name: getattr(sheet.round, name) for name in OF_ROUND}
    for line in sheet.lines:
        pk, score = line.criterion.pk, line.score
        given = score.given
        for number in range(0 if line.criterion.is_automatic else len(line.rule.questions)):
            found[f"mark_{pk}_{number}"] = given[number] if number < len(given) else None
        found |= {f"hand_{pk}": score.by_hand, f"na_{pk}": score.is_inapplicable, f"reason_{pk}": score.reason}
    return found


@transaction.atomic
def open_round(site: ProjectSite, level: RoundLevel, *, by) -> ScoreRound:
    """The open round of this level, begun if there is none. Raises ValidationError (no rubric, the level before hasn't
    finished, a higher level has begun) and PermissionDenied."""
    site = _locked_site(site)
    if not rules.can_score(by, site, level) or has_hand_in(by, site, level):
        raise PermissionDenied
    rounds = list(site.score_rounds.select_related("rubric").order_by("level", "number"))
    if opened := next((each for each in rounds if each.level == level and not each.is_submitted), None):
        return opened
    if refusal := opening_refusal(site, level, rounds):
        raise ValidationError(refusal)
    made = _new_round(site, level, rounds, by=by)
    made.save(force_insert=True)
    made.hands.add(by)
    AuditEvent.objects.record(f"开始{made.label}", made, by=by, organization=site.organization)
    return made


def _locked_site(site: ProjectSite) -> ProjectSite:
    rows = ProjectSite.objects.select_for_update(of=("self",))
    return rows.select_related("programme__organization", "organization", "creation_type").get(pk=site.pk)


def opening_refusal(site: ProjectSite, level: RoundLevel, rounds: list[ScoreRound]) -> str:
    """S0: 自查、县评、市评、省验 follow one another. A level may score again until the next one has begun."""
    higher = [each for each in rounds if each.level > level]
    if higher:
        return f"{higher[0].label}已经开始，不能再{level.label}。"
    before = _level_before(site, level)
    if before and not any(each.level == before and each.is_submitted for each in rounds):
        return f"{before.label}提交以后，才能{level.label}。"
    if level == RoundLevel.PROVINCE:
        return order.province_refusal(site)
    if refusal := order.scoring_refusal(site):
        return refusal
    return "" if _rubric_of(site, rounds) else f"“{site.creation_type}”还没有发布考核评分细则。"


def _level_before(site: ProjectSite, level: RoundLevel) -> RoundLevel | None:
    """A site that lies in no county goes from its own score to the city's."""
    if level == RoundLevel.SELF:
        return None
    before = RoundLevel(level - 1)
    return RoundLevel.SELF if before == RoundLevel.COUNTY and not site.county_name else before


def _rubric_of(site: ProjectSite, rounds: list[ScoreRound]) -> Rubric | None:
    """All levels score a site by the version with which it began."""
    return rounds[0].rubric if rounds else Rubric.objects.all().in_force(site.creation_type_id)


def _new_round(site: ProjectSite, level: RoundLevel, rounds: list[ScoreRound], *, by) -> ScoreRound:
    number = 1 + sum(each.level == level for each in rounds)
    rubric = _rubric_of(site, rounds)
    return ScoreRound(site=site, rubric=rubric, level=level, number=number, opened_at=clock.now(), opened_by=by)


def _locked_round(score_round: ScoreRound, *, by) -> ScoreRound:
    score_round = ScoreRound.objects.select_for_update(of=("self",)).for_page().get(pk=score_round.pk)
    if not rules.can_score(by, score_round.site, score_round.level) or has_hand_in(
        by, score_round.site, score_round.level
    ):
        raise PermissionDenied
    if score_round.is_submitted:
        raise ValidationError(f"{score_round.label}已经提交，不能再改。", code="submitted")
    return score_round


@transaction.atomic
def save_scores(
    score_round: ScoreRound, *, by, version: int, content: ScoreContent, base: dict[str, object] | None = None
) -> ScoreRound:
    """Keep what was answered so far. A write on an old `version` goes through where each field still holds its `base` (or
    the new value already). Raises ValidationError, StaleRoundError and PermissionDenied."""
    score_round = _locked_round(score_round, by=by)
    sheet = score_sheet(score_round)
    if score_round.version != version:
        _refuse_conflicts(score_round, stored_values(sheet), content, base or {})
    lines = {line.criterion.pk: line for line in sheet.lines}
    written = [_written(lines[pk], content) for pk in sorted(content.criteria & lines.keys())]
    _store(written, ANSWERS)
    for name, value in content.texts.items():
        setattr(score_round, name, value)
    if sheet.bonus > score_round.rubric.bonus_points:
        raise ValidationError(f"附加分最多 {plain_number(score_round.rubric.bonus_points)} 分。")
    score_round.saved_at, score_round.saved_by, score_round.version = clock.now(), by, score_round.version + 1
    score_round.save(update_fields=KEPT)
    score_round.hands.add(by)
    return score_round


def _refuse_conflicts(score_round: ScoreRound, stored: dict, content: ScoreContent, base: dict) -> None:
    conflicts = [
        key
        for key, value in content.values().items()
        if _bare(stored.get(key)) not in (_bare(base.get(key, UNKNOWN)), _bare(value))
    ]
    if conflicts:
        raise _stale(score_round, conflicts)


def _bare(value):
    return None if value == "" else value


def _stale(score_round: ScoreRound, conflicts: list[str]) -> StaleRoundError:
    when = timezone.localtime(score_round.saved_at or clock.now())
    return StaleRoundError(f"您打开之后，评分在 {when:%H:%M} 又有改动，请核对后再试。", conflicts=conflicts)


def _written(line: Line, content: ScoreContent) -> Score:
    pk, score = line.criterion.pk, line.score
    if not line.criterion.is_automatic:
        score.marks = _marks(line, content)
    score.by_hand = content.by_hand.get(pk, score.by_hand)
    score.is_inapplicable = content.inapplicable.get(pk, score.is_inapplicable)
    score.reason = content.reasons.get(pk, score.reason).strip()
    if score.by_hand is not None and (score.by_hand > line.most or score.by_hand % STEP):
        raise ValidationError(f"{line.criterion.code}最多 {plain_number(line.most)} 分，以 0.5 分为一档。")
    return score


def _marks(line: Line, content: ScoreContent) -> list[str | None]:
    """As stored: the exact text of each number."""
    given = line.score.given + [None] * len(line.rule.questions)
    marks = [
        content.marks.get((line.criterion.pk, number), given[number]) for number in range(len(line.rule.questions))
    ]
    return [None if mark is None else str(mark) for mark in marks]


@transaction.atomic
def submit_round(score_round: ScoreRound, *, by, version: int) -> ScoreRound:
    """Count, keep what it came to, and close the round for good. Raises ValidationError with everything that is missing,
    StaleRoundError and PermissionDenied."""
    score_round = _locked_round(score_round, by=by)
    if score_round.version != version:
        raise _stale(score_round, [])
    _locked_site(score_round.site)  # no finding is raised meanwhile
    sheet = score_sheet(score_round)
    if problems := [*sheet.problems(), *(("", sentence) for sentence in order.submission_refusals(score_round))]:
        raise ValidationError([sentence for _, sentence in problems])
    total, grade = sheet.total, sheet.grade
    _settle(sheet.lines)
    score_round.total, score_round.grade = total, grade
    score_round.submitted_at, score_round.submitted_by = clock.now(), by
    score_round.save(update_fields=["total", "grade", "submitted_at", "submitted_by"])
    score_round.hands.add(by)
    organization = score_round.site.organization
    AuditEvent.objects.record(
        f"提交{score_round.label}", score_round, by=by, organization=organization, total=str(total), grade=grade
    )
    return score_round


def _settle(lines: list[Line]) -> None:
    """Keep what each item came to, in two queries."""
    settled = [(line.score, line.counted, line.basis, line.points) for line in lines]
    for score, counted, basis, points in settled:
        score.counted, score.basis, score.points = counted, basis[:LONGEST_BASIS], points
    _store([score for score, *_ in settled], ["counted", "basis", "points"])


def _store(scores: list[Score], fields: list[str]) -> None:
    Score.objects.bulk_create(score for score in scores if score.pk is None)
    Score.objects.bulk_update([score for score in scores if score.pk], fields)


@transaction.atomic
def enter_province_result(
    site: ProjectSite, *, by, total: Decimal, document_number: str, document_on: date, remark: str = ""
) -> ScoreRound:
    """What the province decided, with its document; entered again, it corrects what was typed wrong, with the reason as
    `remark`, and the first one stays. Raises ValidationError and PermissionDenied."""
    site = _locked_site(site)
    if not rules.can_score(by, site, RoundLevel.PROVINCE):
        raise PermissionDenied
    rounds = list(site.score_rounds.select_related("rubric").order_by("level", "number"))
    if refusal := opening_refusal(site, RoundLevel.PROVINCE, rounds):
        raise ValidationError(refusal)
    if document_on > clock.today():
        raise ValidationError({"document_on": "日期不能晚于今天。"})
    again = any(each.level == RoundLevel.PROVINCE for each in rounds)
    if again and not remark.strip():
        raise ValidationError({"remark": "省验结果已经登记，更正要写明原因。"})
    made = _new_round(site, RoundLevel.PROVINCE, rounds, by=by)
    made.total, made.document_number, made.document_on, made.remark = total, document_number, document_on, remark
    made.submitted_at = made.saved_at = clock.now()
    made.submitted_by = made.saved_by = by
    grade = made.rubric.grade_of(total)
    made.grade, made.version = grade.name if grade else "", 1
    made.full_clean()
    made.save(force_insert=True)
    made.hands.add(by)
    AuditEvent.objects.record(
        "更正省验结果" if again else "登记省验结果",
        made,
        by=by,
        organization=site.organization,
        total=str(total),
        document=document_number,
    )
    return made
