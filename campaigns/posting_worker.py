"""One clerk of test_ledger_killed: posts entries, whatever happens to the database, and writes down what was confirmed.

    python campaigns/posting_worker.py DATABASE_URL FOLDER NUMBER SITE

Runs until FOLDER/stop is there. A line of FOLDER/<number>.log is written to the disk only after the ledger has answered;
what broke on the way is sent again under the same key, as a page does.
"""

import os
import sys
import time
import uuid
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DATABASE_URL"] = sys.argv[1]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fedwork.settings")

import django

django.setup()

from django.db import InterfaceError, OperationalError, close_old_connections, connection  # noqa: E402

from fedwork import clock  # noqa: E402
from funding import actions  # noqa: E402
from funding.states import EntryKind, FundSource  # noqa: E402
from organizations.models import Role, User  # noqa: E402
from projects.models import ProjectSite  # noqa: E402

FOLDER, NUMBER, SITE = Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
AMOUNT = Decimal("1.25")


def post(key: uuid.UUID, voucher: str) -> None:
    site = ProjectSite.objects.get(pk=SITE)
    by = User.objects.get(role=Role.COUNTY_REVIEWER)
    posting = actions.Posting(site, EntryKind.ARRIVED, FundSource.COUNTY, AMOUNT, clock.today(), voucher, key=key)
    actions.post_entry(posting, by=by)


def insist(key: uuid.UUID, voucher: str) -> int:
    """Until the ledger answers; how often it was sent."""
    attempts = 0
    while True:
        attempts += 1
        try:
            post(key, voucher)
            return attempts
        except (OperationalError, InterfaceError):  # killed, starting up, or gone
            connection.close()
            time.sleep(0.05)


def main() -> None:
    with (FOLDER / f"{NUMBER}.log").open("a") as log:
        count = 0
        while not (FOLDER / "stop").exists():
            count += 1
            key = uuid.uuid4()
            attempts = insist(key, f"{NUMBER}-{count}")
            if attempts == 1 and count % 5 == 0:
                insist(key, f"{NUMBER}-{count}")  # a second click on what was answered
            log.write(f"{key} {attempts}\n")
            log.flush()
            os.fsync(log.fileno())
    close_old_connections()


if __name__ == "__main__":
    main()
