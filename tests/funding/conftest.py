"""Approved sites with commitments, and tables made from them by the app's own actions."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from fedwork import clock
from funding import actions
from funding.models import AllocationTable
from funding.states import MatchingSource
from organizations.models import Level
from projects.actions import approve_site
from tests import factories

DEMO = Path(__file__).with_name("demo_sites.csv")


def pledge(site, *amounts: int, by):
    """The four sources in their order, yuan."""
    pairs = zip(MatchingSource, amounts, strict=True)
    actions.set_commitments(site, {source: Decimal(amount) for source, amount in pairs}, by=by)


def approved_site(programme, village, *amounts: int, by):
    site = approve_site(factories.site(programme, village), by=by)
    pledge(site, *amounts, by=by)
    return site


def issue(table, *, by, **fields) -> AllocationTable:
    fields = {"document_number": "合妇〔2026〕12号", "issued_on": clock.today(), "reason": ""} | fields
    return actions.issue_allocation_table(table, by=by, **fields)


@pytest.fixture
def sites(tree, programme, city_staff):
    """One above 1:1, one below 1:1 in another township, one exactly on the floor in the other county."""
    return [
        approved_site(programme, tree.village, 20000, 20000, 10000, 5000, by=city_staff),
        approved_site(programme, tree.other_village, 10000, 5000, 3000, 0, by=city_staff),
        approved_site(programme, tree.far_village, 5000, 5000, 0, 0, by=city_staff),
    ]


@pytest.fixture
def draft(sites, programme, city_staff):
    return actions.draft_allocation_table(programme, by=city_staff)


@pytest.fixture
def issued(draft, city_staff):
    return issue(draft, by=city_staff)


@pytest.fixture
def demo(tree, programme, city_staff):
    """A programme of the 19 sites of the demo data."""
    programme.sites.all().delete()
    nodes = {tree.county.name: tree.county, tree.other_county.name: tree.other_county}
    kinds = {kind.name: kind for kind in programme.creation_types.all()}
    with DEMO.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            village = _village(row, nodes, tree.city)
            fields = {"creation_type": kinds[row["creation_type"]], "name": row["site_name"]}
            site = approve_site(factories.site(programme, village, **fields), by=city_staff)
            pledge(site, *[row[f"{source}_match"] for source in MatchingSource.values], by=city_staff)
    return programme


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
