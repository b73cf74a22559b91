"""The ledger under load: posting, the account book of a long site, the register, its export against bare XlsxWriter.

    python benchmarks/ledger.py [--entries 100000] [--posts 400] [--rounds 3]

Works in a temporary database of its own on the server of DATABASE_URL and drops it afterwards. XlsxWriter is no
dependency of ours: where it is not installed (`pip install xlsxwriter`), that row is left out.
"""

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fedwork.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from fedwork import clock  # noqa: E402
from fedwork.excel import write_long_list  # noqa: E402
from funding import actions  # noqa: E402
from funding.models import LedgerEntry  # noqa: E402
from funding.register import RegisterFile  # noqa: E402
from funding.states import EntryKind, FundSource  # noqa: E402
from organizations.models import Level, Role, User  # noqa: E402
from projects.actions import approve_site  # noqa: E402
from projects.models import ProjectSite  # noqa: E402
from tests import factories  # noqa: E402

SITES = 20
ARRIVED = Decimal(900_000_000)


def prepare() -> list[ProjectSite]:
    """A city with twenty sites, each with money promised; the entries are in yuan."""
    province = factories.organization("示例省", level=Level.PROVINCE)
    city = factories.organization("示例市", level=Level.CITY, parent=province)
    county = factories.organization("示例县", level=Level.COUNTY, parent=city)
    township = factories.organization("示例镇", level=Level.TOWNSHIP, parent=county)
    staff = factories.user("staff", role=Role.CITY_STAFF, organization=city)
    programme = factories.programme(city)
    programme.creation_types.update(quota=SITES)
    villages = [factories.organization(f"示例{n}村", level=Level.VILLAGE, parent=township) for n in range(SITES)]
    sites = [approve_site(factories.site(programme, village), by=staff) for village in villages]
    for site in sites:
        actions.set_commitments(site, {FundSource.COUNTY: 9 * ARRIVED}, by=staff)
    return sites


def posting(site: ProjectSite, number: int, amount: Decimal = Decimal(10)) -> actions.Posting:
    voucher = f"到-{number}"
    return actions.Posting(site, EntryKind.ARRIVED, FundSource.COUNTY, amount, clock.today(), voucher, memo="到账")


def post_many(database: dict, pks: list[int], count: int) -> float:
    """In a process of its own; seconds. The connection is made anew in it."""
    connection.settings_dict.update(database)
    connection.close()
    by, sites = User.objects.get(username="staff"), list(ProjectSite.objects.filter(pk__in=pks))
    start = time.perf_counter()
    for number in range(count):
        actions.post_entry(posting(sites[number % len(sites)], number), by=by)
    return time.perf_counter() - start


def rate(processes: int, count: int, pks: list[list[int]]) -> float:
    """Entries a second, over all processes."""
    database = {"NAME": connection.settings_dict["NAME"]}
    connection.close()
    start = time.perf_counter()
    with get_context("spawn").Pool(processes) as pool:
        pool.starmap(post_many, [(database, pks[place], 5) for place in range(processes)])  # they are awake now
        start = time.perf_counter()
        pool.starmap(post_many, [(database, pks[place], count) for place in range(processes)], chunksize=1)
        return processes * count / (time.perf_counter() - start)


def fill(site: ProjectSite, count: int) -> None:
    """Entries past the action, which would take an hour; of the same shape."""
    by, today = User.objects.get(username="staff"), clock.today()
    rows = []
    for number in range(count):
        day = today - timedelta(days=300 * (count - number) // count)
        posted = posting(site, number, Decimal(number % 900 + 1)).entry()
        posted.happened_on, posted.recorded_at, posted.recorded_by, posted.key = day, clock.now(), by, uuid.uuid4()
        rows.append(posted)
    LedgerEntry.objects.bulk_create(rows, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def median(work: Callable, rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def page(client: Client, url: str, rounds: int) -> str:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200, response
    number = len(queries)  # the next request forgets them
    return f"{median(lambda: client.get(url), rounds):.3f} 秒，{number} 次查询"


def export() -> float:
    start = time.perf_counter()
    size = len(write_long_list(RegisterFile(LedgerEntry.objects.all()).paper(place="示例市", scope="全部")))
    print(
        f"  文件 {size / 1e6:.1f} MB，进程内存至多 {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )
    return time.perf_counter() - start


def bare_xlsxwriter(target: Path) -> float | None:
    """The same values, read by the same query and names, by a plain loop: no heading, no style but the two formats."""
    try:
        import xlsxwriter
    except ImportError:
        return None
    start = time.perf_counter()
    file = RegisterFile(LedgerEntry.objects.all())
    getters = [column.getter for column in file.paper(place="", scope="").columns]
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "remove_timezone": True})
    sheet = book.add_worksheet()
    formats = [None] * 16
    formats[1], formats[14] = (book.add_format({"num_format": words}) for words in ["yyyy-mm-dd", "yyyy-mm-dd hh:mm"])
    for number, row in enumerate(file.rows()):
        for place, getter in enumerate(getters):
            sheet.write(number, place, getter(row), formats[place])
    book.close()
    return time.perf_counter() - start


def measure(options) -> None:
    sites = prepare()
    groups = [[site.pk for site in sites[place * 4 : place * 4 + 4]] for place in range(5)]
    for processes in [1, 4]:
        print(f"过账，{processes} 个进程：每秒 {rate(processes, options.posts, groups):.0f} 笔")
    one = [[sites[0].pk]] * 4
    print(f"过账，4 个进程都记同一个项目点：每秒 {rate(4, options.posts // 2, one):.0f} 笔")
    fill(sites[-1], options.entries)
    client = Client()
    client.force_login(User.objects.get(username="staff"))
    book, last = f"/funds/sites/{sites[-1].pk}/", options.entries // 50
    for words, url in [
        ("账簿第一页", book),
        ("账簿最后一页", f"{book}?page={last}"),
        ("账簿按凭证号找", f"{book}?voucher=9999"),
        ("登记簿第一页", "/funds/register/"),
        ("登记簿最后一页", f"/funds/register/?page={last}"),
        ("登记簿筛选", "/funds/register/?kind=arrived&voucher=9999&least=100"),
    ]:
        print(f"{words}：{page(client, url, options.rounds)}")
    ours, bare = [], []
    for _ in range(options.rounds):
        ours.append(export())
        with tempfile.TemporaryDirectory() as folder:
            seconds = bare_xlsxwriter(Path(folder) / "bare.xlsx")
        bare += [seconds] if seconds else []
    print(f"导出 {LedgerEntry.objects.count()} 行：{statistics.median(ours):.1f} 秒")
    if bare:
        print(
            f"单纯 XlsxWriter：{statistics.median(bare):.1f} 秒，比值 {statistics.median(ours) / statistics.median(bare):.2f}"
        )
    start = time.perf_counter()
    call_command("check_ledger")
    print(f"check_ledger：{time.perf_counter() - start:.1f} 秒")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--posts", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"{name}_benchmark"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        measure(options)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
