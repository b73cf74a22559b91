"""One uploaded file, judged by its content and never by its name."""

import hashlib
import io
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from fedwork.photos import Photo, read_photo
from fedwork.uploads import MEGABYTE, OLD_EXCEL, package_entries

LONGEST_NAME = 80
WHOLE_PDF = b"%%EOF"
CONTENT_TYPES = {
    ".jpg": "image/jpeg",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What makes an Office package a document or a workbook, and the part in which macros hide.
MAIN_PARTS = {"word/document.xml": ".docx", "xl/workbook.xml": ".xlsx"}
MACROS = "vbaproject.bin"
OFFICE_UNPACKED = 200 * MEGABYTE  # never opened here; a document full of photos is as large as they are
HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"}


@dataclass(frozen=True)
class ReceivedFile:
    """What is kept of an upload. `name` is what people called it, with the ending that its content deserves."""

    name: str
    data: bytes
    photo: Photo | None = None

    @property
    def suffix(self) -> str:
        return PurePath(self.name).suffix

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def receive(upload: UploadedFile) -> ReceivedFile:
    """Raises ValidationError with a Chinese sentence that says what to do."""
    data = _bounded(upload)
    if is_photo(data):
        photo = read_photo(data)
        return ReceivedFile(_name(upload.name, ".jpg"), photo.data, photo)
    return ReceivedFile(_name(upload.name, _document_suffix(data)), data)


def is_photo(data: bytes) -> bool:
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (data[:4], data[8:12]) == (b"RIFF", b"WEBP")


def _bounded(upload: UploadedFile) -> bytes:
    head = upload.read(16)
    kind, most = ("照片", settings.PHOTO_MAX_MB) if is_photo(head) else ("文件", settings.FILE_MAX_MB)
    if upload.size > most * MEGABYTE:
        raise ValidationError(f"{kind}有 {upload.size / MEGABYTE:.1f} MB，最大 {most} MB，请压缩后再传。")
    if not head:
        raise ValidationError("这是空文件，请重新选择。")
    return head + upload.read()


def _document_suffix(data: bytes) -> str:
    if data.startswith(b"%PDF-"):
        if WHOLE_PDF not in data[-4096:]:
            raise ValidationError("这个 PDF 不完整，请重新下载或重新导出后再传。")
        return ".pdf"
    if data.startswith(b"PK\x03\x04"):
        return _office_suffix(data)
    if data.startswith(OLD_EXCEL):
        raise ValidationError(
            "这是旧版的 .doc、.xls 或加了密码的文档，请用 WPS 或 Word 打开，“另存为”不加密的 .docx、.xlsx 或 PDF 再传。"
        )
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        raise ValidationError(
            "这是苹果手机的 HEIC 照片。请在手机“设置 - 相机 - 格式”里选“兼容性最佳”后再拍，或者把照片截图后再传。"
        )
    raise ValidationError("只收 JPEG、PNG、WebP 照片和 PDF、DOCX、XLSX 文件，请另存为其中一种再传。")


def _office_suffix(data: bytes) -> str:
    names = package_entries(io.BytesIO(data), max_unpacked=OFFICE_UNPACKED, max_entries=5000)
    if any(name.lower().endswith(MACROS) for name in names):
        raise ValidationError("文档里有宏，为安全起见不收，请另存为不带宏的 .docx 或 .xlsx 再传。")
    suffix = next((suffix for part, suffix in MAIN_PARTS.items() if part in names), None)
    if suffix is None:
        raise ValidationError("这个压缩包不是 DOCX 或 XLSX 文档，请解压后逐个上传里面的文件。")
    return suffix


def _name(given: str, suffix: str) -> str:
    """The name without its folder, its ending, and whatever is invisible or turns the direction of reading round."""
    stem = PurePath(given.replace("\\", "/")).stem
    plain = "".join(letter for letter in stem if unicodedata.category(letter)[0] != "C").strip(" .")
    return f"{plain[:LONGEST_NAME] or '未命名'}{suffix}"
