"""Clerks post to the ledger from several processes while the database server is killed with -9 and started again: what
was confirmed is there, nothing is there twice, and the ledger's rules hold.

A server of its own, on data of its own, with fsync on as in production; the tests' server is left alone. KILLS=5.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psycopg
import pytest

from fedwork.embedded_postgres import _environment, _tool, _unprivileged

KILLS = int(os.environ.get("KILLS", "5"))
CLERKS = 4
ROOT = Path(__file__).resolve().parent.parent


class Server:
    """PostgreSQL on a socket in `folder`, killed and started at will."""

    def __init__(self, folder: Path):
        self.folder, self.data, self.process = folder, folder / "data", None
        self.url = f"postgresql://postgres:@/postgres?host={folder}"
        initdb = [_tool("initdb"), "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
        self.run([*initdb, "--locale-provider=builtin", "--builtin-locale=C.UTF-8"])

    def run(self, command: list[str]) -> None:
        command = _unprivileged(self.data) + command
        subprocess.run(command, env=_environment(), check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        command = [_tool("postgres"), "-D", str(self.data), "-k", str(self.folder), "-c", "listen_addresses="]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                _unprivileged(self.data) + command, env=_environment(), stderr=log, start_new_session=True
            )
        self.wait()

    def wait(self) -> None:
        for _ in range(600):
            try:
                with psycopg.connect(self.url, connect_timeout=2) as there:
                    assert there.execute("SHOW fsync").fetchone() == ("on",)
                return
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def kill(self) -> None:
        """-9 to the server and all its own processes: none may write a last word. They form groups of their own."""
        for pid in [self.process.pid, *self.children()]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()

    def children(self) -> list[int]:
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in found.split()]


@pytest.fixture
def server() -> Iterator[Server]:
    # Short, because a socket's path may have 107 bytes only; open to the account that runs the server.
    folder = Path(tempfile.mkdtemp(prefix="kill-", dir="/tmp"))
    folder.chmod(0o777)
    made = Server(folder)
    made.start()
    yield made
    made.kill()
    shutil.rmtree(folder)


@pytest.fixture
def clerks(server, tmp_path) -> Iterator["Clerks"]:
    """Processes at work on three sites."""
    run(server, "migrate", "-v0")
    sites = [int(pk) for pk in run(server, "shell", "-v0", "-c", PREPARE).split()]
    script = [sys.executable, str(ROOT / "campaigns/posting_worker.py"), server.url, str(tmp_path)]
    working = [subprocess.Popen([*script, str(n), str(sites[n % len(sites)])]) for n in range(CLERKS)]
    yield Clerks(tmp_path, working)
    for process in working:
        process.kill()
        process.wait()


PREPARE = """
from decimal import Decimal
from funding.actions import set_commitments
from organizations.models import Level, Role
from projects.actions import approve_site
from tests import factories
province = factories.organization("示例省", level=Level.PROVINCE)
city = factories.organization("示例市", level=Level.CITY, parent=province)
county = factories.organization("示例县", level=Level.COUNTY, parent=city)
township = factories.organization("示例镇", level=Level.TOWNSHIP, parent=county)
staff = factories.user("staff", role=Role.CITY_STAFF, organization=city)
factories.user("county", role=Role.COUNTY_REVIEWER, organization=county)
programme = factories.programme(city)
for number in range(3):
    village = factories.organization(f"示例{number}村", level=Level.VILLAGE, parent=township)
    site = approve_site(factories.site(programme, village), by=staff)
    set_commitments(site, {"county": Decimal(10_000_000)}, by=staff)
    print(site.pk)
"""


def run(server: Server, *command: str) -> str:
    env = os.environ | {"DATABASE_URL": server.url, "MODE": "test"}
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclass
class Clerks:
    folder: Path  # of their notes
    working: list[subprocess.Popen]

    def notes(self) -> dict[str, int]:
        """How often each confirmed entry was sent, by its key."""
        lines = [line.split() for log in self.folder.glob("*.log") for line in log.read_text().splitlines()]
        return {key: int(attempts) for key, attempts in lines}

    def go_on(self) -> None:
        """Waits until some more is confirmed."""
        before = len(self.notes())
        wait_for(lambda: len(self.notes()) > before + CLERKS)

    def finish(self) -> dict[str, int]:
        """Each ends what it has begun."""
        (self.folder / "stop").touch()
        assert [process.wait(timeout=60) for process in self.working] == [0] * CLERKS
        return self.notes()


def wait_for(condition, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_what_was_confirmed_is_there_once(server, clerks):
    rng = Random(7)
    for _ in range(KILLS):
        clerks.go_on()
        time.sleep(rng.random())
        server.kill()
        time.sleep(rng.random() / 2)
        server.start()
    clerks.go_on()
    confirmed = clerks.finish()
    with psycopg.connect(server.url) as there:
        posted = there.execute(
            "SELECT key::text, count(*) FROM funding_ledgerentry WHERE kind = 'arrived' GROUP BY key"
        )
        counts = dict(posted.fetchall())
        events = there.execute("SELECT count(*) FROM organizations_auditevent WHERE action = '登记资金'").fetchone()[0]
    again = [attempts for attempts in confirmed.values() if attempts > 1]
    print(f"\n杀了 {KILLS} 次；确认 {len(confirmed)} 笔，账上 {len(counts)} 笔，断过以后重发成功 {len(again)} 笔")
    assert confirmed.keys() - counts.keys() == set()  # nothing confirmed is lost
    assert set(counts.values()) == {1}  # nothing is there twice
    assert len(counts) == len(confirmed) == events  # nothing unconfirmed is left over, each has its audit row
    assert again  # there was something to lose
    run(server, "check_ledger")
