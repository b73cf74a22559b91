"""Approved sites with commitments, and tables issued, by the apps' own actions."""

from decimal import Decimal

from demo.files import read_rows
from fedwork import clock
from funding import actions
from funding.models import AllocationTable
from funding.pledges import pledges
from funding.states import MatchingSource
from organizations.models import Level
from projects.actions import approve_site
from tests import factories


def pledge(site, *amounts: int, by):
    """The four sources in their order, yuan."""
    pairs = zip(MatchingSource, amounts, strict=True)
    actions.set_commitments(site, {source: Decimal(amount) for source, amount in pairs}, by=by)


def pledged(site, source: str) -> Decimal:
    return pledges([site])[site.pk].get(source, Decimal(0))


def approved_site(programme, village, *amounts: int, by):
    site = approve_site(factories.site(programme, village), by=by)
    pledge(site, *amounts, by=by)
    return site


def issue(table, *, by, **fields) -> AllocationTable:
    today = clock.today()
    said = {"document_number": "合妇〔2026〕12号", "issued_on": today, "decision_meeting": "党组会议"}
    said |= {"decided_on": fields.get("issued_on", today), "attendees": "主席、副主席、发展部部长", "reason": ""}
    return actions.issue_allocation_table(table, actions.IssueTerms(**said | fields), by=by)


def demo_sites(tree, programme, *, by) -> None:
    """The 19 sites of the demo data in `programme`, approved and with their commitments."""
    nodes = {tree.county.name: tree.county, tree.other_county.name: tree.other_county}
    kinds = {kind.name: kind for kind in programme.creation_types.all()}
    for row in read_rows("demo_sites"):
        village = _village(row, nodes, tree.city)
        fields = {"creation_type": kinds[row["creation_type"]], "name": row["site_name"]}
        site = approve_site(factories.site(programme, village, **fields), by=by)
        pledge(site, *[row[f"{source}_match"] for source in MatchingSource.values], by=by)


def _village(row: dict, nodes: dict, city):
    code = row["division_code"]
    if row["county"] not in nodes:
        nodes[row["county"]] = factories.organization(
            row["county"], level=Level.COUNTY, parent=city, code=f"{code[:6]}000000"
        )
    key = code[:9]
    if key not in nodes:
        found = nodes[row["county"]].children.filter(name=row["township"]).first()
        nodes[key] = found or factories.organization(
            row["township"], level=Level.TOWNSHIP, parent=nodes[row["county"]], code=f"{key}000"
        )
    found = nodes[key].children.filter(code=code).first()
    return found or factories.organization(row["village"], level=Level.VILLAGE, parent=nodes[key], code=code)
