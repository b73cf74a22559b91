"""The figures of a monthly report that are counted from the records of its site and month, never typed.

Where they are counted is a `Tally`. Another app registers its own when it is loaded (apps.py), as it does with signals
of lights (docs/adr/0023): `projects` knows the sources by name and imports no ledger.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse

from projects.models import Activity, GuidanceVisit, Measure, MonthlyReport, Publicity, SiteRecord

NUMBERS = [source.value for source in Measure.OF_ACTIVITIES]  # also the names of an activity's fields


class Counted(NamedTuple):
    value: Decimal
    records: int  # from how many it was counted


NOTHING = Counted(Decimal(0), 0)
Lookup = Callable[[MonthlyReport, Measure], Counted]


@dataclass(frozen=True)
class Tally:
    """`count(reports, sources)` looks all of them up in a fixed number of queries; `address(report, source)` is where
    the records are listed, `unit` what they are called."""

    sources: frozenset[str]
    unit: str
    count: Callable[[set[MonthlyReport], set[str]], Lookup]
    address: Callable[[MonthlyReport, str], str]


@dataclass(frozen=True)
class Origin:
    """From how many records a figure was counted, and where they are."""

    records: int
    words: str
    address: str


_tallies: dict[str, Tally] = {}  # by source


def register(tally: Tally) -> None:
    _tallies.update(dict.fromkeys(tally.sources, tally))


def origin(report: MonthlyReport, source: str, records: int) -> Origin:
    """A figure that was frozen keeps its origin even if its measure is typed by now."""
    tally = _tallies.get(source, RECORDS)
    return Origin(records, f"来自 {records} {tally.unit}", tally.address(report, source))


SOURCES_OF = {Activity: set(NUMBERS), Publicity: {Measure.Source.PIECES.value}}


def measures_counting(records: Iterable[SiteRecord], report: MonthlyReport) -> list[Measure]:
    """The measures of the report's programme into which records of these sorts are counted."""
    sources = set().union(*(SOURCES_OF[type(record)] for record in records))
    return [measure for measure in report.site.programme.measures.all() if measure.source in sources]


def counted_figures(
    reports: Iterable[MonthlyReport], measures: dict[int, list[Measure]]
) -> dict[tuple[int, int], Counted]:
    """By ids of report and measure, for the reports that are still open: what was submitted is frozen with them.

    `measures` by programme; the reports come with their site. A query for each sort of record that is counted at all.
    """
    return _count(
        [
            (report, measure)
            for report in reports
            if report.is_editable
            for measure in measures[report.site.programme_id]
            if measure.is_counted
        ]
    )


def counts_of(report: MonthlyReport, measures: Iterable[Measure]) -> dict[int, Counted]:
    """What the records say now, also of a report that was sent; by id of the measure."""
    found = _count([(report, measure) for measure in measures if measure.is_counted])
    return {measure: counted for (_, measure), counted in found.items()}


def _count(wanted: list[tuple[MonthlyReport, Measure]]) -> dict[tuple[int, int], Counted]:
    reports, sources = {report for report, _ in wanted}, {measure.source for _, measure in wanted}
    found: dict[str, Lookup] = {}
    for tally in dict.fromkeys(_tallies[source] for source in sorted(sources)):
        found |= dict.fromkeys(tally.sources, tally.count(reports, sources))
    return {(report.pk, measure.pk): found[measure.source](report, measure) for report, measure in wanted}


def counted_values(report: MonthlyReport, measures: list[Measure]) -> dict[str, Decimal]:
    """The counted figures of one report by key; the report comes with its site, `measures` are its programme's."""
    measures = {report.site.programme_id: measures}
    return {f"figure_{pk}": counted.value for (_, pk), counted in counted_figures([report], measures).items()}


class _Records:
    """Sums by site and month."""

    def __init__(self, reports: set[MonthlyReport], sources: set[str]):
        self.sites = {report.site_id for report in reports}
        self.months = {report.month for report in reports}
        sums = {name: Sum(name) for name in NUMBERS}
        self.activities = self._by_month(Activity, "kind", **sums) if sources & set(NUMBERS) else {}
        self.pieces = self._by_month(Publicity) if Measure.Source.PIECES in sources else {}
        self.visits = self._by_month(GuidanceVisit) if Measure.Source.VISITS in sources else {}

    def _by_month(self, model, *also: str, **sums) -> dict[tuple, dict]:
        records = model.objects.current().filter(site__in=self.sites).in_months(self.months)
        keys = ["site", "month", *also]
        rows = records.order_by().annotate(month=TruncMonth("happened_on")).values(*keys)
        return {tuple(row[key] for key in keys): row for row in rows.annotate(records=Count("pk"), **sums)}

    def of(self, report: MonthlyReport, measure: Measure) -> Counted:
        place = report.site_id, report.month
        if measure.kind_id:
            row = self.activities.get((*place, measure.kind_id))
            return Counted(Decimal(row[measure.source]), row["records"]) if row else NOTHING
        rows = self.pieces if measure.source == Measure.Source.PIECES else self.visits
        records = rows[place]["records"] if place in rows else 0
        return Counted(Decimal(records), records)


def _count_records(reports: set[MonthlyReport], sources: set[str]) -> Lookup:
    return _Records(reports, sources).of


def _month_of_records(report: MonthlyReport, source: str) -> str:
    return reverse("projects:record_month", args=[report.site_id, report.month.year, report.month.month])


RECORDS = Tally(
    frozenset([*NUMBERS, Measure.Source.PIECES, Measure.Source.VISITS]),
    "条工作记录",
    _count_records,
    _month_of_records,
)
register(RECORDS)
