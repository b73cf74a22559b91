"""Pictures of every kind that phones and mischief make: rewritten, or refused in words, never a crash."""

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import settings as rounds
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin

from fedwork.photos import LONGEST_SIDE, THUMBNAIL_SIDE, Photo, read_photo
from tests.factories import picture

SECRET = b"31.78N-117.02E"


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def exif(*, orientation: int = 1) -> Image.Exif:
    data = Image.Exif()
    data[ExifTags.Base.Orientation] = orientation
    data[ExifTags.Base.Make] = "示例手机"
    data.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (31.0, 46.0, 48.0)
    return data


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_of_each_kind_becomes_a_jpeg(kind):
    photo = read_photo(picture(kind))
    assert (opened(photo.data).format, opened(photo.data).size) == ("JPEG", (64, 48))
    assert (photo.width, photo.height) == (64, 48)


def test_a_large_photo_and_its_thumbnail_are_made_smaller():
    photo = read_photo(picture(size=(4000, 3000)))
    assert opened(photo.data).size == (LONGEST_SIDE, 1920)
    assert opened(photo.thumbnail).size == (THUMBNAIL_SIDE, 240)


def test_a_small_photo_is_not_blown_up():
    assert opened(read_photo(picture(size=(3, 2))).thumbnail).size == (3, 2)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_taken_sideways_stands_upright(kind):
    photo = read_photo(picture(kind, size=(80, 40), exif=exif(orientation=6)))
    assert (photo.width, photo.height) == (40, 80)


def test_where_and_with_what_it_was_taken_is_gone():
    told = {"exif": exif(), "comment": SECRET, "xmp": SECRET, "icc_profile": SECRET}
    for data in [picture("JPEG", **told), picture("WEBP", exif=exif(), xmp=SECRET), with_text(SECRET.decode())]:
        photo = read_photo(data)
        for written in [photo.data, photo.thumbnail]:
            assert SECRET not in written
            assert b"Exif" not in written
            assert not opened(written).getexif()
            assert opened(written).info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}


def with_text(text: str) -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", text)
    return picture("PNG", pnginfo=notes)


def test_metadata_that_make_no_sense_do_not_spoil_the_picture():
    assert read_photo(picture(exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 40)).width == 64


def test_what_hides_behind_the_picture_is_left_behind():
    script = b"<script>alert(1)</script>PK\x03\x04"
    for kind in ["JPEG", "PNG", "WEBP"]:
        assert script not in read_photo(picture(kind) + script).data


def test_transparent_becomes_white():
    photo = read_photo(picture("PNG", mode="RGBA", colour=(200, 0, 0, 0)))
    assert opened(photo.data).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "I;16", "CMYK", "RGBA"])
def test_unusual_modes(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert read_photo(picture(kind, mode=mode, colour=None)).height == 48


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [7000, 10_000, 20_000, 60_000])
def test_a_flood_of_pixels_is_refused_unopened(side):
    with pytest.raises(ValidationError, match="超过 40 百万像素"):
        read_photo(png_that_claims(side, side))


def test_the_limit_is_a_setting(settings):
    settings.PHOTO_MAX_MEGAPIXELS = 1
    with pytest.raises(ValidationError, match="超过 1 百万像素"):
        read_photo(picture(size=(1001, 1000)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@rounds(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_photo_cut_off_or_damaged_is_read_or_refused_in_words(kind, data):
    whole = picture(kind, size=(40, 30))
    place = data.draw(st.integers(0, len(whole)))
    damage = data.draw(st.binary(max_size=40))
    damaged = whole[:place] + damage + whole[place + data.draw(st.integers(0, 60)) :]
    answer = answer_to(damaged)
    assert answer.endswith("。") if isinstance(answer, str) else opened(answer.data).format == "JPEG"


def answer_to(data: bytes) -> Photo | str:
    try:
        return read_photo(data)
    except ValidationError as refusal:
        return refusal.messages[0]


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_half_a_photo_is_refused(kind):
    whole = picture(kind, size=(400, 300))
    with pytest.raises(ValidationError, match="照片不完整或已损坏"):
        read_photo(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    "data", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + b"\0" * 40, b"", b"\xff\xd8\xff"]
)
def test_what_is_no_photo_is_refused(data):
    with pytest.raises(ValidationError):
        read_photo(data)
