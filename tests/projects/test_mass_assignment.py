"""Posting every column of a report, as every role, to every address about reports changes only what the page declares."""

import pytest
from django.db import transaction

from projects.models import MonthlyReport, ReportSubmission, ReviewDecision
from tests import factories
from tests.test_access_table import ROLES
from tests.walk import all_urls

pytestmark = pytest.mark.django_db
WRITES = {"projects:report_edit", "projects:report_autosave", "projects:month_edit"}
TYPED = {"is_nil": True, "problems": "越界", "needs": "越界", "next_plan": "越界"}
BOOKKEEPING = {"status", "version", "saved_at", "saved_by_id"}
BENT = TYPED | {
    "status": "accepted",
    "round": 7,
    "version": 0,
    "month": "2026-10-01",
    "due_at": "2030-01-01 00:00",
    "organization_path": "/1/",
    "explanations": '{"x": "y"}',
    "carried": '["problems"]',
    "saved_at": "2020-01-01 00:00",
    "saved_by": 1,
    "first_submitted_at": "2026-01-01 00:00",
    "submitted_at": "2026-01-01 00:00",
    "submitted_by": 1,
    "waiting_since": "2026-01-01 00:00",
    "accepted_at": "2026-01-01 00:00",
    "site": 1,
    "id": 1,
    "reason": "越界",
    "verdict": "passed",
}


def row_of(report: MonthlyReport) -> dict:
    return MonthlyReport.objects.filter(pk=report.pk).values().get()


def body(user, report: MonthlyReport) -> dict:
    """By the names of columns and of ids, for the page of one report and for the grid of all."""
    bent = BENT | {f"{name}_id": 1 for name in ["site", "saved_by", "submitted_by"]} | {"writer": user.pk}
    return bent | {f"r{report.pk}-{name}": value for name, value in bent.items()}


def test_every_column_is_named(report):
    columns = {field.name for field in MonthlyReport._meta.fields}
    assert columns - BENT.keys() == set()


@pytest.mark.parametrize("role", [*ROLES, "neighbour"])
def test_only_what_is_declared_changes(role, report, cadre, login, request):
    user = request.getfixturevalue(role)
    client, before, written = login(user), row_of(report), set()
    numbers = {"year": 2026, "month": 11}
    for name, path in all_urls(lambda _, argument: numbers.get(argument, report.pk)):
        if not name.startswith(("projects:report_", "projects:month_", "admin:projects_monthlyreport")):
            continue
        with transaction.atomic():
            client.post(path, body(user, report) | {"files": factories.upload()})
            after = row_of(report)
            sent = ReportSubmission.objects.exists() or ReviewDecision.objects.exists()
            transaction.set_rollback(True)
        changed = {column for column in after if after[column] != before[column]}
        if changed:
            written.add(name)
        assert changed <= TYPED.keys() | BOOKKEEPING, name
        assert (after["status"], after["version"], after["saved_by_id"], sent) in {
            ("not_started", 0, None, False),
            ("draft", 1, cadre.pk, False),
        }, name
    assert written == (WRITES if role == "cadre" else set())
