"""验收结果和名次: every approved site of a programme with what it came to, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from assessments.models import Acceptance, Conclusion, ScoreRound, VetoFinding
from assessments.models.acceptance import TAG_OF
from projects.models import Programme, ProjectSite
from projects.states import Mark


@dataclass
class Result:
    """Of one site; ranked are those that passed, by the highest level's score. `conclusion` is that of the acceptance,
    `verdict` what the site is told: a confirmed veto fails it, whatever was concluded before."""

    site_id: int
    kind_id: int
    total: Decimal | None = None
    grade: str = ""
    conclusion: str = ""
    is_vetoed: bool = False
    rank: int | None = None
    rank_in_kind: int | None = None
    site: ProjectSite | None = None

    @property
    def verdict(self) -> str:
        return Conclusion.FAILED if self.is_vetoed else self.conclusion

    @property
    def is_concluded(self) -> bool:
        return bool(self.conclusion)

    @property
    def mark(self) -> Mark:
        if not self.verdict:
            return Mark("未作结论", "idle")
        return Mark(Conclusion(self.verdict).label, TAG_OF[self.verdict])


def results(programme: Programme) -> list[Result]:
    """Those that passed by rank, then the other ones: 限期整改, 不通过, not yet concluded. Four queries."""
    sites = ProjectSite.objects.approved().filter(programme=programme).by_county()
    found = {pk: Result(pk, kind) for pk, kind in sites.values_list("pk", "creation_type_id")}
    _put_scores(programme, found)
    _put_conclusions(programme, found)
    _put_vetoes(programme, found)
    rows = list(found.values())
    _rank(rows)
    return sorted(rows, key=_place)


PLACES = {Conclusion.PASSED: 0, Conclusion.RECTIFY: 1, Conclusion.FAILED: 2, "": 3}


def _place(row: Result) -> tuple:
    return (PLACES[row.verdict], row.rank or 0, -(row.total or 0))


def _put_scores(programme: Programme, found: dict[int, Result]) -> None:
    """By the newest submitted round of the highest level."""
    rounds = ScoreRound.objects.submitted().filter(site__programme=programme)
    highest = rounds.order_by("site_id", "-level", "-number").distinct("site_id")
    for pk, total, grade in highest.values_list("site_id", "total", "grade"):
        if pk in found:
            found[pk].total, found[pk].grade = total, grade


def _put_conclusions(programme: Programme, found: dict[int, Result]) -> None:
    last = Acceptance.objects.concluded().filter(site__programme=programme)
    last = last.order_by("site_id", "-number").distinct("site_id")
    for pk, conclusion in last.values_list("site_id", "conclusion"):
        if pk in found:
            found[pk].conclusion = conclusion


def _put_vetoes(programme: Programme, found: dict[int, Result]) -> None:
    for pk in VetoFinding.objects.confirmed().filter(site__programme=programme).values_list("site", flat=True):
        if pk in found:
            found[pk].is_vetoed = True


def _rank(rows: list[Result]) -> None:
    passed = [row for row in rows if row.verdict == Conclusion.PASSED]
    for row, rank in zip(passed, ranks([row.total for row in passed]), strict=True):
        row.rank = rank
    for kind in {row.kind_id for row in passed}:
        same = [row for row in passed if row.kind_id == kind]
        for row, rank in zip(same, ranks([each.total for each in same]), strict=True):
            row.rank_in_kind = rank


def ranks(totals: Iterable[Decimal]) -> list[int]:
    """In the order given; the same score has the same rank, and the next rank skips: 90, 90, 80 are 1, 1, 3."""
    totals = list(totals)
    place: dict[Decimal, int] = {}
    for position, total in enumerate(sorted(totals, reverse=True), 1):
        place.setdefault(total, position)
    return [place[total] for total in totals]


def with_sites(rows: Iterable[Result]) -> list[Result]:
    """The rows with their sites; one query."""
    rows = list(rows)
    sites = ProjectSite.objects.select_related("creation_type").in_bulk([row.site_id for row in rows])
    for row in rows:
        row.site = sites[row.site_id]
    return rows
