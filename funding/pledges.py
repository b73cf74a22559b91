"""What the sources have promised, read from the ledger. Decimal yuan; in-kind help isn't money and isn't in it."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from funding.models import LedgerEntry
from funding.states import EntryKind, FundSource, MatchingSource
from projects.models import ProjectSite


def pledge_entries():
    sources = MatchingSource.values
    return LedgerEntry.objects.filter(kind=EntryKind.COMMITTED, is_in_kind=False, source__in=sources)


def pledges(sites: Iterable[ProjectSite]) -> dict[int, dict[FundSource, Decimal]]:
    """By site's id and source, those above zero. One query."""
    found: dict[int, dict[FundSource, Decimal]] = defaultdict(dict)
    for row in pledge_entries().filter(site__in=sites).totals("site_id", "source"):
        if row["total"]:
            found[row["site_id"]][FundSource(row["source"])] = row["total"]
    return found


def pledged_of(programme: OuterRef, user) -> Subquery:
    """What was promised to the programme's sites in the user's part, for an annotation."""
    entries = pledge_entries().visible_to(user).filter(site__programme=programme)
    return Subquery(entries.totals("site__programme").values("total"))
