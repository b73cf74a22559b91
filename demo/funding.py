"""Commitments by source, and the first allocation table."""

from decimal import Decimal

from demo.days import working_day
from demo.files import read_rows
from fedwork import clock
from funding.actions import IssueTerms, draft_allocation_table, issue_allocation_table, set_commitments
from funding.states import MatchingSource
from projects.models import Programme, ProjectSite


def pledges() -> list[dict[MatchingSource, Decimal]]:
    """What each source promised each site, yuan, in the order of demo_sites.csv."""
    return [
        {source: Decimal(row[f"{source}_match"]) for source in MatchingSource if row[f"{source}_match"] != "0"}
        for row in read_rows("demo_sites")
    ]


def load_commitments(sites: list[ProjectSite], *, by) -> None:
    for site, amounts in zip(sites, pledges(), strict=True):
        set_commitments(site, amounts, by=by)


def issue_table(programme: Programme, *, by) -> None:
    """Version 1 with its document number."""
    table = draft_allocation_table(programme, by=by)
    today = clock.today()
    terms = IssueTerms(
        document_number=f"合妇〔{today.year}〕12号",
        issued_on=today,
        decision_meeting=f"市妇联{today.year}年第6次党组会议",
        decided_on=working_day(today, -1),
        attendees="主席、副主席、办公室主任、发展部部长、财务负责人",
        finance_number=f"合财行〔{today.year}〕8号",
        finance_on=today,
    )
    issue_allocation_table(table, terms, by=by)
