"""Scans come to an entry of the ledger: with it or at any later time. The entry itself never changes."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from fedwork.received import ReceivedFile
from funding import rules
from funding.actions.scans import keep_scan, take_out_scan
from funding.models import EntryFile, LedgerEntry
from projects.actions.attachments import whole


def add_entry_file(entry: LedgerEntry, *, by, received: ReceivedFile) -> EntryFile:
    """The same content sent twice is kept once. Raises ValidationError (too many, disk full) and PermissionDenied; no
    file stays without its row."""
    scan = EntryFile(entry=entry, uploaded_by=by, uploaded_at=clock.now())
    with whole(scan):
        entry = _locked(entry)
        if not rules.can_attach(by, entry):
            raise PermissionDenied
        return keep_scan(scan, received, beside=entry.files, action="上传凭证扫描件", **_about(entry))


@transaction.atomic
def remove_entry_file(scan: EntryFile, *, by) -> None:
    """A slip of the hand: taken out by who sent it, on the same day. Later the account relies on it."""
    entry = _locked(scan.entry)
    if scan.uploaded_by_id != by.pk or not rules.can_attach(by, entry):
        raise PermissionDenied
    if not rules.can_take_out(by, scan):
        raise ValidationError("凭证扫描件只能在上传当天移除；传错了请另传一份，并在摘要或冲正里说明。")
    take_out_scan(scan, only_mark=True, by=by, action="移除凭证扫描件", **_about(entry))


def _about(entry: LedgerEntry) -> dict:
    return {"organization": entry.site.organization, "entry": entry.pk}


def _locked(entry: LedgerEntry) -> LedgerEntry:
    around = ["site__programme__organization", "site__organization"]
    return LedgerEntry.objects.select_for_update(of=["self"]).select_related(*around).get(pk=entry.pk)
