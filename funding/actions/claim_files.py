"""Scans come to a claim, and are taken from it, as long as it can be changed."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from fedwork.received import ReceivedFile
from funding.actions.claims import locked_claim
from funding.actions.scans import keep_scan, take_out_scan
from funding.claims import rules
from funding.models import Claim, ClaimFile, ClaimLine
from projects.actions.attachments import whole


def add_claim_file(claim: Claim, *, by, received: ReceivedFile, line: ClaimLine | None = None) -> ClaimFile:
    """Keep a scan with the claim, and with one of its vouchers when it is given. The same content sent twice is kept
    once. Raises ValidationError (not open, too many, disk full) and PermissionDenied; no file stays without its row."""
    scan = ClaimFile(claim=claim, line=line, uploaded_by=by, uploaded_at=clock.now())
    with whole(scan):
        claim = _locked_for_writing(claim, by=by)
        if line and line.claim_id != claim.pk:
            raise ValidationError("所选的凭证不是这张报账单的。")
        return keep_scan(scan, received, beside=claim.files, action="上传报账附件", **_about(claim))


@transaction.atomic
def remove_claim_file(scan: ClaimFile, *, by) -> None:
    """A claim that was never submitted forgets the file; else it is only marked."""
    claim = _locked_for_writing(scan.claim, by=by)
    take_out_scan(scan, only_mark=bool(claim.submitted_at), by=by, action="移除报账附件", **_about(claim))


def _about(claim: Claim) -> dict:
    return {"organization": claim.site.organization, "claim": claim.pk}


def _locked_for_writing(claim: Claim, *, by) -> Claim:
    claim = locked_claim(claim)
    if not rules.can_write_claims(by, claim.site):
        raise PermissionDenied
    if not claim.is_to_write:
        raise ValidationError(f"报账单现在是“{claim.get_state_display()}”，照片和文件不能再改。")
    return claim
