"""What the ledger holds beside promises, arrivals and claims: receipts that were scanned, and a reallocation on paper."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial

from django.utils import timezone

from demo.claims import picture
from demo.days import working_day
from demo.figures import matching_arrivals
from demo.funding import pledges
from demo.people import Cast
from demo.programme import CURRENT_MONTH
from fedwork import clock
from funding import actions
from funding.models import LedgerEntry
from funding.states import EntryKind, FundSource
from organizations.models import Role
from projects.models import ProjectSite

Event = tuple[datetime, Callable[[], None]]
SCANNED, MOVED = 12, Decimal(3_000)


def ledger_events(sites: list[ProjectSite], cast: Cast) -> Iterator[Event]:
    """Two working days ago the city moves money; yesterday the counties scan their latest receipts."""
    yield _at(working_day(clock.today(), -2), time(15, 20)), partial(_reallocate, sites, cast)
    yield _at(working_day(clock.today(), -1), time(16, 10)), partial(_scan_receipts, cast)


def _reallocate(sites: list[ProjectSite], cast: Cast) -> None:
    """Of what was promised and will not come within the demo, so that no arrival stands in its way."""
    giver, source = next(_with_some_left(sites))
    today = clock.today()
    actions.reallocate(
        source,
        MOVED,
        giver=giver,
        taker=next(site for site in reversed(sites) if site != giver),
        document_number=f"合妇〔{today.year}〕31号",
        decided_on=today,
        reason="按建设进度调剂，先保证已经开工的项目点",
        by=cast.city_staff()[0],
    )


def _with_some_left(sites: list[ProjectSite]) -> Iterator[tuple[ProjectSite, FundSource]]:
    for number, (site, pledged) in enumerate(zip(sites, pledges(), strict=True), 1):
        for month, source, amount in matching_arrivals(number, pledged):
            if month > CURRENT_MONTH and amount > MOVED:
                yield site, FundSource(source.value)


def _scan_receipts(cast: Cast) -> None:
    arrivals = LedgerEntry.objects.filter(kind=EntryKind.ARRIVED).select_related("site__organization")
    for entry in arrivals.order_by("-happened_on", "-pk")[:SCANNED]:
        by = cast.at(entry.site.organization, Role.COUNTY_REVIEWER)
        actions.add_entry_file(entry, by=by, received=picture(entry.voucher_number.removeprefix("到账")))


def _at(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))
