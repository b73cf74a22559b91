"""The whole file (备查资料) of a site as one ZIP in the order of the catalogue, with an index page that works offline.

It is written to a temporary file piece by piece: memory stays bounded whatever the site has uploaded.
"""

import hashlib
import logging
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone

from fedwork.excel import write_paper
from projects.archive import Catalogue, Generated, Item, Kept, Section
from projects.papers.archive import catalogue_paper, standing_words

logger = logging.getLogger(__name__)
CHUNK = 1024 * 1024
FORBIDDEN = re.compile(r'[\\/:*?"<>|]')  # what Windows takes in no name
LONGEST = 60  # characters of a name: with its folder it stays below what Windows and a ZIP tool take
INDEX, CATALOGUE, HASHES = "目录（打开这里）.html", "备查资料目录.xlsx", "校验值.txt"


@dataclass
class Entry:
    """One file of the package. `path` is empty when the server has lost the file; `problem` says so."""

    label: str
    path: str = ""
    size: int = 0
    sha256: str = ""
    uploaded: str = ""
    problem: str = ""

    @property
    def link(self) -> str:
        """From the index page."""
        return quote(self.path)


@dataclass
class Listed:
    """An item as the index page shows it."""

    item: Item
    code: str
    entries: list[Entry] = field(default_factory=list)


@dataclass
class ListedSection:
    section: Section
    register: Entry | None = None
    items: list[Listed] = field(default_factory=list)


def write_package(catalogue: Catalogue, *, now: datetime, by, extras: Sequence[Generated | Kept] = ()) -> IO[bytes]:
    """The ZIP, open at its beginning; closing it removes it. `extras` lie beside the folders, above the index. Raises
    ValidationError when the disk is full."""
    out = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115, the response closes it
    try:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
            Packer(package, catalogue, now, by, extras).pack()
    except OSError as error:
        out.close()
        logger.exception("备查资料没有打成包：%s", catalogue.owner)
        raise ValidationError(
            "服务器没有写成打包文件（磁盘可能满了），请过一会儿再试，仍然不行就告诉系统管理员。"
        ) from error
    out.seek(0)
    return out


def size_of(file: IO[bytes]) -> int:
    place = file.tell()
    size = file.seek(0, 2)
    file.seek(place)
    return size


@dataclass
class Packer:
    package: zipfile.ZipFile
    catalogue: Catalogue
    now: datetime
    by: object
    extras: Sequence[Generated | Kept] = ()
    hashes: list[tuple[str, str]] = field(default_factory=list)

    def pack(self) -> None:
        sections = [self._section(section) for section in self.catalogue.sections]
        paper = write_paper(catalogue_paper(self.catalogue, now=self.now))
        extras = [self._extra(each) for each in self.extras]
        context = {
            "site": self.catalogue.owner,
            "sections": sections,
            "extras": extras,
            "standing": standing_words(self.catalogue),
            "catalogue_file": self._generated(CATALOGUE, "备查资料目录", paper),
            "now": self.now,
            "by": self.by,
            "problems": [entry for entry in [*extras, *_entries(sections)] if entry.problem],
        }
        page = render_to_string("projects/archive_index.html", context)
        self._write(INDEX, page.encode())
        self._write(HASHES, "".join(f"{sha256}  {path}\n" for sha256, path in self.hashes).encode())

    def _extra(self, extra: Generated | Kept) -> Entry:
        if isinstance(extra, Kept):
            path = f"{safe_name(extra.folder)}/{safe_name(extra.title)}{extra.file.suffix}"
            return self._stored(extra.file, path, f"{extra.folder}：{extra.title}")
        return self._generated(f"{safe_name(extra.title)}{extra.suffix}", extra.title, extra.write())

    def _section(self, section: Section) -> ListedSection:
        folder, listed = safe_name(section.label), ListedSection(section)
        if section.register:
            path = f"{folder}/00 {safe_name(section.register.title)}{section.register.suffix}"
            listed.register = self._generated(path, section.register.title, section.register.write())
        listed.items = [self._item(section, item, folder) for item in section.items]
        return listed

    def _item(self, section: Section, item: Item, folder: str) -> Listed:
        listed = Listed(item, f"{section.position:02}-{item.number:02}")
        if made := item.generated:
            path = f"{folder}/{item.number:02} {safe_name(made.title)}{made.suffix}"
            listed.entries.append(self._generated(path, made.title, made.write()))
        for number, piece in enumerate(item.pieces, 0 if item.is_document else 1):
            mark = f"{item.number:02}-{number}" if number else f"{item.number:02}"
            words = item.title if number == 0 else piece.attachment.title or piece.attachment.name
            stem = safe_name(words.removesuffix(piece.attachment.suffix))
            path = f"{folder}/{mark} {stem}{piece.attachment.suffix}"
            listed.entries.append(self._stored(piece.attachment, path, piece.attachment.name))
        return listed

    def _generated(self, path: str, label: str, content: bytes) -> Entry:
        self._write(path, content)
        sha256 = hashlib.sha256(content).hexdigest()
        self.hashes.append((sha256, path))
        return Entry(label, path, len(content), sha256, "系统生成")

    def _write(self, path: str, content: bytes) -> None:
        self.package.writestr(self._info(path, self.now.date(), zipfile.ZIP_DEFLATED), content)

    def _stored(self, attachment, path: str, label: str) -> Entry:
        """Copied chunk by chunk; what came out is hashed, so that the index can say when it isn't what was put in."""
        uploaded = f"{attachment.uploaded_by} {timezone.localtime(attachment.uploaded_at):%Y-%m-%d %H:%M}"
        entry = Entry(label, size=attachment.size, sha256=attachment.sha256, uploaded=uploaded)
        try:
            content = attachment.file.open()
        except FileNotFoundError:  # as after a partial restore
            entry.problem = "服务器上找不到这个文件"
            return entry
        with content:
            found = self._copy(content, path, timezone.localdate(attachment.uploaded_at))
        if found != attachment.sha256:
            entry.problem = "与归档时的校验值不符"
        entry.path, entry.sha256 = path, found
        self.hashes.append((found, path))
        return entry

    def _copy(self, content, path: str, day: date) -> str:
        digest = hashlib.sha256()
        # Photos and Office files are packed already.
        with self.package.open(self._info(path, day, zipfile.ZIP_STORED), "w") as target:
            while chunk := content.read(CHUNK):
                digest.update(chunk)
                target.write(chunk)
        return digest.hexdigest()

    @staticmethod
    def _info(path: str, day: date, how: int) -> zipfile.ZipInfo:
        """zipfile marks a name that isn't ASCII as UTF-8."""
        info = zipfile.ZipInfo(path, (day.year, day.month, day.day, 0, 0, 0))
        info.compress_type, info.external_attr = how, 0o644 << 16
        return info


def _entries(sections: list[ListedSection]) -> Iterator[Entry]:
    for section in sections:
        for listed in section.items:
            yield from listed.entries


def safe_name(words: str) -> str:
    """Fit for a file on any system: nothing that leads out of its folder, nothing invisible, not too long."""
    plain = unicodedata.normalize("NFC", FORBIDDEN.sub("_", words))
    visible = "".join(letter for letter in plain if unicodedata.category(letter)[0] != "C")
    return " ".join(visible.split())[:LONGEST].strip(" .") or "未命名"
