"""Many arrivals against one budget, on connections of their own: exactly the legal number succeeds."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from funding.actions import Deposit, enter_work_funds, reverse_work_fund
from funding.models import WorkFundEntry
from tests.concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def deposit(unit, kind: str, amount: int, number: str) -> Deposit:
    return Deposit(unit, 2026, kind, Decimal(amount), date(2026, 3, 2), number)


def test_arrivals_stop_at_the_budget(tree, county_reviewer):
    enter_work_funds([deposit(tree.village, "budgeted", 2_000, "预1")], by=county_reviewer)

    def act(number):
        return enter_work_funds([deposit(tree.village, "arrived", 600, f"凭{number}")], by=county_reviewer)

    found = at_once(act)
    assert sorted(str(type(one).__name__) for one in found) == ["ValidationError"] * 5 + ["int"] * 3
    entry = WorkFundEntry.objects.filter(kind="arrived").first()
    found = at_once(lambda _: reverse_work_fund(entry, reason="录错", by=county_reviewer))
    assert sum(isinstance(one, ValidationError) for one in found) == 7
    call_command("check_ledger")
