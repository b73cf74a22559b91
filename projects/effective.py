"""Effective figures: what was accepted, plus the corrections, as known at a moment.

An accepted report never changes again; a correction is a row of its own. So what was known at a moment in the past can
be told at any later time, and comes out the same: a figure counts when its report was accepted by then, a correction
when it was made by then. Take the moment of a month's close, or the end of a day that is over: of the present moment
somebody may be writing just now.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db.models import F, QuerySet, Sum

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
    keys, sums = [f"report__{name}" for name in by], {}
    for rows in amounts(reports.known_at(moment).order_by(), moment=moment):
        for row in rows.values(*keys, "measure").annotate(total=Sum("amount")):
            key = (*(row[name] for name in keys), row["measure"])
            sums[key] = sums.get(key, Decimal(0)) + row["total"]
    return sums


def amounts(reports, *, moment: datetime) -> tuple[QuerySet, QuerySet]:
    """What adds up to the effective figures of `reports`: rows of (report, measure, `amount`) as they were reported,
    and as they were corrected by the moment."""
    reported = ReportFigure.objects.filter(report__in=reports).annotate(amount=F("value"))
    corrected = FigureCorrection.objects.filter(report__in=reports).known_at(moment)
    return reported.order_by(), corrected.annotate(amount=F("after") - F("before")).order_by()


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
