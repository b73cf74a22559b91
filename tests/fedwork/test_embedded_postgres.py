"""The embedded server, with real servers in a folder whose name has Chinese characters and a space."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from fedwork import embedded_postgres
from fedwork.embedded_postgres import PROJECT, ServerError, hold, start, stop

WRAPPER = [sys.executable, "-m", "fedwork.embedded_postgres", "run"]
WITHOUT_DATABASE = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("妇联 数据") / "server"


def query(url: str, sql: str):
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None


def sockets(url: str) -> Path:
    return Path(url.split("host=")[1])


def server_pid(folder: Path) -> int:
    return int((folder / "pgdata/postmaster.pid").read_text().splitlines()[0])


def leave_stale_pid(folder: Path, pid: int, *, sockets: str = "/tmp") -> None:
    lines = [str(pid), str(folder / "pgdata"), "1700000000", "5432", sockets, "", "  1234567         1", "ready   "]
    (folder / "pgdata/postmaster.pid").write_text("\n".join(lines) + "\n")


def eventually(condition) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def is_gone(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


@contextmanager
def sleeper():
    process = subprocess.Popen(["sleep", "60"])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def holder(folder: Path, *, prefix: tuple[str, ...] = ()):
    """Another process that holds the server; yields it, the pid of the command under it and the address."""
    command = [*prefix, *WRAPPER, str(folder), "sh", "-c", 'echo $$ "$DATABASE_URL"; exec sleep 60']
    process = subprocess.Popen(command, cwd=PROJECT, env=WITHOUT_DATABASE, stdout=subprocess.PIPE, text=True)
    try:
        pid, url = process.stdout.readline().split()
        yield process, int(pid), url
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def test_speaks_utf8_and_only_through_a_private_socket(folder):
    with hold(folder) as claim:
        assert query(claim.url, "SHOW server_encoding") == "UTF8"
        assert query(claim.url, "SELECT upper('é') || length('妇联')") == "É2"
        assert query(claim.url, "SHOW listen_addresses") == ""
        assert query(claim.url, "SHOW fsync") == "on"
        assert sockets(claim.url).stat().st_mode & 0o777 == 0o700
        assert len(f"{sockets(claim.url)}/.s.PGSQL.5432") <= 107


def test_the_last_of_several_holders_stops_it(folder):
    first, second = start(folder), start(folder)
    pid = server_pid(folder)
    assert first.url == second.url
    stop(first)
    assert query(second.url, "SELECT 1") == 1
    stop(second)
    assert is_gone(pid)
    assert not sockets(second.url).exists()


def test_a_killed_holder_leaves_nothing_running_and_loses_nothing(folder):
    with holder(folder) as (process, command, url):
        query(url, "CREATE TABLE kept AS SELECT 1 AS number")
        server = server_pid(folder)
        process.kill()
        assert eventually(lambda: is_gone(command) and is_gone(server))
    with hold(folder) as claim:
        assert query(claim.url, "SELECT number FROM kept") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_command_then_the_server(folder, number):
    with holder(folder) as (process, command, _):
        server = server_pid(folder)
        process.send_signal(number)
        assert process.wait() == 128 + (signal.SIGTERM if number == signal.SIGHUP else number)
        assert is_gone(command)
        assert is_gone(server)


def test_starts_at_once_after_its_holder_was_killed(folder):
    with holder(folder) as (process, _, _):
        process.kill()
    with hold(folder) as claim:
        assert query(claim.url, "SELECT 1") == 1


def test_a_killed_holder_does_not_stop_the_server_of_another(folder):
    with hold(folder) as claim, holder(folder) as (process, command, url):
        assert url == claim.url
        process.kill()
        assert eventually(lambda: is_gone(command))
        time.sleep(0.3)
        assert query(claim.url, "SELECT 1") == 1


def test_a_killed_server_can_be_started_again(folder):
    with hold(folder) as claim:
        query(claim.url, "CREATE TABLE acknowledged AS SELECT 2 AS number")
        os.kill(server_pid(folder), signal.SIGKILL)
        with hold(folder) as again:
            assert query(again.url, "SELECT number FROM acknowledged") == 2


def test_a_killed_guard_takes_its_server_along(folder):
    with hold(folder) as claim:
        server = server_pid(folder)
        guard = int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(guard, signal.SIGKILL)
        assert eventually(lambda: is_gone(server))
        sockets(claim.url).rmdir()
        with hold(folder) as again:
            assert query(again.url, "SELECT 1") == 1


def test_a_stale_pid_neither_blocks_the_start_nor_harms_the_process_that_has_it_now(folder):
    with sleeper() as foreign:
        leave_stale_pid(folder, foreign.pid)
        with hold(folder) as claim:
            assert query(claim.url, "SELECT 1") == 1
        assert foreign.poll() is None


def test_a_stale_pid_of_another_postgres_is_not_mistaken_for_ours(folder, tmp_path):
    with hold(tmp_path / "other") as other:
        leave_stale_pid(folder, server_pid(tmp_path / "other"), sockets=str(sockets(other.url)))
        with hold(folder) as claim:
            assert claim.url != other.url
            assert query(claim.url, "SHOW data_directory") == str(folder / "pgdata")
        assert query(other.url, "SELECT 1") == 1


def test_a_server_started_by_hand_is_left_alone(folder, tmp_path):
    data = folder / "pgdata"
    by_hand = [*embedded_postgres._unprivileged(data), embedded_postgres._tool("postgres"), "-D", str(data)]
    (tmp_path / "s").mkdir()
    with open(tmp_path / "log", "wb") as log:
        server = subprocess.Popen([*by_hand, "-k", str(tmp_path / "s"), "-c", "listen_addresses="], stderr=log)
    try:
        assert eventually(lambda: "ready to accept" in (tmp_path / "log").read_text())
        with pytest.raises(ServerError, match=f"手工启动的 PostgreSQL（进程 {server.pid}）使用，请先停掉它。"):
            start(folder)
        assert server.poll() is None
        assert (data / "postmaster.pid").exists()
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


def test_a_half_made_cluster_is_made_anew(tmp_path):
    draft = tmp_path / "server/pgdata.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    with hold(tmp_path / "server") as claim:
        assert query(claim.url, "SELECT 1") == 1


def test_works_for_an_ordinary_user(tmp_path):
    """When root runs the tests, as "nobody" with nothing but the right to reach the interpreter in root's home."""
    if os.geteuid() == 0:
        os.chown(tmp_path, 65534, 65534)
    prefix = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
    prefix += ("--inh-caps", "-all,+dac_override", "--ambient-caps", "-all,+dac_override")
    with holder(tmp_path / "server", prefix=prefix if os.geteuid() == 0 else ()) as (_, _, url):
        assert query(url, "SELECT 1") == 1
        owner = (tmp_path / "server/pgdata").stat().st_uid
        assert owner == (tmp_path / "server/holders.lock").stat().st_uid == (os.geteuid() or 65534)


def test_says_in_one_sentence_why_it_cannot_start(tmp_path):
    with hold(tmp_path):
        pass
    (tmp_path / "pgdata/PG_VERSION").write_text("9\n")
    ended = subprocess.run([*WRAPPER, str(tmp_path), "true"], cwd=PROJECT, env=WITHOUT_DATABASE, capture_output=True)
    assert ended.returncode == 1
    assert ended.stderr.decode() == (
        f"内嵌数据库没能启动：database files are incompatible with server（日志：{tmp_path / 'log'}）。\n"
    )


def test_says_that_the_folder_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ServerError, match=r"^内嵌数据库没能启动：Not a directory（.*/file/server）。$"):
        start(tmp_path / "file/server")


def test_leaves_a_given_database_url_alone(tmp_path):
    given = WITHOUT_DATABASE | {"DATABASE_URL": "postgresql://somewhere/else"}
    command = [*WRAPPER, str(tmp_path / "unused"), "sh", "-c", 'echo "$DATABASE_URL"; exit 7']
    ended = subprocess.run(command, cwd=PROJECT, env=given, stdout=subprocess.PIPE, text=True)
    assert (ended.returncode, ended.stdout) == (7, "postgresql://somewhere/else\n")
    assert not (tmp_path / "unused").exists()
