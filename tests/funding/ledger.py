"""Postings for the tests of the ledger."""

import uuid
from decimal import Decimal
from itertools import count

from fedwork import clock
from funding import actions
from funding.accounts import Account, accounts
from funding.models import LedgerEntry, SpendingPurpose
from funding.states import CASH_MOVEMENTS, EntryKind, FundSource
from projects.models import ProjectSite

numbers = count(1)


def posting(site: ProjectSite, kind: EntryKind, amount, *, source=FundSource.COUNTY, **fields) -> actions.Posting:
    """With a voucher and a purpose where the kind asks for them."""
    if kind in CASH_MOVEMENTS and not fields.get("is_in_kind"):
        fields.setdefault("voucher_number", f"凭-{next(numbers)}")
    if kind == EntryKind.SPENT:
        fields.setdefault("purpose", SpendingPurpose.objects.first())
    fields.setdefault("happened_on", clock.today())
    return actions.Posting(site, kind, source, Decimal(amount), **fields)


def post(site: ProjectSite, kind: EntryKind, amount, *, by, **fields) -> LedgerEntry:
    return actions.post_entry(posting(site, kind, amount, **fields), by=by)


def account(site: ProjectSite, source=FundSource.COUNTY) -> Account:
    return accounts(LedgerEntry.objects.filter(site=site)).get((site.pk, source), Account(source))


def new_key() -> uuid.UUID:
    return uuid.uuid4()
