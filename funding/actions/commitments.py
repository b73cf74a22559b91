"""What the sources have promised the sites."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from funding.actions.ledger import Posting, lock_sites, refuse_breaches, write_entry, write_reversal
from funding.amounts import yuan
from funding.pledges import pledge_entries
from funding.rules import can_manage_commitments
from funding.states import EntryKind, FundSource, MatchingSource
from organizations.models import AuditEvent
from projects.models import ProjectSite


@dataclass(frozen=True)
class CommitmentChange:
    """What somebody wants to write for a site, and what they had before the eyes."""

    site: ProjectSite
    amounts: Mapping[MatchingSource, Decimal]
    seen: Mapping[MatchingSource, Decimal]


def set_commitments(
    site: ProjectSite,
    amounts: Mapping[MatchingSource, Decimal],
    *,
    by,
    seen: Mapping[MatchingSource, Decimal] | None = None,
) -> bool:
    """Write what the sources in `amounts` have promised the site; True when anything changed.

    `seen` are the amounts that the writer had before the eyes: refused when somebody changed one of them meanwhile.
    """
    return bool(set_many_commitments([CommitmentChange(site, amounts, seen or {})], by=by))


@transaction.atomic
def set_many_commitments(changes: list[CommitmentChange], *, by) -> int:
    """All or nothing; the number of sites that changed. The ValidationError carries every site's refusal.

    The log comes last: whoever holds its lock must not wait for a site that somebody waiting for the log holds.
    """
    sites = _locked_sites(changes, by=by)
    errors, written = [], []
    for change in sorted(changes, key=lambda change: change.site.pk):
        site = sites[change.site.pk]
        try:
            written.append((site, _write(site, change, by=by)))
        except ValidationError as error:
            errors += error.messages
    if errors:
        raise ValidationError(errors)
    refuse_breaches(sites)
    changed = [(site, detail) for site, detail in written if detail]
    for site, detail in changed:
        AuditEvent.objects.record("修改配套承诺", site, by=by, organization=site.organization, amounts=detail)
    return len(changed)


def _locked_sites(changes: list[CommitmentChange], *, by) -> dict[int, ProjectSite]:
    sites = lock_sites(change.site.pk for change in changes)
    if not all(can_manage_commitments(by, site.programme) for site in sites.values()):
        raise PermissionDenied
    return sites


def _write(site: ProjectSite, change: CommitmentChange, *, by) -> dict[str, list[str]]:
    """Source -> [before, after] of what differed from the ledger and was posted: the old promise is taken back, the new
    one entered."""
    standing = {entry.source: entry for entry in pledge_entries().standing().filter(site=site)}
    before = {source: standing[source].amount if source in standing else Decimal(0) for source in change.amounts}
    _refuse_overwriting(site, before, change.seen)
    changed = {source: amount for source, amount in change.amounts.items() if amount != before[source]}
    moment = clock.now()
    for source, amount in changed.items():
        if source in standing:
            write_reversal(standing[source], reason=f"承诺改为 {yuan(amount)} 元", by=by, moment=moment)
        if amount:
            posting = Posting(site, EntryKind.COMMITTED, FundSource(source), amount, clock.today(), memo="配套承诺")
            write_entry(posting.entry(), by=by, moment=moment)
    return {source: [str(before[source]), str(amount)] for source, amount in changed.items()}


def _refuse_overwriting(site: ProjectSite, before: Mapping, seen: Mapping) -> None:
    for source, amount in before.items():
        if source in seen and seen[source] != amount:
            label = MatchingSource(source).label
            raise ValidationError(f"{site}的{label}配套刚被别人改为 {yuan(amount)} 元，请核对后再保存。")
