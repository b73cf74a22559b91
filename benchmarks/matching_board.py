"""The board of what has arrived, the reconciliation, and form 3.2 over ten thousand sites.

    python benchmarks/matching_board.py [--sites 10000] [--rounds 5]

Works in a temporary database of its own on the server of DATABASE_URL and drops it afterwards. A hundred counties; each
site has ten entries (promised by three sources, issued, sent, three arrivals, two of spending, one of them reversed) and
a line of the issued table.
"""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fedwork.settings")

import django

django.setup()

from collections.abc import Iterator  # noqa: E402
from decimal import Decimal  # noqa: E402

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from benchmarks.lights import LAUNCH, NOON, make_sites, make_tree, measured  # noqa: E402
from fedwork import clock  # noqa: E402
from funding.models import AllocationLine, AllocationTable, LedgerEntry, SpendingPurpose  # noqa: E402
from funding.states import TableStatus  # noqa: E402
from organizations.models import Role  # noqa: E402
from projects.models import Programme, ProjectSite  # noqa: E402
from tests import factories  # noqa: E402

DECISION = {"decision_meeting": "党组会议", "decided_on": LAUNCH.date(), "attendees": "主席、副主席"}


def entries_of(site: ProjectSite, table: AllocationTable, purpose: SpendingPurpose, *, by) -> Iterator[LedgerEntry]:
    def entry(kind: str, source: str, amount: int, **fields) -> LedgerEntry:
        known = {
            "happened_on": LAUNCH.date(),
            "recorded_at": LAUNCH,
            "recorded_by": by,
            "voucher_number": f"凭{site.pk}",
        }
        return LedgerEntry(site=site, kind=kind, source=source, amount=Decimal(amount), **known | fields)

    share = site.pk * 37 % 9_000 + 1_000
    yield from (entry("committed", source, 10_000) for source in ["county", "township", "village"])
    yield entry("issued", "province", 30_000, table=table)
    yield entry("disbursed", "province", 30_000)
    yield entry("arrived", "province", 30_000)
    yield from (entry("arrived", source, share) for source in ["county", "township"])
    yield from (entry("spent", "province", amount, purpose=purpose) for amount in [8_000, 5_000])


def make_money(programme: Programme, sites: list[ProjectSite], *, by) -> None:
    table = AllocationTable.objects.create(
        programme=programme,
        number=1,
        title="示例",
        unit_name="示例",
        created_by=by,
        matching_floor=10_000,
        matching_ratio=1,
    )
    AllocationLine.objects.bulk_create(
        (
            AllocationLine(
                table=table,
                site=site,
                position=number,
                organization_path="/",
                county_name=site.county_name,
                province=30_000,
            )
            for number, site in enumerate(sites, 1)
        ),
        batch_size=5000,
    )
    issued = {"status": TableStatus.ISSUED, "document_number": "示例", "issued_on": LAUNCH.date(), "issued_at": LAUNCH}
    AllocationTable.objects.update(**issued, **DECISION)
    purpose = SpendingPurpose.objects.first() or SpendingPurpose.objects.create(name="培训")
    entries = (entry for site in sites for entry in entries_of(site, table, purpose, by=by))
    LedgerEntry.objects.bulk_create(entries, batch_size=5000)


def measure(sites: int, rounds: int) -> None:
    city, counties, villages = make_tree(sites)
    by = factories.user("city", role=Role.CITY_STAFF, organization=city)
    client = Client()
    client.force_login(factories.user("leader", role=Role.LEADER, organization=city))
    programme = factories.programme(city)
    make_money(programme, make_sites(programme, villages), by=by)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    board, county = reverse("funding:board"), f"?county={counties[0].pk}"
    measured(f"{sites} 个项目点的到位情况（各县）", lambda: client.get(board), rounds)
    measured("同上，与一天比", lambda: client.get(f"{board}?since=2026-06-30"), rounds)
    measured("只看未达最低数的项目点", lambda: client.get(f"{board}?show=is_below_floor"), rounds)
    measured("一个县", lambda: client.get(board + county), rounds)
    measured("一个数由哪些笔组成", lambda: client.get(f"{reverse('funding:figure')}?figure=arrived"), rounds)
    measured(f"{sites} 个项目点的对账", lambda: client.get(reverse("funding:reconciliation")), rounds)
    measured("一个县的对账", lambda: client.get(reverse("funding:reconciliation") + county), rounds)
    measured("一个县的到位情况表（Excel）", lambda: client.get(reverse("funding:board_excel") + county), 1)
    measured(f"{sites} 个项目点的到位情况表（Excel）", lambda: client.get(reverse("funding:board_excel")), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"{name}_benchmark"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with clock.set_to(NOON):
            measure(options.sites, options.rounds)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
