"""Commitments by source, and the first allocation table."""

from decimal import Decimal

from demo.files import read_rows
from funding.models import MatchingCommitment
from funding.states import MatchingSource
from organizations.models import AuditEvent
from projects.models import Programme, ProjectSite


def pledges() -> list[dict[MatchingSource, Decimal]]:
    """What each source promised each site, yuan, in the order of demo_sites.csv."""
    return [
        {source: Decimal(row[f"{source}_match"]) for source in MatchingSource if row[f"{source}_match"] != "0"}
        for row in read_rows("demo_sites")
    ]


def load_commitments(sites: list[ProjectSite], *, by) -> None:
    for site, amounts in zip(sites, pledges(), strict=True):
        MatchingCommitment.objects.bulk_create(
            MatchingCommitment(site=site, source=source, amount=amount) for source, amount in amounts.items()
        )
        AuditEvent.objects.record("修改配套承诺", site, by=by, organization=site.organization)


def issue_table(programme: Programme, *, by) -> None:
    """Version 1 with its document number."""
