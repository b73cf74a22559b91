"""`make`, run as a person would in a copy of the project whose path has Chinese characters and a space."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import tomllib
from contextlib import contextmanager
from pathlib import Path

import pytest

from fedwork.embedded_postgres import PROJECT, STOP_SECONDS

NOT_COPIED = shutil.ignore_patterns(".venv", ".data", ".git", ".env", "*_cache", "__pycache__", "media", "staticfiles")
OURS = {"DATABASE_URL", "MODE", "SECRET_KEY", "ALLOWED_HOSTS", "DJANGO_SETTINGS_MODULE", "MAKEFLAGS", "MAKELEVEL"}
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in OURS}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    copy = tmp_path_factory.mktemp("copy") / "妇联 项目"
    shutil.copytree(PROJECT, copy, ignore=NOT_COPIED)
    copy.joinpath(".venv").symlink_to(PROJECT / ".venv")
    return copy


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def make(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["make", *arguments], cwd=project, env=ENVIRONMENT | environment, capture_output=True, text=True
    )


@contextmanager
def demo(project: Path, port: int):
    """A running `make demo` and what it printed up to its address; ended with all its children at the latest here."""
    process = subprocess.Popen(
        ["make", "demo", f"PORT={port}"],
        cwd=project,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        printed = []
        while not printed or (printed[-1] and "127.0.0.1" not in printed[-1]):
            printed.append(process.stdout.readline())
        yield process, "".join(printed)
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def processes_under(project: Path) -> list[str]:
    """Everything that runs from this copy: the web server by its folder, the database by its data."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = process.joinpath("cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
            if str(project) in command or process.joinpath("cwd").readlink().is_relative_to(project):
                found.append(command)
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
    return [command for command in found if command]


def everything_ends(project: Path) -> bool:
    deadline = time.monotonic() + STOP_SECONDS
    while processes_under(project) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not processes_under(project)


def test_demo_serves_and_is_killed_and_serves_again_and_is_interrupted(project, port):
    with demo(project, port) as (process, printed):
        assert f"请用浏览器打开 http://127.0.0.1:{port}/" in printed
        assert status(port, "/") == 302
        assert status(port, "/static/css/site.css") == 200
        process.kill()
        assert everything_ends(project)

    with demo(project, port) as (process, _):
        assert status(port, "/") == 302
        os.killpg(process.pid, signal.SIGINT)
        process.wait()
        assert processes_under(project) == []


def test_demo_says_that_the_port_is_taken(project):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = make(project, "--silent", "demo", f"PORT={port}")
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[0] == (
        f"127.0.0.1 的 {port} 端口已被别的程序占用，请停掉那个程序，或者换一个端口，例如：make demo PORT={port + 1}"
    )
    assert not re.search("Traceback|http", ended.stdout + ended.stderr)


@pytest.mark.parametrize("port", ["", "0", "65536", "八千"])
def test_demo_refuses_a_port_that_is_none(project, port):
    ended = make(project, "--silent", "demo", f"PORT={port}")
    assert ended.stderr.splitlines()[0] == f"PORT 应为 1 到 65535 的数字，现在是“{port}”。"


def test_demo_says_that_the_given_database_is_not_there(project, port):
    ended = make(project, "--silent", "demo", f"PORT={port}", DATABASE_URL="postgresql://nobody:@127.0.0.1:1/none")
    assert ended.returncode == 2
    assert ended.stderr.startswith("连不上数据库：connection failed")
    assert "Traceback" not in ended.stderr


def test_run_says_what_is_missing(project):
    ended = make(project, "--silent", "run")
    assert ended.returncode == 2
    assert ended.stderr.startswith("缺少环境变量 SECRET_KEY（")
    assert "Traceback" not in ended.stderr


def test_help_names_the_commands(project):
    ended = make(project)
    assert re.findall(r"make (\w+)", ended.stdout)[:4] == ["help", "demo", "run", "test"]


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        ("requirements.lock", []),
        ("requirements-demo.lock", ["embedded"]),
        ("requirements-test.lock", ["embedded", "test"]),
    ],
)
def test_locks_are_up_to_date_and_hold_no_address(lock, extras):
    locked = (PROJECT / lock).read_text()
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    wanted = declared["dependencies"] + [name for extra in extras for name in declared["optional-dependencies"][extra]]
    pins = set(re.findall(r"^(\S+==\S+)", locked, re.MULTILINE))
    assert {re.sub(r"\[.*?\]", "", name) for name in wanted} <= pins
    assert "://" not in locked


def test_the_browser_command_is_named_where_it_cannot_be_run(tmp_path):
    (tmp_path / "id").symlink_to("/usr/bin/id")
    ended = subprocess.run(
        ["/bin/sh", "deploy/install-browser"], cwd=PROJECT, env={"PATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert ended.returncode == 1
    assert ended.stderr == (
        "浏览器测试需要 Chromium 和中文字体，请先运行："
        "sudo apt-get install --yes --no-install-recommends chromium fonts-noto-cjk fontconfig\n"
    )
