"""Claims under many hands, on connections of their own: each money leaves once."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from funding import actions
from funding.models import Claim, ClaimState
from funding.states import EntryKind
from organizations.models import AuditEvent
from tests.concurrency import PEOPLE, at_once
from tests.funding.claims import new_line, paid, submitted, written
from tests.funding.ledger import account, post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(sites, county_reviewer):
    """10,000 of the county's have arrived."""
    post(sites[0], EntryKind.ARRIVED, 10_000, by=county_reviewer)
    return sites[0]


def outcomes(found: list) -> tuple[int, int]:
    """(claims, refusals); anything else is an error."""
    claims = sum(isinstance(result, Claim) for result in found)
    refusals = sum(isinstance(result, ValidationError) for result in found)
    assert claims + refusals == len(found), found
    return claims, refusals


def test_paid_by_eight_clicks_it_is_spent_once(site, cadre, county_reviewer):
    claim = submitted(site, 3000, 500, by=cadre)
    assert outcomes(at_once(lambda _: paid(claim, by=county_reviewer))) == (PEOPLE, 0)
    assert account(site).spent == 3_500
    assert AuditEvent.objects.about(claim).filter(action="支付报账单").count() == 1
    call_command("check_ledger")


def test_paid_or_returned_but_not_both(site, cadre, county_reviewer):
    claim = submitted(site, 3000, by=cadre)

    def act(number: int):
        if number % 2:
            return paid(claim, by=county_reviewer)
        return actions.return_claim(claim, by=county_reviewer, version=claim.version, reason="缺合同")

    found = at_once(act)
    claims, _ = outcomes(found)
    claim.refresh_from_db()
    assert claims == (PEOPLE // 2 if claim.state == ClaimState.PAID else 1)
    assert account(site).spent == (3_000 if claim.state == ClaimState.PAID else 0)
    assert claim.steps.count() == 3


def test_one_voucher_on_many_claims_is_submitted_once(site, cadre):
    drafts = [written(site, by=cadre, lines=[new_line(10, voucher_number="发票 77")]) for _ in range(PEOPLE)]

    def act(number: int):
        return actions.submit_claim(drafts[number], by=cadre, version=drafts[number].version)

    assert outcomes(at_once(act)) == (1, PEOPLE - 1)


def test_many_claims_on_one_balance(site, cadre, county_reviewer):
    """Submitted while there was enough; some of it was spent otherwise meanwhile."""
    claims = [submitted(site, 1_200, by=cadre) for _ in range(PEOPLE)]
    post(site, EntryKind.SPENT, 5_000, by=county_reviewer)
    assert outcomes(at_once(lambda number: paid(claims[number], by=county_reviewer))) == (4, 4)
    assert account(site).balance == 200
    call_command("check_ledger")
