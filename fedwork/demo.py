"""`make demo`: takes the port, gets a database, migrates, loads the demo data once and serves the site.

Reads PORT (8000) and DATABASE_URL (else an embedded server under .data/demo).
"""

import errno
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from fedwork import embedded_postgres
from fedwork.embedded_postgres import PROJECT, ServerError

HOST = "127.0.0.1"
FOLDER = PROJECT / ".data" / "demo"
# Seconds in which the web server of a demo that was just killed gives up the port.
PATIENCE = 4


def serve() -> int:
    # The port comes first: there is no point in preparing a database for a server that can't be reached. Taking it
    # here and handing it to gunicorn leaves no moment in which another process could take it.
    with _listen(os.environ.get("PORT", "8000")) as listener, _database() as locks:
        _prepare_database()
        print(f"\n请用浏览器打开 http://{HOST}:{listener.getsockname()[1]}/（按 Ctrl-C 停止）", flush=True)
        # Not SIGINT, on which a threaded worker of gunicorn can get stuck.
        return embedded_postgres.supervise(
            _gunicorn(listener), keep=[listener.fileno(), *locks], interrupt=signal.SIGTERM
        )


def _listen(port: str) -> socket.socket:
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise ServerError(f"PORT 应为 1 到 65535 的数字，现在是“{port}”。")
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_server((HOST, int(port)))
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise ServerError(_refusal(int(port), error.errno)) from error
        time.sleep(0.1)


def _refusal(port: int, code: int) -> str:
    reason = "已被别的程序占用" if code == errno.EADDRINUSE else f"不能使用（{os.strerror(code)}）"
    return f"{HOST} 的 {port} 端口{reason}，请停掉那个程序，或者换一个端口，例如：make demo PORT={port % 65535 + 1}"


@contextmanager
def _database() -> Iterator[list[int]]:
    """Sets DATABASE_URL; yields the locks that the web server has to hold."""
    if os.environ.get("DATABASE_URL"):
        yield []
        return
    with embedded_postgres.hold(FOLDER) as claim:
        os.environ["DATABASE_URL"] = claim.url
        yield [claim.lock]


def _prepare_database() -> None:
    # Imported here, because the settings read DATABASE_URL.
    import django
    from django.core.management import call_command
    from django.db import OperationalError, connections

    django.setup()
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        raise ServerError(f"连不上数据库：{error}") from error
    call_command("load_demo")
    call_command("load_demo", accounts=True)
    connections.close_all()


def _gunicorn(listener: socket.socket) -> list[str]:
    # Threads, because browsers talk to this gunicorn directly and open connections that they don't use yet.
    options = ["--workers", "2", "--threads", "4", "--graceful-timeout", str(PATIENCE - 1), "--log-level", "warning"]
    options += ["--bind", f"fd://{listener.fileno()}"]
    return [sys.executable, "-m", "gunicorn", *options, "fedwork.wsgi"]


def main() -> int:
    os.environ["MODE"] = "demo"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fedwork.settings")
    try:
        return serve()
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
