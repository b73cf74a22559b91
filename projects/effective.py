"""Effective figures: what was accepted, plus the corrections, as known at a moment.

An accepted report never changes again; a correction is a row of its own. So what was known at a moment in the past can
be told at any later time, and comes out the same: a figure counts when its report was accepted by then, a correction
when it was made by then. Take the moment of a month's close, or the end of a day that is over: of the present moment
somebody may be writing just now.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Sum

from projects.models import FigureCorrection, ReportFigure


def effective_figures(reports, *by: str, moment: datetime) -> dict[tuple, Decimal]:
    """Sums of the effective figures of `reports` (a queryset of MonthlyReport) as known at `moment`.

    Keys are the values of the lookups `by`, on a report, and then the measure's id:

        effective_figures(reports, "site__county_name", moment=close.closed_at)
        -> {("肥西县", 7): Decimal("36"), ("长丰县", 7): Decimal("12")}
        effective_figures(reports, "pk", moment=now) -> each report's own figures

    Two queries that group in the database, however many sites. What nobody reported has no key; a nil report has none
    unless it was corrected.
    """
    known = reports.known_at(moment).order_by()
    sums = _sums(ReportFigure.objects.filter(report__in=known), by, F("value"))
    corrections = FigureCorrection.objects.filter(report__in=known).known_at(moment)
    for key, change in _sums(corrections, by, F("after") - F("before")).items():
        sums[key] = sums.get(key, Decimal(0)) + change
    return sums


def effective_rows(reports: Iterable[int]) -> list[ReportFigure]:
    """The figures that hold now, of a few reports by their ids; of a report that isn't accepted, what is written in
    it. Two queries. The rows are for reading: their values are not those that are stored."""
    ids = list(reports)
    rows = {(row.report_id, row.measure_id): row for row in ReportFigure.objects.filter(report__in=ids)}
    for made in FigureCorrection.objects.filter(report__in=ids):
        key = made.report_id, made.measure_id
        blank = ReportFigure(report_id=made.report_id, measure_id=made.measure_id, value=Decimal(0))
        rows.setdefault(key, blank).value += made.after - made.before
    return list(rows.values())


def _sums(rows, by: Iterable[str], value) -> dict[tuple, Decimal]:
    keys = [f"report__{name}" for name in by]
    grouped = rows.order_by().values(*keys, "measure").annotate(total=Sum(value))
    return {(*(row[key] for key in keys), row["measure"]): row["total"] for row in grouped}
