"""The money of a monthly report, counted in the ledger. Registered by funding/apps.py."""

from collections.abc import Iterable
from datetime import date

from dateutil.relativedelta import relativedelta
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.http import urlencode

from funding.models import LedgerEntry
from funding.states import MATCHING, OF_PROGRAMME, EntryKind, FundSource
from projects.counting import NOTHING, Counted, Lookup, Tally, register
from projects.models import Measure, MonthlyReport

COUNTED = {
    Measure.Source.PROGRAMME_ARRIVED: (EntryKind.ARRIVED, OF_PROGRAMME),
    Measure.Source.MATCHING_ARRIVED: (EntryKind.ARRIVED, MATCHING),
    Measure.Source.SPENT: (EntryKind.SPENT, [*FundSource]),
}


def count_entries(reports: set[MonthlyReport], sources: set[str]) -> Lookup:
    """Cash by the day on which it moved, in yuan; what was taken back counts on the day of its reversal. One query."""
    found: dict[tuple[int, date, str], Counted] = {}
    for row in _sums({report.site_id for report in reports}, {report.month for report in reports}):
        for source, (kind, of) in COUNTED.items():
            if (row["kind"], row["source"] in of) == (kind, True):
                place = row["site_id"], row["month"], source.value
                value, records = found.get(place, NOTHING)
                found[place] = Counted(value + row["total"], records + row["records"])
    return lambda report, measure: found.get((report.site_id, report.month, measure.source), NOTHING)


def _sums(sites: set[int], months: Iterable[date]):
    first, last = min(months), max(months) + relativedelta(day=31)
    entries = LedgerEntry.objects.filter(
        site__in=sites,
        kind__in=[EntryKind.ARRIVED, EntryKind.SPENT],
        is_in_kind=False,
        happened_on__range=(first, last),
    )
    entries = entries.annotate(month=TruncMonth("happened_on"))
    return entries.totals("site_id", "month", "source").annotate(records=Count("pk"))


def _in_book(report: MonthlyReport, source: str) -> str:
    """The book of the site, with the kind of entry and the month chosen."""
    chosen = {"kind": COUNTED[source][0].value, "first": report.month, "last": report.month_end}
    return f"{reverse('funding:site_book', args=[report.site_id])}?{urlencode(chosen)}"


register(Tally(frozenset(source.value for source in COUNTED), "笔台账", count_entries, _in_book))
