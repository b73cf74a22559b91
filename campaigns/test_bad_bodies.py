"""Thousands of generated bodies against every page that takes one while a report is filled in or reviewed: an answer
in words, never a crash."""

import os
from collections import Counter

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects.models import MonthlyReport
from projects.sheet import report_sheet
from tests.projects.conftest import submit

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("EXAMPLES", "2000"))
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
        "٣",
        "²",
        "=1+1",
        "on",
        "a\rb",
        "\u202e",
    ]
)
VALUES = st.one_of(WORDS, st.text(max_size=60), st.integers().map(str), st.binary(max_size=20).map(repr))


def clerk(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def names_of(report: MonthlyReport) -> list[str]:
    sheet = report_sheet(report)
    names = ["version", "writer", "carried", "check", "verdict", "reason", "report", *sheet.stored()]
    names += [f"initial-{name}" for name in sheet.stored()] + [f"why_{line.key}" for line in sheet.figures]
    return names + [f"r{report.pk}-{name}" for name in names] + [f"remark_{name}" for name in sheet.stored()]


@pytest.mark.parametrize("page", ["edit", "autosave", "submit", "withdraw", "month_edit", "month_submit", "decide"])
def test_no_body_crashes(report, cadre, county_reviewer, page):
    if page in {"decide", "withdraw"}:
        report = submit(report, by=cadre)
    client = clerk(county_reviewer if page == "decide" else cadre)
    urls = {
        "month_edit": reverse("projects:month_edit", args=[2026, 11]),
        "month_submit": reverse("projects:month_submit", args=[2026, 11]),
        "decide": reverse("admin:projects_monthlyreport_decide", args=[report.pk]),
    }
    url = urls.get(page) or reverse(f"projects:report_{page}", args=[report.pk])
    answers = Counter()
    bodies = st.dictionaries(st.one_of(st.sampled_from(names_of(report)), st.text(max_size=10)), VALUES, max_size=12)

    @settings(max_examples=EXAMPLES // 7, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(body=bodies)
    def post(body):
        status = client.post(url, body).status_code
        answers[status] += 1
        assert status < 500, body

    post()
    print(f"\n{page}：{dict(sorted(answers.items()))}")
