"""The score sheet of a round: the one read model of pages, papers and actions."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from assessments.methods import NOTHING, Known, Rule, to_step
from assessments.models import Criterion, RoundLevel, Rubric, RubricSection, Score, ScoreRound
from assessments.models.rubric import FULL
from assessments.sources import Finding, Scope, read_sources
from fedwork import clock
from fedwork.numbers import plain_number
from projects.models import ProjectSite


@dataclass
class Line:
    """A criterion with what was found and answered. Points are those of the method unless an assessor gave others."""

    criterion: Criterion
    score: Score
    finding: Finding | None = None

    @cached_property
    def rule(self) -> Rule:
        return self.criterion.rule

    @property
    def most(self) -> Decimal:
        return self.criterion.points

    @property
    def known(self) -> Known:
        return self.finding.known if self.finding else {}

    @cached_property
    def marks(self) -> list[Decimal] | None:
        """The full answer, None while something is missing."""
        if self.criterion.is_automatic:
            value = self.finding and self.finding.value
            return None if value is None else [value]
        given = self.score.given
        return given if len(given) == len(self.rule.questions) and None not in given else None

    @property
    def counted(self) -> Decimal | None:
        """What the method says."""
        if self.score.points is not None or self.score.counted is not None:
            return self.score.counted
        return None if self.marks is None else self.rule.points(self.most, self.marks, self.known)

    @property
    def points(self) -> Decimal | None:
        if self.score.is_inapplicable:
            return None
        return self.counted if self.score.by_hand is None else self.score.by_hand

    @property
    def is_answered(self) -> bool:
        return self.score.is_inapplicable or self.points is not None

    @property
    def lost(self) -> Decimal:
        return NOTHING if self.points is None else self.most - self.points

    @property
    def basis(self) -> str:
        """In words what the points come from."""
        if self.score.basis:
            return self.score.basis
        if self.criterion.is_automatic and self.finding:
            return self.finding.sentence
        return self.rule.said(self.marks) if self.marks is not None else ""

    @property
    def why_lost(self) -> str:
        """扣分原因: what was written, and what the answers say where points are missing."""
        if self.score.is_inapplicable:
            return f"不适用：{self.score.reason}"
        words = [self.score.reason.rstrip("。")]
        if self.lost and (self.score.by_hand is None or not self.score.reason):
            words.append(self._what_is_missing or self.basis)
        return "；".join(filter(None, words))

    @property
    def _what_is_missing(self) -> str:
        """By the answers, where a person gave them: which condition isn't met, how far the target is."""
        return "" if self.criterion.is_automatic or self.marks is None else self.rule.lost(self.marks)

    @property
    def problem(self) -> str:
        """Why the round can't be submitted with this line; empty when it can."""
        if self.score.is_inapplicable:
            return "" if self.score.reason else "标了“不适用”，请写明原因。"
        if self.points is None:
            return "还没有评。"
        if self.score.by_hand is not None and not self.score.reason:
            return "改定了分数，请写明原因。"
        return f"得分不能多于 {plain_number(self.most)} 分。" if self.points > self.most else ""


@dataclass
class Part:
    """A section with its lines."""

    section: RubricSection
    lines: list[Line]

    @property
    def most(self) -> Decimal:
        return sum((line.most for line in self.lines), NOTHING)

    @property
    def asked(self) -> Decimal:
        """Of what applies."""
        return sum((line.most for line in self.lines if not line.score.is_inapplicable), NOTHING)

    @property
    def points(self) -> Decimal | None:
        """None while an item is open, or when nothing applies."""
        return _points_of(self.lines)

    @property
    def answered(self) -> int:
        return sum(line.is_answered for line in self.lines)

    @property
    def is_answered(self) -> bool:
        return self.answered == len(self.lines)

    @property
    def is_below_minimum(self) -> bool:
        least = self.section.minimum_percent
        return bool(least and self.asked and self.points is not None and self.points * 100 < self.asked * least)


def _points_of(lines: Iterable[Line]) -> Decimal | None:
    lines = list(lines)
    if not all(line.is_answered for line in lines):
        return None
    applying = [line.points for line in lines if line.points is not None]
    return sum(applying, NOTHING) if applying else None


@dataclass
class Sheet:
    """`base` is out of 100 whatever applies, `total` that and the bonus; there is none before every item is answered."""

    round: ScoreRound
    parts: list[Part] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        return [line for part in self.parts for line in part.lines]

    @property
    def answered(self) -> int:
        return sum(part.answered for part in self.parts)

    @property
    def asked(self) -> Decimal:
        return sum((part.asked for part in self.parts), NOTHING)

    @property
    def bonus(self) -> Decimal:
        """附加分"""
        return self.round.bonus or NOTHING

    @property
    def base(self) -> Decimal | None:
        if self.round.is_submitted:
            return self.round.total - self.bonus
        points = _points_of(self.lines)
        return None if points is None or not self.asked else to_step(points * FULL / self.asked)

    @property
    def total(self) -> Decimal | None:
        return None if self.base is None else self.base + self.bonus

    @property
    def below_minimum(self) -> list[Part]:
        return [part for part in self.parts if part.is_below_minimum]

    @property
    def grade(self) -> str:
        """By the total; the lowest where a section stays below its minimum."""
        if self.round.is_submitted:
            return self.round.grade
        if self.total is None:
            return ""
        grades = list(self.round.rubric.grades.all())
        lowest = grades[-1] if grades else None
        grade = lowest if self.below_minimum else self.round.rubric.grade_of(self.total)
        return grade.name if grade else ""

    def problems(self) -> list[tuple[str, str]]:
        """(key of the field, sentence) of everything that stands in the way of submitting."""
        found = [
            (f"card_{line.criterion.pk}", f"{line.criterion}：{line.problem}") for line in self.lines if line.problem
        ]
        if not found and not self.asked:
            found.append(("", "没有一条适用，不能合计。"))
        if self.bonus and not self.round.bonus_reason.strip():
            found.append(("id_bonus_reason", "给了附加分，请写明依据。"))
        return found + [("id_team", sentence) for sentence in team_problems(self.round)]


def team_problems(score_round: ScoreRound) -> list[str]:
    """S0: 市级考评组三人以上; nobody of the site's own unit or township sits in judgement over it."""
    members, site = score_round.members, score_round.site
    least, people = score_round.least_members, len({re.split(r"[，,、\s]", line)[0] for line in members})
    found = [f"考评组至少 {least} 人，现在有 {people} 人。"] if people < least else []
    own = [name for name in [site.village_name, site.township_name, site.name] if name]
    if score_round.level > RoundLevel.SELF:
        involved = [line for line in members if any(name in line for name in own)]
        found += [f"“{line}”是被考评单位的，不能参加考评。" for line in involved]
    return found


def points_words(line: Line) -> str:
    """What stands beside an item for its points."""
    if line.score.is_inapplicable:
        return "不适用"
    return "未评" if line.points is None else plain_number(line.points)


def part_words(part: Part) -> str:
    """How far a section is."""
    got = "" if part.points is None else f"，得 {plain_number(part.points)} 分"
    return f"已评 {part.answered}/{len(part.lines)}{got}"


def summary_words(sheet: Sheet) -> str:
    if sheet.total is None:
        return f"已评 {sheet.answered} 条，共 {len(sheet.lines)} 条；评完才有总分"
    bonus = f"（含附加分 {plain_number(sheet.bonus)} 分）" if sheet.bonus else ""
    return f"{len(sheet.lines)} 条已评完，总分 {plain_number(sheet.total)} 分{bonus}，{sheet.grade}"


def score_sheet(score_round: ScoreRound, *, moment: datetime | None = None) -> Sheet:
    """An open round as the system knows the site at `moment`; a submitted one as it was submitted."""
    return score_sheets([score_round], moment=moment)[0]


def score_sheets(rounds: list[ScoreRound], *, moment: datetime | None = None) -> list[Sheet]:
    """Of rounds of one site. A fixed number of queries; they come with site and rubric."""
    known, by_round = {each.pk: each for each in rounds}, {each.pk: {} for each in rounds}
    for score in Score.objects.filter(round__in=rounds):
        score.round = known[score.round_id]  # pages ask for its level
        by_round[score.round_id][score.criterion_id] = score
    criteria = {rubric.pk: criteria_of(rubric) for rubric in {each.rubric for each in rounds}}
    opened = [each for each in rounds if not each.is_submitted]
    wanted = {line.source for each in opened for line in criteria[each.rubric_id] if line.source}
    findings = site_findings(rounds[0].site, wanted, moment or clock.now()) if rounds else {}
    return [_sheet(each, criteria[each.rubric_id], by_round[each.pk], findings) for each in rounds]


def criteria_of(rubric: Rubric) -> list[Criterion]:
    return list(Criterion.objects.filter(section__rubric=rubric).in_order())


def site_findings(site: ProjectSite, keys: set[str], moment: datetime) -> dict[str, Finding]:
    """By key of the source."""
    sites = ProjectSite.objects.filter(pk=site.pk).select_related("organization")
    found = read_sources(keys, Scope(site.programme, sites, moment))
    return {key: by_site[site.pk] for key, by_site in found.items() if site.pk in by_site}


def _sheet(
    score_round: ScoreRound, criteria: list[Criterion], scores: Mapping[int, Score], findings: Mapping[str, Finding]
) -> Sheet:
    parts: list[Part] = []
    for criterion in criteria:
        if not parts or parts[-1].section.pk != criterion.section_id:
            parts.append(Part(criterion.section, []))
        score = scores.get(criterion.pk) or Score(round=score_round, criterion=criterion)
        parts[-1].lines.append(Line(criterion, score, findings.get(criterion.source)))
    return Sheet(score_round, parts)
