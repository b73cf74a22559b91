"""失分分析: where points are lost, by criterion, county and creation type. Counted by the database, whatever the number of
sites: one query each."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Min, Q, QuerySet, Sum

from assessments.models import RoundLevel, Score, ScoreRound

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
    newest = rounds.order_by("site_id", "-level", "-number").distinct("site_id").values("pk")
    scores = Score.objects.filter(round__in=list(newest.values_list("pk", flat=True)))
    scores = scores.filter(is_inapplicable=False, points__isnull=False).order_by()
    codes = {"group": F("criterion__section__name"), "code": F("criterion__code")}
    criteria = _summed(scores.values(**codes).annotate(words=Min("criterion__content")))
    return Losses(
        _sorted(_loss(row, f"{row['code']} {row['words']}", row["group"]) for row in criteria),
        _sorted(_of(scores, "round__site__county_name", "市直")),
        _sorted(_of(scores, "round__site__creation_type__name", "")),
        newest.count(),
    )


def _summed(rows: QuerySet) -> QuerySet:
    return rows.annotate(
        lost=Sum(F("criterion__points") - F("points")),
        most=Sum("criterion__points"),
        sites=Count("round", distinct=True),
        losing=Count("round", distinct=True, filter=Q(points__lt=F("criterion__points"))),
    )


def _of(scores: QuerySet, place: str, without: str) -> Iterable[Loss]:
    return [_loss(row, row["label"] or without, "") for row in _summed(scores.values(label=F(place)))]


def _loss(row: dict, label: str, group: str) -> Loss:
    return Loss(label, group, row["lost"], row["most"], row["sites"], row["losing"])


def _sorted(rows: Iterable[Loss]) -> list[Loss]:
    return sorted(rows, key=lambda row: (-row.percent, row.label))
