"""失分分析: where points are lost, by criterion, county and creation type. Counted by the database, whatever the number of
sites: four queries."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from assessments.models import RoundLevel, Score, ScoreRound
from assessments.models.rubric import FULL

BY_CRITERION = "考核内容"


@dataclass(frozen=True)
class Loss:
    """`lost` of `most` points at `sites` sites, of which `losing` lost something."""

    label: str
    group: str
    lost: Decimal
    most: Decimal
    sites: int
    losing: int

    @property
    def percent(self) -> Decimal:
        """失分率, to a tenth."""
        return (100 * self.lost / self.most).quantize(Decimal("0.1")) if self.most else Decimal(0)

    @property
    def each(self) -> Decimal:
        """Lost per site."""
        return (self.lost / self.sites).quantize(Decimal("0.01")) if self.sites else Decimal(0)

    @property
    def bar(self) -> int:
        return round(self.percent)


@dataclass(frozen=True)
class Losses:
    criteria: list[Loss]
    counties: list[Loss]
    kinds: list[Loss]
    rounds: int

    @property
    def tables(self) -> list[tuple[str, str, list[Loss]]]:
        """(heading, what a row is, rows)"""
        return [
            ("按考核内容", BY_CRITERION, self.criteria),
            ("按县（市、区）", "县（市、区）", self.counties),
            ("按创建类型", "创建类型", self.kinds),
        ]


def losses(sites: QuerySet, level: int | None = None) -> Losses:
    """By the newest submitted round of `level`, or of the highest level that scored. Four queries."""
    levels = [level] if level else [each for each in RoundLevel if each != RoundLevel.PROVINCE]
    rounds = ScoreRound.objects.submitted().filter(site__in=sites.order_by().values("pk"), level__in=levels)
    newest = rounds.order_by("site_id", "-level", "-number").distinct("site_id")
    base = F("total") - Coalesce("bonus", Decimal(0))  # 附加分 makes up for no lost point
    told = {pk: row for pk, *row in newest.values_list("pk", base, "site__county_name", "site__creation_type__name")}
    scores = Score.objects.filter(round__in=list(told)).order_by()
    sums = _of_rounds({pk: points for pk, (points, *_) in told.items()}, scores)
    return Losses(
        _sorted(_of_criteria(scores)),
        _sorted(_gathered((county or "市直", *sums[pk]) for pk, (_, county, _) in told.items())),
        _sorted(_gathered((kind, *sums[pk]) for pk, (_, _, kind) in told.items())),
        len(told),
    )


def _of_rounds(given: dict[int, Decimal], scores: QuerySet) -> dict[int, tuple[Decimal, Decimal]]:
    """(lost, most) of each. Where all criteria apply, they say what the points in sum say; of the few other rounds the
    scores are added up: their points are out of less than it seems."""
    found = {pk: (FULL - points, FULL) for pk, points in given.items()}
    partly = scores.filter(is_inapplicable=True).values_list("round", flat=True)
    sums = _summed(scores.applying().filter(round__in=set(partly)).values_list("round"))
    return found | {pk: (lost, most) for pk, lost, most in sums}


def _summed(rows: QuerySet) -> QuerySet:
    return rows.annotate(lost=Sum(F("criterion__points") - F("points")), most=Sum("criterion__points"))


def _of_criteria(scores: QuerySet) -> Iterator[Loss]:
    """A rubric has each code once in a section, and a round each criterion once: rows are sites."""
    codes = {"group": F("criterion__section__name"), "code": F("criterion__code")}
    is_losing = Q(points__lt=F("criterion__points"))
    rows = _summed(scores.applying().values(**codes)).annotate(
        words=Min("criterion__content"), sites=Count("pk"), losing=Count("pk", filter=is_losing)
    )
    for row in rows:
        yield Loss(f"{row['code']} {row['words']}", row["group"], row["lost"], row["most"], row["sites"], row["losing"])


def _gathered(rounds: Iterable[tuple[str, Decimal, Decimal]]) -> Iterator[Loss]:
    """Of (label, lost, most) of each round."""
    found: dict[str, list] = {}
    for label, lost, most in rounds:
        sums = found.setdefault(label, [Decimal(0), Decimal(0), 0, 0])
        for place, part in enumerate([lost, most, 1, int(lost > 0)]):
            sums[place] += part
    return (Loss(label, "", *sums) for label, sums in found.items())


def _sorted(rows: Iterable[Loss]) -> list[Loss]:
    return sorted(rows, key=lambda row: (-row.percent, row.label))
