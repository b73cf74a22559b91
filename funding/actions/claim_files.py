"""Scans come to a claim, and are taken from it, as long as it can be changed."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from fedwork.received import ReceivedFile
from funding.actions.claims import locked_claim
from funding.claims import rules
from funding.models import Claim, ClaimFile, ClaimLine
from organizations.models import AuditEvent
from projects.actions.attachments import whole


def add_claim_file(claim: Claim, *, by, received: ReceivedFile, line: ClaimLine | None = None) -> ClaimFile:
    """Keep a scan with the claim, and with one of its vouchers when it is given. The same content sent twice is kept
    once. Raises ValidationError (not open, too many, disk full) and PermissionDenied; no file stays without its row."""
    scan = ClaimFile(claim=claim, line=line, uploaded_by=by, uploaded_at=clock.now())
    with whole(scan):
        claim = _locked_for_writing(claim, by=by)
        if there := claim.files.current().filter(sha256=received.sha256).first():
            return there
        if line and line.claim_id != claim.pk:
            raise ValidationError("所选的凭证不是这张报账单的。")
        if claim.files.current().count() >= settings.REPORT_MAX_FILES:
            raise ValidationError(f"一张报账单最多 {settings.REPORT_MAX_FILES} 个照片和文件，请先移除不需要的。")
        scan.write_files(received)
        scan.save()
        _record("上传报账附件", scan, by=by)
    return scan


@transaction.atomic
def remove_claim_file(scan: ClaimFile, *, by) -> None:
    """A claim that was never submitted forgets the file; else it is only marked. Twice is as good as once."""
    claim = _locked_for_writing(scan.claim, by=by)
    scan = ClaimFile.objects.select_for_update(of=("self",)).filter(pk=scan.pk, removed_at=None).first()
    if scan is None:
        return
    if claim.submitted_at:
        scan.removed_at, scan.removed_by = clock.now(), by
        scan.save(update_fields=["removed_at", "removed_by"])
    else:
        ClaimFile.objects.filter(pk=scan.pk).delete()
        transaction.on_commit(scan.remove_files)
    _record("移除报账附件", scan, by=by)


def _locked_for_writing(claim: Claim, *, by) -> Claim:
    claim = locked_claim(claim)
    if not rules.can_write_claims(by, claim.site):
        raise PermissionDenied
    if not claim.is_to_write:
        raise ValidationError(f"报账单现在是“{claim.get_state_display()}”，照片和文件不能再改。")
    return claim


def _record(action: str, scan: ClaimFile, *, by) -> None:
    AuditEvent.objects.record(
        action,
        scan,
        by=by,
        organization=scan.claim.site.organization,
        claim=scan.claim_id,
        size=scan.size,
        sha256=scan.sha256,
    )
