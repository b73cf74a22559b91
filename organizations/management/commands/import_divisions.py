"""manage.py import_divisions FILE [--root CODE] [--valid-on DATE] [--errors FILE]"""

import csv
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from organizations.division_import import HEADING, ImportRefusedError, Outcome, import_divisions


def as_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}”不是日期，请写成 2026-07-01 的样子。") from None


class Command(BaseCommand):
    help = "导入行政区划名单（csv 或 csv.gz，列为 code,name,level,parent_code）。可以重复运行。"

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="名单文件")
        parser.add_argument("--root", default="", metavar="代码", help="只导入这个区划及其下级，连同它的各级上级")
        parser.add_argument("--valid-on", metavar="日期", help="名单生效日期，如 2026-07-01；不写即今天")
        parser.add_argument("--errors", type=Path, metavar="文件", help="退回行的清单；不写即放在名单旁边")

    def handle(self, *, file: Path, root: str, valid_on: str | None, errors: Path | None, **options):
        day = as_date(valid_on) if valid_on else timezone.localdate()
        with tqdm(unit="行", unit_scale=True, disable=options["verbosity"] == 0) as bar:

            def progress(rows: int, step: str) -> None:
                bar.set_description(step)
                bar.update(rows)

            try:
                outcome = import_divisions(file, root=root.strip(), valid_on=day, progress=progress)
            except ImportRefusedError as error:
                raise CommandError(str(error)) from error
            except ValidationError as error:
                raise CommandError("".join(error.messages)) from error
        self._write_rejects(outcome, errors or self._beside(file))
        self.stdout.write(summary(outcome))

    @staticmethod
    def _beside(file: Path) -> Path:
        return file.with_name(f"{file.name.removesuffix('.gz').removesuffix('.csv')}.errors.csv")

    def _write_rejects(self, outcome: Outcome, target: Path) -> None:
        if not outcome.rejects:
            return
        try:
            with target.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["行号", "原因", *HEADING])
                writer.writerows([reject.line, reject.reason, *reject.cells] for reject in outcome.rejects)
        except OSError as error:
            raise CommandError(
                f"名单已导入，但写不了退回行的清单 {target}：{error}。请用 --errors 另指定文件。"
            ) from error
        self.stdout.write(self.style.WARNING(f"有 {len(outcome.rejects)} 行没有导入，行号和原因见 {target}"))


def summary(outcome: Outcome) -> str:
    lines = [
        f"范围：{'、'.join(outcome.scope[:20])}",
        f"新增 {outcome.added}，更名 {outcome.renamed}，移动 {outcome.moved}，恢复 {outcome.reopened}，"
        f"撤销 {outcome.closed}，未变 {outcome.unchanged}，退回 {len(outcome.rejects)}。",
    ]
    if outcome.closed:
        more = " 等" if outcome.closed > len(outcome.closed_names) else ""
        lines.append(f"撤销的：{'、'.join(outcome.closed_names)}{more}")
    if outcome.units_below_closed:
        lines.append(f"其下还有 {outcome.units_below_closed} 个在用的基地等单位，请在管理页面移到别处。")
    return "\n".join(lines)
