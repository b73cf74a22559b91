from collections import Counter

from django.db import models
from django.db.models import Count

from fedwork.triggers import kept
from funding.models.claim import ClaimLine
from funding.models.ledger import LedgerEntry
from funding.models.scan import Scan, ScanQuerySet, scan_constraints

KEPT = ["entry", "name", "file", "thumbnail", "size", "sha256", "uploaded_at", "uploaded_by"]


class EntryFileQuerySet(ScanQuerySet):
    def visible_to(self, user) -> "EntryFileQuerySet":
        """Whoever sees the entry."""
        return self.filter(entry__in=LedgerEntry.objects.visible_to(user))

    def numbers(self, entries: list[LedgerEntry]) -> dict[int, int]:
        """How many scans each has, those of its claim included. Two queries."""
        keys = [entry.pk for entry in entries]
        of_entry = self.current().order_by().filter(entry__in=keys).values_list("entry").annotate(Count("pk"))
        of_claim = ClaimLine.objects.scans().filter(entry__in=keys).values_list("entry", "number")
        return dict(Counter(dict(of_entry)) + Counter(dict(of_claim)))


class EntryFile(Scan):
    """凭证扫描件: the paper behind an entry. It may come later than the entry; it is never changed, only marked when
    taken out."""

    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="files", verbose_name="台账")

    objects = EntryFileQuerySet.as_manager()

    owner = "entry"

    class Meta(Scan.Meta):
        verbose_name = verbose_name_plural = "凭证扫描件"
        constraints = scan_constraints("entry_file", owner="entry", words="这个文件在这一笔里已经有了。")
        triggers = kept("entry_file", fields=KEPT)

    @property
    def folder(self) -> str:
        return f"entries/{self.entry.site_id}"
