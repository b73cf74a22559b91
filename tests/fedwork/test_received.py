"""What an upload is, is said by its bytes."""

import io
import zipfile

import pytest
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from hypothesis import given
from hypothesis import settings as rounds
from hypothesis import strategies as st
from openpyxl import Workbook

from fedwork.received import receive
from tests.factories import picture, upload

PDF = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"


def package(*parts: str, content: bytes = b"<x/>") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for part in parts:
            file.writestr(part, content)
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()


DOCX = package("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("data", "given_name", "name"),
    [
        (picture("PNG"), "现场.png", "现场.jpg"),
        (picture(), "现场.pdf", "现场.jpg"),
        (PDF, "签到表.PDF", "签到表.pdf"),
        (PDF, "签到表.exe", "签到表.pdf"),
        (DOCX, "总结.docx", "总结.docx"),
        (workbook(), "名单.xlsx", "名单.xlsx"),
        (PDF, "..\\..\\secret/签到\u202efdp\n.x.pdf", "签到fdp.x.pdf"),
        (PDF, " .. ", "未命名.pdf"),
        (PDF, "长" * 200 + ".pdf", "长" * 80 + ".pdf"),
    ],
)
def test_the_name_gets_the_ending_of_the_content(data, given_name, name):
    file = SimpleUploadedFile("x", data)
    file._name = given_name  # as a client other than a browser may send it
    assert receive(file).name == name


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "空文件"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "“另存为”不加密的 .docx、.xlsx 或 PDF"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 100, "HEIC 照片"),
        (b"<svg onload='alert(1)'/>", "只收 JPEG、PNG、WebP 照片和 PDF、DOCX、XLSX 文件"),
        (b"<!doctype html><script>", "只收"),
        (b"MZ\x90\0", "只收"),
        (b"GIF89a", "只收"),
        (PDF[:-6], "PDF 不完整"),
        (b"junk" + PDF, "只收"),
        (package("photo.jpg"), "这个压缩包不是 DOCX 或 XLSX 文档"),
        (package("word/document.xml", "word/vbaProject.bin"), "文档里有宏"),
        (DOCX[:40], "文件已损坏"),
        (package("word/document.xml", content=b" " * 300_000_000), "展开后过大"),
        (picture()[:200], "照片不完整或已损坏"),
    ],
    ids=range(14),
)
def test_what_is_refused_is_told_what_to_do(data, sentence):
    with pytest.raises(ValidationError, match=sentence):
        receive(upload(data, "现场.jpg"))


def test_each_kind_has_its_own_size(settings):
    settings.PHOTO_MAX_MB, settings.FILE_MAX_MB = 1, 2
    with pytest.raises(ValidationError, match=r"照片有 1\.4 MB，最大 1 MB"):
        receive(upload(picture() + b"\0" * 1_500_000))
    with pytest.raises(ValidationError, match=r"文件有 2\.4 MB，最大 2 MB"):
        receive(upload(PDF + b"\0" * 2_500_000, "a.pdf"))


@rounds(max_examples=150, deadline=None)
@given(
    head=st.sampled_from(
        [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"%PDF-", b"PK\x03\x04", DOCX[:60]]
    ),
    rest=st.binary(max_size=300),
    tail=st.sampled_from([b"", b"%%EOF", DOCX[-22:], DOCX[-90:]]),
)
def test_any_bytes_are_kept_or_refused_in_words(head, rest, tail):
    assert answer_to(head + rest + tail) in {".jpg", ".pdf", ".docx", ".xlsx", "。"}


def answer_to(data: bytes) -> str:
    """The ending of the file that is kept, or of the sentence that refuses it."""
    try:
        return receive(upload(data)).suffix
    except ValidationError as refusal:
        return refusal.messages[0][-1]


def test_a_request_larger_than_anything_we_take_is_not_read(settings):
    settings.REQUEST_MAX_MB = 1
    request = RequestFactory().post("/", {"files": upload(b"\0" * 2_000_000, "a.pdf")})
    with pytest.raises(RequestDataTooBig):
        request.POST.get("x")
    settings.REQUEST_MAX_MB = 3
    request = RequestFactory().post("/", {"files": upload(b"\0" * 2_000_000, "a.pdf")})
    assert request.FILES["files"].size == 2_000_000
