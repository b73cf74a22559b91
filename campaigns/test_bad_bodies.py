"""Thousands of generated bodies against every page that takes one while a report is filled in, reviewed or put right:
an answer in words, never a crash. Each is taken back, so that every one meets the same rows."""

import io
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell import MergedCell

from fedwork import clock
from projects.actions import pass_report
from projects.models import MonthClose, MonthlyReport
from projects.sheet import report_sheet
from tests import factories
from tests.fedwork.test_received import PDF
from tests.projects.conftest import fill_in, submit

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("EXAMPLES", "2000"))
MONTH = [2026, 11]
WORDS = st.sampled_from(
    [
        "",
        " ",
        "-1",
        "0",
        "1e9",
        "NaN",
        "∞",
        "１２",
        "1.2万",
        "9" * 40,
        "2026-13-45",
        "2026-11",
        "2027-01-12 18:00",
        "9999-12-31T23:59",
        "0001-01-01 00:00",
        "٣",
        "²",
        "=1+1",
        "on",
        "a\rb",
        "\u202e",
        "passed",
        "returned",
    ]
)
VALUES = st.one_of(WORDS, st.text(max_size=60), st.integers().map(str), st.binary(max_size=20).map(repr))
FILES = [
    factories.picture(),
    factories.picture("PNG"),
    factories.picture("WEBP"),
    PDF,
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"",
]
NAMES = ["现场.jpg", "表.xlsx", "签到.pdf", "a.doc", "../../x.jpg", "\u202egpj.exe", "长" * 300, " "]


@dataclass
class Page:
    """Where a body goes, who sends it, which names it knows, and what it holds unless the example says otherwise: what
    comes closest to being understood."""

    url: str
    user: object
    names: list[str] = field(default_factory=list)
    usual: dict[str, object] = field(default_factory=dict)


def names_of(report: MonthlyReport) -> list[str]:
    sheet = report_sheet(report)
    names = ["version", "writer", "carried", "check", *sheet.stored()]
    names += [f"initial-{name}" for name in sheet.stored()] + [f"why_{line.key}" for line in sheet.figures]
    return names + [f"r{report.pk}-{name}" for name in names]


@pytest.fixture
def pages(report, cadre, county_reviewer, city_staff, programme) -> dict[str, Callable[[], Page]]:
    """Each brings the report into the state in which its page has something to do."""
    measure = programme.measures.first()

    def of_cadre(name: str, *names: str, arguments=(report.pk,), **usual) -> Page:
        return Page(reverse(f"projects:{name}", args=arguments), cadre, [*names, *names_of(report)], usual)

    def of_desk(name: str, user, *names: str, arguments=(report.pk,), **usual) -> Page:
        return Page(reverse(f"admin:projects_{name}", args=arguments), user, [*names, *usual], usual)

    def withdraw() -> Page:
        return of_cadre("report_withdraw", version=submit(report, by=cadre).version)

    def submission() -> Page:
        return of_cadre("report_submit", version=fill_in(report, by=cadre).version)

    def decide() -> Page:
        sent = submit(report, by=cadre)
        remarks = [f"remark_{entry['key']}" for entry in sent.submissions.get().content]
        return of_desk("monthlyreport_decide", county_reviewer, *remarks, "reason", version=sent.version)

    def batch() -> Page:
        sent = submit(report, by=cadre)
        usual = {"action": "pass_selected", "_selected_action": sent.pk, "confirmed": "1"}
        return of_desk(
            "monthlyreport_changelist", county_reviewer, f"version_{sent.pk}", "index", arguments=(), **usual
        )

    def correct() -> Page:
        sent = submit(report, by=cadre)
        passed = pass_report(sent, by=county_reviewer, version=sent.version)
        pass_report(passed, by=city_staff, version=passed.version)
        usual = {"measure": measure.pk, "before": 3, "after": 4, "reason": "来函"}
        return of_desk("monthlyreport_correct", city_staff, **usual)

    def unlock() -> Page:
        MonthClose.objects.create(programme=programme, month=report.month, closed_at=clock.now(), closed_by=city_staff)
        return of_desk("monthlyreport_unlock", city_staff, until="2026-11-25 18:00", reason="来函")

    def seen() -> Page:
        submit(report, by=cadre)
        return of_desk("monthlyreport_seen", county_reviewer, "version")

    return {
        "edit": lambda: of_cadre("report_edit", version=report.version),
        "autosave": lambda: of_cadre("report_autosave", writer=cadre.pk, version=report.version),
        "submit": submission,
        "withdraw": withdraw,
        "month_edit": lambda: of_cadre("month_edit", arguments=MONTH),
        "month_submit": lambda: of_cadre(
            "month_submit", f"version_{report.pk}", "report", arguments=MONTH, report=report.pk
        ),
        "confirm": lambda: of_cadre("month_confirm", "token", arguments=MONTH),
        "marked": lambda: of_cadre("month_marked", "token", arguments=MONTH),
        "decide": decide,
        "batch": batch,
        "seen": seen,
        "correct": correct,
        "unlock": unlock,
        "close": lambda: of_desk("monthclose_close", city_staff, arguments=(programme.pk,), month="2026-06"),
        "urge": lambda: Page(
            reverse("projects:report_urge", args=[report.pk]), city_staff, ["note", "next"], {"next": "/stuck/"}
        ),
    }


def storm(user, count: int, strategy, url: str, data_of: Callable) -> None:
    """Post `count` examples; what each did is undone."""
    client, answers = Client(raise_request_exception=False), Counter()
    client.force_login(user)

    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(strategy)
    def post(example):
        with transaction.atomic():
            response = client.post(url, data_of(example))
            transaction.set_rollback(True)
        answers[response.status_code] += 1
        assert response.status_code < 500, example

    post()
    print(f"\n{url}：{dict(sorted(answers.items()))}")
    assert set(answers) != {404}, "no example reached the page"


@pytest.mark.parametrize(
    "name",
    [
        "edit",
        "autosave",
        "submit",
        "withdraw",
        "month_edit",
        "month_submit",
        "confirm",
        "marked",
        "decide",
        "batch",
        "seen",
        "correct",
        "unlock",
        "close",
        "urge",
    ],
)
def test_no_body_crashes(pages, name):
    page = pages[name]()
    keys = st.one_of(st.sampled_from(page.names), st.text(max_size=10))
    storm(
        page.user,
        EXAMPLES // 15,
        st.dictionaries(keys, st.one_of(VALUES, st.lists(VALUES, max_size=3)), max_size=12),
        page.url,
        lambda body: page.usual | body,
    )


def damaged(data: bytes, cut: int | None, flips: list[tuple[int, int]]) -> bytes:
    """The same, cut off, and with some bytes changed."""
    content = bytearray(data[:cut])
    for place, value in flips if content else []:
        content[place % len(content)] = value
    return bytes(content)


DAMAGE = st.tuples(
    st.none() | st.integers(0, 20_000), st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), max_size=6)
)


def test_no_upload_of_a_photo_or_file_crashes(report, cadre, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    item = report.site.stages.first().items.first()

    def body(example):
        data, (cut, flips), name, where = example
        return {"files": factories.upload(damaged(data, cut, flips), name), "item": where}

    examples = st.tuples(
        st.one_of(st.sampled_from(FILES), st.binary(max_size=300)),
        DAMAGE,
        st.sampled_from(NAMES),
        st.one_of(VALUES, st.just(str(item.pk))),
    )
    storm(cadre, EXAMPLES // 15, examples, reverse("projects:report_attachment_add", args=[report.pk]), body)


@pytest.fixture
def book(report, cadre) -> bytes:
    client = Client()
    client.force_login(cadre)
    return client.get(reverse("projects:month_workbook", args=MONTH)).content


def test_no_damaged_workbook_crashes(book, cadre):
    def body(damage):
        return {"file": factories.upload(damaged(book, *damage), "填报表.xlsx")}

    storm(cadre, EXAMPLES // 15, DAMAGE, reverse("projects:month_upload", args=MONTH), body)


def test_no_cell_of_a_workbook_crashes(book, cadre):
    """Anything in any cell, the hidden tab's too."""

    def body(changes):
        workbook = load_workbook(io.BytesIO(book))
        for tab, row, column, value in changes:
            cell = workbook.worksheets[tab % len(workbook.worksheets)].cell(row, column)
            if not isinstance(cell, MergedCell):
                cell.value = value
        out = io.BytesIO()
        workbook.save(out)
        return {"file": factories.upload(out.getvalue(), "填报表.xlsx")}

    text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
    values = st.one_of(text, WORDS.filter(lambda word: "\r" not in word), st.integers(-(10**20), 10**20), st.none())
    changes = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 12), st.integers(1, 16), values), max_size=5)
    storm(cadre, EXAMPLES // 15, changes, reverse("projects:month_upload", args=MONTH), body)
