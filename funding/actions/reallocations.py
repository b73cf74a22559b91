"""资金调剂: issued or promised money goes from one site to another by a decision on paper, and comes back as a whole."""

import uuid
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from funding import rules
from funding.actions.ledger import Posting, lock_sites, log_entries, refuse_breaches, write_entry, write_reversal
from funding.models import Reallocation
from funding.states import EntryKind, FundSource
from projects.models import ProjectSite


@transaction.atomic
def reallocate(
    source: FundSource,
    amount: Decimal,
    *,
    giver: ProjectSite,
    taker: ProjectSite,
    document_number: str,
    decided_on: date,
    reason: str,
    by,
    key: uuid.UUID | None = None,
) -> Reallocation:
    """Between two sites of a programme; the same `key` again is answered with the first decision. Raises
    ValidationError and PermissionDenied."""
    sites = lock_sites([giver.pk, taker.pk])
    if not all(rules.can_reallocate(by, site) for site in sites.values()):
        raise PermissionDenied
    key = key or uuid.uuid4()
    if earlier := Reallocation.objects.filter(entries__key=key).first():
        return earlier
    if giver.pk == taker.pk or giver.programme_id != taker.programme_id:
        raise ValidationError("调剂在同一批次的两个项目点之间进行。")
    decision = Reallocation(document_number=document_number.strip(), decided_on=decided_on, reason=reason.strip())
    decision.full_clean()
    decision.save()
    memo = f"{decision.document_number}：{giver}调剂给{taker}"
    moves = [(giver, EntryKind.MOVED_OUT, key), (taker, EntryKind.MOVED_IN, uuid.uuid5(key, EntryKind.MOVED_IN))]
    postings = [Posting(site, kind, source, amount, decided_on, memo=memo, key=own) for site, kind, own in moves]
    entries = [write_entry(posting.entry(reallocation=decision), by=by) for posting in postings]
    refuse_breaches(sites)
    log_entries("资金调剂", entries, by=by)
    return decision


@transaction.atomic
def take_back_reallocation(decision: Reallocation, *, reason: str, by) -> None:
    """Both entries are reversed. Raises ValidationError and PermissionDenied."""
    entries = list(decision.entries.filter(reverses=None))
    sites = lock_sites(entry.site_id for entry in entries)
    if not all(rules.can_reallocate(by, site) for site in sites.values()):
        raise PermissionDenied
    reversals = [write_reversal(entry, reason=reason, by=by) for entry in entries]
    refuse_breaches(sites)
    log_entries("撤销资金调剂", reversals, by=by)
