"""The national list by `import_divisions`, against a plain COPY of the same rows into the same table.

    python benchmarks/national_import.py FILE [--rounds 3]

Works in a temporary database of its own on the server of DATABASE_URL and drops it afterwards. Both sides begin with
an empty table with all its indexes and foreign keys, and both are timed until the commit. Trust the ratio, not the
seconds.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fedwork.settings")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from organizations.division_import import import_divisions  # noqa: E402
from organizations.models import Organization  # noqa: E402

TABLE = Organization._meta.db_table


def seconds(work: Callable) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def copy_out() -> list[bytes]:
    with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} TO STDOUT") as copy:
        return [bytes(block) for block in copy]


@transaction.atomic
def copy_in(blocks: list[bytes]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} FROM STDIN") as copy:
        for block in blocks:
            copy.write(block)


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLE} CASCADE")


def measure(file: Path, rounds: int) -> None:
    today, ratios = timezone.localdate(), []
    for number in range(1, rounds + 1):
        empty()
        imported = seconds(lambda: import_divisions(file, valid_on=today))
        blocks = copy_out()
        empty()
        copied = seconds(lambda blocks=blocks: copy_in(blocks))
        ratios.append(imported / copied)
        print(
            f"第 {number} 轮：{Organization.objects.count()} 行，导入 {imported:.1f} 秒，"
            f"单纯 COPY {copied:.1f} 秒，比值 {ratios[-1]:.2f}"
        )
    again = seconds(lambda: import_divisions(file, valid_on=today))
    print(f"比值中位数 {statistics.median(ratios):.2f}；同一名单再导入一次（没有变化）{again:.1f} 秒")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"{name}_benchmark"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        measure(options.file, options.rounds)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
