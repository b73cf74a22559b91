"""Rounds side by side: what each level gave for each item, and where they differ."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from assessments.models import Criterion, RoundLevel, Rubric, RubricSection, ScoreRound, VetoFinding, VetoState
from assessments.sheet import Line, Part, Sheet, criteria_of, score_sheets
from projects.models import ProjectSite
from projects.states import Mark

SCORING = [RoundLevel.SELF, RoundLevel.COUNTY, RoundLevel.CITY]  # the province's result has no scores of items


@dataclass
class Row:
    """An item; `lines` by level, None where the level hasn't scored."""

    criterion: Criterion
    lines: list[Line | None]

    @property
    def points(self) -> list[Decimal | None]:
        return [line and line.points for line in self.lines]

    @property
    def is_different(self) -> bool:
        """Between those that have scored."""
        return len({(line.points, line.score.is_inapplicable) for line in self.lines if line}) > 1

    @property
    def why(self) -> str:
        """The highest level's reason for lost points."""
        return next((line.why_lost for line in reversed(self.lines) if line), "")


@dataclass
class Group:
    section: RubricSection
    rows: list[Row]
    parts: list[Part | None]

    @property
    def most(self) -> Decimal:
        return sum((row.criterion.points for row in self.rows), Decimal(0))

    @property
    def points(self) -> list[Decimal | None]:
        return [part and part.points for part in self.parts]

    @property
    def columns(self) -> list[tuple[RoundLevel, Decimal | None]]:
        return list(zip(SCORING, self.points, strict=True))


@dataclass
class Comparison:
    """`sheets` by level of SCORING, None where nothing was submitted; `province` is the result entered for it."""

    site: ProjectSite
    rubric: Rubric | None
    sheets: list[Sheet | None]
    province: ScoreRound | None
    groups: list[Group]
    vetoes: list[VetoFinding]

    @property
    def confirmed(self) -> list[VetoFinding]:
        """一票否决 that stand: the site has failed, whatever its score."""
        return [veto for veto in self.vetoes if veto.state == VetoState.CONFIRMED]

    @property
    def rounds(self) -> list[ScoreRound]:
        """Those submitted, the lowest level first."""
        found = [sheet.round for sheet in self.sheets if sheet]
        return found + [self.province] * (self.province is not None)

    @property
    def deciding(self) -> ScoreRound | None:
        """The highest round there is: by it the site stands."""
        return self.rounds[-1] if self.rounds else None

    @property
    def below_minimum(self) -> list[Part]:
        """Sections that took the deciding round's grade down."""
        sheet = next((sheet for sheet in self.sheets if sheet and sheet.round == self.deciding), None)
        return sheet.below_minimum if sheet else []

    @property
    def bonus_reason(self) -> str:
        """The highest level's, where it gave a bonus."""
        last = next((sheet for sheet in reversed(self.sheets) if sheet), None)
        return last.round.bonus_reason if last and last.bonus else ""

    @property
    def differences(self) -> int:
        return sum(row.is_different for group in self.groups for row in group.rows)

    @property
    def columns(self) -> list[tuple[RoundLevel, Sheet | None]]:
        return list(zip(SCORING, self.sheets, strict=True))


def compare(site: ProjectSite) -> Comparison:
    """The newest submitted round of each level. A fixed number of queries."""
    newest = {each.level: each for each in site.score_rounds.submitted().for_page().order_by("number")}
    rounds = [newest[level] for level in SCORING if level in newest]
    by_level = dict(zip([each.level for each in rounds], score_sheets(rounds), strict=True))
    rubric = rounds[0].rubric if rounds else Rubric.objects.all().in_force(site.creation_type_id)
    sheets = [by_level.get(level) for level in SCORING]
    vetoes = list(site.vetoes.for_page())
    return Comparison(site, rubric, sheets, newest.get(RoundLevel.PROVINCE), _groups(rubric, sheets), vetoes)


def _groups(rubric: Rubric | None, sheets: list[Sheet | None]) -> list[Group]:
    lines = [{line.criterion.pk: line for line in sheet.lines} if sheet else {} for sheet in sheets]
    parts = [{part.section.pk: part for part in sheet.parts} if sheet else {} for sheet in sheets]
    groups: dict[int, Group] = {}
    for criterion in criteria_of(rubric) if rubric else []:
        section = criterion.section
        group = groups.setdefault(section.pk, Group(section, [], [found.get(section.pk) for found in parts]))
        group.rows.append(Row(criterion, [found.get(criterion.pk) for found in lines]))
    return list(groups.values())


@dataclass
class Standing:
    """A site on the board: the newest round of each level, open ones too."""

    site: ProjectSite
    rounds: dict[int, ScoreRound]
    is_vetoed: bool = False

    @property
    def cells(self) -> list[tuple[RoundLevel, ScoreRound | None]]:
        return [(level, self.rounds.get(level)) for level in RoundLevel]

    @property
    def deciding(self) -> ScoreRound | None:
        submitted = [each for each in self.rounds.values() if each.is_submitted]
        return max(submitted, key=lambda each: each.level, default=None)

    @property
    def spread(self) -> Decimal | None:
        """Between the site's own score and the deciding one."""
        own = self.rounds.get(RoundLevel.SELF)
        if own is None or not own.is_submitted or self.deciding is own:
            return None
        return self.deciding.total - own.total

    @property
    def mark(self) -> Mark:
        if self.is_vetoed:
            return Mark("不通过（一票否决）", "bad")
        if self.deciding is None:
            return Mark("未评", "idle")
        return Mark(self.deciding.grade or "无等次", "bad" if self.deciding.is_lowest else "ok")


def standings(sites: Iterable[ProjectSite]) -> list[Standing]:
    """In the order of the sites; four queries."""
    found = {site.pk: Standing(site, {}) for site in sites}
    for pk in VetoFinding.objects.confirmed().filter(site__in=found).values_list("site", flat=True):
        found[pk].is_vetoed = True
    for each in ScoreRound.objects.filter(site__in=found).prefetch_related("rubric__grades").order_by("number"):
        held = found[each.site_id].rounds.get(each.level)
        if held is None or each.is_submitted or not held.is_submitted:
            found[each.site_id].rounds[each.level] = each
    return list(found.values())
