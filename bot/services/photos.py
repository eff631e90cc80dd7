"""Photos as they are kept: a JPEG that shows what was photographed and tells nothing else.

Where and with what a photo was taken (EXIF, GPS, comments) never reaches the disk.
"""

from __future__ import annotations

import io
import secrets
import threading
from pathlib import Path

from PIL import (
    Image,
    ImageOps,
    WebPImagePlugin,  # noqa: F401 importing it is what makes Pillow know WebP
)

from bot.desk.errors import BadInput

MAX_BYTES = 10 * 1024 * 1024
_SIDE = 1600  # pixels of the longer side: enough to read a meter, small enough to send
_MAX_PIXELS = 120_000_000  # the largest phone cameras; a JPEG is read at a fraction of it
_MAX_PIXELS_WHOLE = 40_000_000  # other formats are unpacked whole
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")  # an MPO (two JPEGs in one) opens as a JPEG
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_at_once = threading.Semaphore(2)  # an unpacked photo takes up to 160 MB

_ADVICE = {
    "heic": "苹果手机的 HEIC 照片暂时打不开。请在“设置→相机→格式”里选“兼容性最佳”再拍，"
    "或者把照片截个图发来。",
    "large": "这张照片太大了。请选 10 MB 以内的照片，或者截个图发来。",
    "other": "这个文件打不开。请发 JPG、PNG、WebP 或 GIF 格式的照片。",
}


class BadPhoto(BadInput):
    """The photo cannot be used; `advice` tells a resident what to do instead."""

    def __init__(self, reason: str, *, advice: str = "other") -> None:
        super().__init__(reason)
        self.advice = _ADVICE[advice]


def keep(data: bytes, folder: Path) -> str:
    """Store a photo below `folder`; returns its new, random name. Raises BadPhoto."""
    if len(data) > MAX_BYTES:
        raise BadPhoto(f"{len(data)} bytes, expected up to {MAX_BYTES}", advice="large")
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        raise BadPhoto("HEIC, expected JPEG, PNG, WebP or GIF", advice="heic")
    with _at_once:
        clean = _clean(data)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{secrets.token_hex(16)}.jpg"
    unfinished = folder / f"{name}.part"
    unfinished.write_bytes(clean)
    unfinished.replace(folder / name)  # whoever sees the name sees the whole photo
    return name


def _clean(data: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            _refuse_bomb(opened)
            opened.draft("RGB", (_SIDE, _SIDE))
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((_SIDE, _SIDE))
            return _encode(upright)
    except BadPhoto:
        raise
    except Image.DecompressionBombError as error:
        raise BadPhoto(str(error), advice="large") from None
    except Exception as error:  # a broken file makes the decoders fail in every way there is
        raise BadPhoto(
            f"{type(error).__name__}: expected a JPEG, PNG, WebP or GIF image"
        ) from error


def _refuse_bomb(opened: Image.Image) -> None:
    limit = _MAX_PIXELS if opened.format in ("JPEG", "MPO") else _MAX_PIXELS_WHOLE
    pixels = opened.width * opened.height
    if pixels > limit:
        raise BadPhoto(f"{pixels} pixels, expected up to {limit}", advice="large")


def _encode(image: Image.Image) -> bytes:
    """Painted on a new sheet: nothing but pixels comes along; what was transparent is white."""
    sheet = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        sheet.paste(image, mask=image.getchannel("A"))
    else:
        sheet.paste(image.convert("RGB"))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()
