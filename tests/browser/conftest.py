"""Real Chromium against the live server. Whatever a page says on its console, or does against the policy, fails the
test: each context is watched from its first page to the end of the test.

    def test_something(page, sign_in, cadre):
        sign_in(page, cadre)
        page.goto("/reports/")
"""

import os
import threading
import time
from pathlib import Path

import pytest
from django.core.signals import request_finished, request_started
from django.db import connections

from tests import factories

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
PHONE = {"width": 360, "height": 740}  # the narrowest that is still sold
DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": quiet}


@pytest.fixture(scope="session")
def playwright(playwright):
    """While Playwright's event loop runs in this thread, Django keeps connections of their own for it; left open, they
    would hold the test database at the end."""
    yield playwright
    connections.close_all()


@pytest.fixture(scope="session")
def answering():
    """The threads of the live server that are answering a request."""
    threads = set()

    def started(**_):
        threads.add(threading.current_thread())

    def finished(**_):
        threads.discard(threading.current_thread())

    request_started.connect(started)
    request_finished.connect(finished)
    yield threads
    request_started.disconnect(started)
    request_finished.disconnect(finished)


@pytest.fixture(autouse=True)
def all_answered(transactional_db, answering):
    """A browser that closes leaves requests behind (a thumbnail, say). The database is emptied only when each of them
    has its answer: one that finds its session gone ends in an error that belongs to no test."""
    yield
    until = time.monotonic() + 10
    while any(thread.is_alive() for thread in answering - {threading.main_thread()}) and time.monotonic() < until:
        time.sleep(0.01)
    answering.clear()


@pytest.fixture(scope="session")
def base_url(live_server):
    """Addresses without a host mean the live server."""
    return live_server.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture
def console_problems() -> list[str]:
    """What the pages complained of. A test that provokes a complaint on purpose asserts it and clears the list."""
    return []


@pytest.fixture
def new_context(new_context, console_problems):
    """Further contexts (a second person at another desk) are watched like the first."""

    def make(**options):
        context = new_context(**options)
        context.set_default_timeout(10_000)
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", lambda message: _note(message, console_problems))
        context.on("weberror", lambda error: console_problems.append(f"error {error.error}"))
        return context

    yield make
    assert console_problems == []


def _note(message, problems: list[str]) -> None:
    """Errors and warnings, except that the page asked for itself answered with an error status, which is its business."""
    refused_page = "Failed to load resource" in message.text and message.page and _is_document(message)
    if message.type in {"error", "warning"} and not refused_page:
        problems.append(f"{message.type} {message.text} ({message.location.get('url', '')})")


def _is_document(message) -> bool:
    return message.location.get("url", "").split("#")[0] == message.page.url.split("#")[0]


@pytest.fixture
def sign_in():
    """sign_in(page, user): through the sign-in page, with the factories' password. Ends on the workbench."""

    def enter(page, user, password: str = factories.PASSWORD) -> None:
        page.goto("/login/")
        page.fill("[name=username]", user.username)
        page.fill("[name=password]", password)
        page.click("main button[type=submit]")
        page.wait_for_url("/")

    return enter


@pytest.fixture
def axe():
    """axe(page): what axe-core finds against WCAG 2 A and AA, one line for each element; [] when all is well."""

    def check(page) -> list[str]:
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run({preload: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})")
        return [f"{rule['id']}: {node['html'][:120]}" for rule in found["violations"] for node in rule["nodes"]]

    return check


@pytest.fixture
def overflow():
    """overflow(page): by how many pixels the page is wider than the window."""
    return lambda page: page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
