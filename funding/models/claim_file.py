"""Scans of the vouchers of a claim."""

import pgtrigger
from django.db import models

from fedwork.triggers import goes_only, no_truncate
from funding.models.claim import Claim, ClaimLine
from funding.models.scan import Scan, ScanQuerySet, scan_constraints


class ClaimFileQuerySet(ScanQuerySet):
    def visible_to(self, user) -> "ClaimFileQuerySet":
        """Whoever sees the claim."""
        return self.filter(claim__in=Claim.objects.visible_to(user))


KEPT = ["claim", "name", "file", "thumbnail", "size", "sha256", "uploaded_at", "uploaded_by"]


class ClaimFile(Scan):
    """A scan or photo of one voucher, or of the claim as a whole. What was submitted is only marked when taken out."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="files", verbose_name="报账单")
    line = models.ForeignKey(ClaimLine, on_delete=models.SET_NULL, null=True, related_name="files", verbose_name="凭证")

    objects = ClaimFileQuerySet.as_manager()

    owner = "claim"

    class Meta(Scan.Meta):
        verbose_name = verbose_name_plural = "报账附件"
        constraints = scan_constraints("claim_file", owner="claim", words="这个文件在本报账单里已经有了。")
        triggers = [
            pgtrigger.ReadOnly(name="claim_file_fields_kept", fields=KEPT),
            goes_only(
                "claim_file_kept",
                when="EXISTS (SELECT 1 FROM funding_claim WHERE id = OLD.claim_id AND submitted_at IS NULL)",
                words="a scan of a claim that was submitted is only marked as taken out",
            ),
            no_truncate("claim_file_no_truncate"),
        ]

    @property
    def folder(self) -> str:
        return f"claims/{self.claim.site_id}"

    @property
    def about(self) -> str:
        return f"凭证 {self.line}" if self.line else "整张报账单"
