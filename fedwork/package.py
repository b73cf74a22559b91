"""Office documents are zip archives that carry the clock of whoever writes them; ours come out the same each time."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime


def repacked(data: bytes, *, made_at: datetime, rewrite: Callable[[str, bytes], bytes]) -> bytes:
    """The same parts, each through `rewrite(name, content)`, stamped `made_at`."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, made_at.astimezone(UTC).timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, rewrite(name, source.read(name)))
    return out.getvalue()
