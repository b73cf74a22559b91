"""Scans come to what they belong to, and are taken out of it. Who may, and until when, the action of the owner has
asked before; it holds the owner, too."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from fedwork import clock
from fedwork.received import ReceivedFile
from funding.models import Scan
from organizations.models import AuditEvent


def keep_scan(scan: Scan, received: ReceivedFile, *, beside, organization, action: str, **about) -> Scan:
    """Runs inside `whole(scan)`. The same content is kept once: then the one that is there is returned. `beside` are
    the scans of the owner, `about` what the log says of it. Raises ValidationError (too many, disk full)."""
    if there := beside.current().filter(sha256=received.sha256).first():
        return there
    if beside.current().count() >= settings.REPORT_MAX_FILES:
        raise ValidationError(f"最多 {settings.REPORT_MAX_FILES} 个照片和文件，请先移除不需要的。")
    scan.write_files(received)
    scan.save()
    _record(scan, action, by=scan.uploaded_by, organization=organization, **about)
    return scan


def take_out_scan(scan: Scan, *, only_mark: bool, by, organization, action: str, **about) -> None:
    """What somebody may have relied on is only marked; else row and files go. Twice is as good as once."""
    scan = type(scan).objects.select_for_update(of=("self",)).filter(pk=scan.pk, removed_at=None).first()
    if scan is None:
        return
    if only_mark:
        scan.removed_at, scan.removed_by = clock.now(), by
        scan.save(update_fields=["removed_at", "removed_by"])
    else:
        type(scan).objects.filter(pk=scan.pk).delete()
        transaction.on_commit(scan.remove_files)
    _record(scan, action, by=by, organization=organization, **about)


def _record(scan: Scan, action: str, *, by, organization, **about) -> None:
    AuditEvent.objects.record(
        action, scan, by=by, organization=organization, **about, size=scan.size, sha256=scan.sha256
    )
