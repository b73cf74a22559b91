"""Thousands of generated bodies against every page that takes one while a report is filled in, reviewed or put right:
an answer in words, never a crash. Each is taken back, so that every one meets the same rows."""

import io
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

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


class Situations:
    """Each method brings the report into the state in which its page has something to do."""

    def __init__(self, report, programme, cadre, county_reviewer, city_staff):
        self._report, self._programme = report, programme
        self._cadre, self._county, self._city = cadre, county_reviewer, city_staff

    def _of_cadre(self, name: str, *names: str, arguments=None, **usual) -> Page:
        url = reverse(f"projects:{name}", args=arguments or [self._report.pk])
        return Page(url, self._cadre, [*names, *names_of(self._report)], usual)

    def _of_desk(self, user, name: str, *names: str, arguments=None, **usual) -> Page:
        url = reverse(f"admin:projects_{name}", args=[self._report.pk] if arguments is None else arguments)
        return Page(url, user, ["x", *names, *usual], usual)

    def _sent(self) -> MonthlyReport:
        return submit(self._report, by=self._cadre)

    def edit(self) -> Page:
        return self._of_cadre("report_edit", version=self._report.version)

    def autosave(self) -> Page:
        return self._of_cadre("report_autosave", writer=self._cadre.pk, version=self._report.version)

    def submit(self) -> Page:
        return self._of_cadre("report_submit", version=fill_in(self._report, by=self._cadre).version)

    def withdraw(self) -> Page:
        return self._of_cadre("report_withdraw", version=self._sent().version)

    def month_edit(self) -> Page:
        return self._of_cadre("month_edit", arguments=MONTH)

    def month_submit(self) -> Page:
        filled = fill_in(self._report, by=self._cadre)
        usual = {"report": filled.pk, f"version_{filled.pk}": filled.version}
        return self._of_cadre("month_submit", *usual, arguments=MONTH, **usual)

    def confirm(self) -> Page:
        return self._of_cadre("month_confirm", "token", arguments=MONTH)

    def marked(self) -> Page:
        return self._of_cadre("month_marked", "token", arguments=MONTH)

    def decide(self) -> Page:
        sent = self._sent()
        remarks = [f"remark_{entry['key']}" for entry in sent.submissions.get().content]
        return self._of_desk(self._county, "monthlyreport_decide", *remarks, "verdict", "reason", version=sent.version)

    def return_with_remarks(self) -> Page:
        return replace(self.decide(), usual={"version": self._report.version + 2, "verdict": "returned"})

    def batch(self) -> Page:
        sent = self._sent()
        usual = {"action": "pass_selected", "_selected_action": sent.pk, "confirmed": "1"}
        usual[f"version_{sent.pk}"] = sent.version
        return self._of_desk(self._county, "monthlyreport_changelist", "index", arguments=[], **usual)

    def seen(self) -> Page:
        self._sent()
        return self._of_desk(self._county, "monthlyreport_seen")

    def correct(self) -> Page:
        passed = pass_report(self._sent(), by=self._county, version=self._report.version + 2)
        pass_report(passed, by=self._city, version=passed.version)
        usual = {"measure": self._programme.measures.first().pk, "before": 3, "after": 4, "reason": "来函"}
        return self._of_desk(self._city, "monthlyreport_correct", **usual)

    def unlock(self) -> Page:
        MonthClose.objects.create(
            programme=self._programme, month=self._report.month, closed_at=clock.now(), closed_by=self._city
        )
        return self._of_desk(self._city, "monthlyreport_unlock", until="2026-11-25 18:00", reason="来函")

    def close(self) -> Page:
        return self._of_desk(self._city, "monthclose_close", arguments=[self._programme.pk], month="2026-06")

    def urge(self) -> Page:
        url = reverse("projects:report_urge", args=[self._report.pk])
        return Page(url, self._city, ["note", "next"], {"next": "/stuck/"})


PAGES = [name for name in vars(Situations) if not name.startswith("_")]
SHARE = EXAMPLES // (len(PAGES) + 3)  # three more tests below


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


@pytest.mark.parametrize("name", PAGES)
def test_no_body_crashes(name, report, programme, cadre, county_reviewer, city_staff):
    page = getattr(Situations(report, programme, cadre, county_reviewer, city_staff), name)()
    keys = st.one_of(st.sampled_from(page.names), st.text(max_size=10))
    storm(
        page.user,
        SHARE,
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
    storm(cadre, SHARE, examples, reverse("projects:report_attachment_add", args=[report.pk]), body)


@pytest.fixture
def book(report, cadre) -> bytes:
    client = Client()
    client.force_login(cadre)
    return client.get(reverse("projects:month_workbook", args=MONTH)).content


def test_no_damaged_workbook_crashes(book, cadre):
    def body(damage):
        return {"file": factories.upload(damaged(book, *damage), "填报表.xlsx")}

    storm(cadre, SHARE, DAMAGE, reverse("projects:month_upload", args=MONTH), body)


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
    storm(cadre, SHARE, changes, reverse("projects:month_upload", args=MONTH), body)
