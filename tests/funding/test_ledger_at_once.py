"""Many postings against one ceiling, on connections of their own: exactly the legal number succeeds."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from funding import actions
from funding.models import LedgerEntry
from funding.states import EntryKind
from tests.concurrency import at_once
from tests.funding.ledger import account, new_key, post, posting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(sites, city_staff):
    """Of 20,000 promised 10,000 have arrived."""
    post(sites[0], EntryKind.ARRIVED, 10_000, by=city_staff)
    return sites[0]


def outcomes(act) -> tuple[int, int]:
    """(entries, refusals); anything else is an error."""
    found = at_once(act)
    entries = sum(isinstance(result, LedgerEntry) for result in found)
    refusals = sum(isinstance(result, ValidationError) for result in found)
    assert entries + refusals == len(found), found
    return entries, refusals


def test_spending_stops_at_what_has_arrived(site, city_staff):
    assert outcomes(lambda _: post(site, EntryKind.SPENT, 3_000, by=city_staff)) == (3, 5)
    assert account(site).balance == 1_000
    call_command("check_ledger")


def test_arrivals_stop_at_what_was_promised(site, city_staff):
    assert outcomes(lambda _: post(site, EntryKind.ARRIVED, 4_000, by=city_staff)) == (2, 6)
    call_command("check_ledger")


def test_one_voucher_at_several_sites_is_spent_on_once(site, sites, city_staff):
    for other in sites[1:]:
        post(other, EntryKind.ARRIVED, 1_000, by=city_staff)

    def act(number):
        return post(sites[number % 3], EntryKind.SPENT, 10, by=city_staff, voucher_number="发票 0001")

    assert outcomes(act) == (1, 7)
    call_command("check_ledger")


def test_one_post_sent_many_times_is_one_entry(site, city_staff):
    same = posting(site, EntryKind.SPENT, 4_000, key=new_key())
    found = at_once(lambda _: actions.post_entry(same, by=city_staff))
    assert len({entry.pk for entry in found}) == 1
    assert account(site).spent == 4_000


def test_one_entry_is_reversed_once(site, city_staff):
    entry = post(site, EntryKind.SPENT, 4_000, by=city_staff)
    assert outcomes(lambda _: actions.reverse_entry(entry, reason="录错", by=city_staff)) == (1, 7)
    assert account(site).spent == 0
    call_command("check_ledger")
