"""Photos through the web chat: seen again by their sender, by nobody else, and stripped."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from bot.desk.errors import BadInput
from bot.services import photos
from bot.store.tables import InboxRow
from tests.web.conftest import Town

Picture = Callable[..., bytes]


def taken_at_home() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "Phone of Wang"  # maker
    exif[0x0112] = 6  # turn by 90°
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 20.0), 3: "E", 4: (116.0, 23.0, 29.0)})
    return exif


async def test_where_a_photo_was_taken_is_never_stored(town: Town, picture: Picture) -> None:
    data = picture("JPEG", (64, 48), exif=taken_at_home(), comment=b"door code 1234")
    assert b"Phone of Wang" in data
    device = await town.known()
    assert (await device.sends_photo(data, "楼道灯坏了")).status_code == 202
    await device.hears()
    name = town.database.read(lambda s: s.scalars(select(InboxRow)).one().body["photo"])
    stored = (town.photos / name).read_bytes()
    with Image.open(io.BytesIO(stored)) as image:
        assert image.size == (48, 64), "upright"
        assert not image.getexif()
        assert "comment" not in image.info
    assert b"Wang" not in stored
    assert b"1234" not in stored


async def test_a_photo_is_seen_again_by_its_sender_only(town: Town, picture: Picture) -> None:
    device, other = await town.known(), await town.known()
    await device.sends_photo(picture(), "看这里")
    await device.hears()
    shown = (await device.http.get("/api/messages")).json()["messages"][0]
    assert shown["text"] == "看这里"
    (url,) = shown["photos"]
    assert (await device.http.get(url)).headers["content-type"] == "image/jpeg"
    assert (await other.http.get(url)).status_code == 404
    assert (await device.http.get("/api/photos/i99/0")).status_code == 404
    assert (await device.http.get("/api/photos/i1/9")).status_code == 404
    assert (await device.http.get("/api/photos/..%2Flinli.db/0")).status_code == 404


async def test_a_photo_sent_again_is_one_photo(town: Town, picture: Picture) -> None:
    device, id = await town.known(), str(uuid.uuid4())
    for _ in range(3):
        assert (await device.sends_photo(picture(), id=id)).status_code == 202
    assert len(list(town.photos.iterdir())) == 1


async def test_what_is_no_photo_is_refused_with_advice(town: Town, picture: Picture) -> None:
    device = await town.known()
    for wrong in (b"", b"<svg onload=alert(1)>", b"%PDF-1.7", picture()[:200]):
        answer = await device.sends_photo(wrong)
        assert answer.status_code == 415
        assert "JPG" in answer.json()["error"]
    heic = await device.sends_photo(b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100)
    assert "HEIC" in heic.json()["error"]
    assert not list(town.photos.glob("*")), "nothing was stored"


async def test_a_form_without_a_photo_and_an_endless_one_are_refused(town: Town) -> None:
    device = await town.known()
    form = {"id": str(uuid.uuid4()), "photo": "words"}
    assert (await device.http.post("/api/photos", data=form)).status_code == 400
    town.clock.pass_(minutes=5)
    assert (await device.sends_photo(b"\xff" * (11 * 1024 * 1024))).status_code == 413


async def test_five_photos_a_minute(town: Town, picture: Picture) -> None:
    device = await town.known()
    statuses = [(await device.sends_photo(picture())).status_code for _ in range(6)]
    assert statuses == [202] * 5 + [429]


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_usual_format_becomes_a_small_jpeg(
    format: str, picture: Picture, tmp_path: Path
) -> None:
    name = photos.keep(picture(format, (3200, 2000)), tmp_path / "photos")
    with Image.open(tmp_path / "photos" / name) as image:
        assert (image.format, image.size) == ("JPEG", (1600, 1000))


def test_what_was_transparent_is_white(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(tmp_path / photos.keep(out.getvalue(), tmp_path)) as image:
        assert image.getpixel((4, 4)) == (255, 255, 255)


def test_a_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("1", (8_000, 8_000)).save(out, "PNG")
    with pytest.raises(BadInput, match="pixels"):
        photos.keep(out.getvalue(), tmp_path)


def test_other_formats_are_named_as_refused(picture: Picture, tmp_path: Path) -> None:
    for format in ("BMP", "TIFF", "ICO"):
        with pytest.raises(BadInput, match="expected a JPEG, PNG, WebP or GIF"):
            photos.keep(picture(format), tmp_path)
