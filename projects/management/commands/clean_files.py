"""Files that no row names: left by a server that was killed between writing a file and committing its row."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from projects.models import Attachment

DAY = 24 * 60 * 60


def orphans() -> Iterator[Path]:
    """Older than a day, so that no upload under way is taken for one."""
    root = Path(settings.MEDIA_ROOT)
    named = {name for names in Attachment.objects.values_list("file", "thumbnail") for name in names}
    for path in sorted(path for folder in ["sites", "programmes"] for path in (root / folder).rglob("*")):
        if path.is_file() and str(path.relative_to(root)) not in named and path.stat().st_mtime < time.time() - DAY:
            yield path


class Command(BaseCommand):
    help = "列出照片和文件目录里没有记录的文件（一天以前的）；加 --delete 则删除。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--delete", action="store_true", help="删除列出的文件")

    def handle(self, *args, delete: bool, **options) -> None:
        found = list(orphans())
        for path in found:
            self.stdout.write(str(path))
            if delete:
                path.unlink()
        self.stdout.write(f"{'已删除' if delete else '找到'} {len(found)} 个没有记录的文件。")
