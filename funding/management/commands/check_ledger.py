"""Prove what always holds in the ledger, over the whole database, and name what doesn't."""

from django.core.management.base import BaseCommand, CommandError

from funding.invariants import broken_invariants
from funding.models import LedgerEntry


class Command(BaseCommand):
    help = "核对资金台账：应到位、到位、支出的上限，冲正、凭证、分配表和调剂；有不符的逐条说明，并以状态 1 结束。"

    def handle(self, *args, **options):
        broken = list(broken_invariants())
        for words in broken:
            self.stderr.write(words)
        if broken:
            raise CommandError(f"有 {len(broken)} 处不符。")
        self.stdout.write(f"核对 {LedgerEntry.objects.count()} 笔，全部相符。")
