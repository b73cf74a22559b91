"""Where uploaded files lie: below MEDIA_ROOT, which no web server serves, whole or not at all."""

import logging
import os
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage

logger = logging.getLogger(__name__)


class PrivateStorage(FileSystemStorage):
    """Files that only their owner on the server may read (0600), in folders that only the owner may enter (0700)."""

    def _save(self, name: str, content) -> str:
        """Raises ValidationError when the disk is full or can't be written; nothing of the file stays behind then."""
        whole = Path(self.path(name))
        try:
            for folder in reversed([folder for folder in whole.parents if not folder.exists()]):
                folder.mkdir(mode=0o700, exist_ok=True)
            self._write(whole, content)
        except OSError as error:
            logger.exception("文件没有写成：%s", whole)
            raise ValidationError(
                "服务器没有存下这个文件（磁盘可能满了），您填的内容不受影响。请过一会儿再传，仍然不行就告诉系统管理员。",
                code="storage",
            ) from error
        return name

    @staticmethod
    def _write(whole: Path, content) -> None:
        # A name that exists already is an error: names are random, and nothing is ever written over.
        descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            whole.unlink(missing_ok=True)
            raise
