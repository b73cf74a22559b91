"""Walk the log's chain from the first row to the last and name the first row that doesn't fit."""

from django.core.management.base import BaseCommand, CommandError

from organizations.models import AuditEvent, BrokenChainError


class Command(BaseCommand):
    help = "核对操作记录的校验链；发现改动、缺失或插入时说明是哪一条，并以状态 1 结束。"

    def add_arguments(self, parser):
        parser.add_argument(
            "--anchor",
            metavar="编号:校验值",
            help="以前核对时抄下的末条编号和校验值。链尾整段被删只有靠它才能发现。",
        )

    def handle(self, *args, anchor: str | None = None, **options):
        if anchor:
            self.check_anchor(anchor)
        try:
            count, last = AuditEvent.objects.verify()
        except BrokenChainError as error:
            raise CommandError(str(error)) from error
        if last is None:
            self.stdout.write("操作记录为空。")
        else:
            self.stdout.write(f"核对 {count} 条，全部相符。末条：{last.pk}:{last.hash}（可抄存，下次用 --anchor 核对）")

    def check_anchor(self, anchor: str) -> None:
        number, _, expected = anchor.partition(":")
        if not number.isdigit():
            raise CommandError("--anchor 的格式是“编号:校验值”。")
        event = AuditEvent.objects.filter(pk=int(number)).first()
        if event is None:
            raise CommandError(f"缺失：抄存的第 {number} 条已不在操作记录里。")
        if event.hash != expected:
            raise CommandError(f"改动：第 {number} 条与抄存的校验值不符。")
