"""Photos as they come from phones, made harmless: decoded, turned upright, made smaller and written anew.

Nothing of the original file survives but its pixels: no place where it was taken, no camera, no hidden second content.
"""

import io
import warnings
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.core.exceptions import ValidationError
from PIL import Image, ImageOps

LONGEST_SIDE = 2560
THUMBNAIL_SIDE = 320
FORMATS = ["JPEG", "PNG", "WEBP"]
RESIZABLE = {"L", "RGB", "RGBA", "CMYK"}
WHITE = (255, 255, 255)
# Unpacked, a photo of 40 megapixels takes some 700 MB for a moment; two at once need not.
ONE_AT_A_TIME = Lock()


@dataclass(frozen=True)
class Photo:
    """A JPEG without any metadata, and a small one for lists."""

    data: bytes
    thumbnail: bytes
    width: int
    height: int


def read_photo(data: bytes) -> Photo:
    """Raises ValidationError with a Chinese sentence for what can't be read to its end or has too many pixels."""
    try:
        # Pillow warns of metadata that make no sense, which are thrown away anyway.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _rewritten(data)
    except ValidationError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except Exception as error:  # a damaged picture fails in its decoder in any number of ways
        raise ValidationError("照片不完整或已损坏，打不开，请重新拍摄或选择原图再传。") from error


def _rewritten(data: bytes) -> Photo:
    with ONE_AT_A_TIME, Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        # The size stands in the file's head: nothing has been unpacked yet.
        if opened.width * opened.height > settings.PHOTO_MAX_MEGAPIXELS * 1_000_000:
            raise _too_many_pixels()
        picture = opened if opened.mode in RESIZABLE else opened.convert("RGBA")
        # First of all smaller, in place: a JPEG is not even unpacked larger than needed.
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        picture = _plain(_upright(picture))
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return Photo(_jpeg(picture), _jpeg(small), picture.width, picture.height)


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # metadata that make no sense are no reason to refuse the picture beside them
        return picture


def _plain(picture: Image.Image) -> Image.Image:
    """On white where it was transparent; a new picture, to which no metadata cling."""
    has_alpha = picture.has_transparency_data
    picture = picture.convert("RGBA" if has_alpha else "RGB")
    plain = Image.new("RGB", picture.size, WHITE)
    plain.paste(picture, mask=picture if has_alpha else None)
    return plain


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def _too_many_pixels() -> ValidationError:
    return ValidationError(f"照片超过 {settings.PHOTO_MAX_MEGAPIXELS} 百万像素，请改用较低的分辨率拍摄，或截图后再传。")
