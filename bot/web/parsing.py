"""What the page sends, read with care: it comes from outside."""

from __future__ import annotations

import json
import math
import uuid
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from bot.desk.errors import BadInput
from bot.gateway.incoming import MAX_TEXT
from bot.language.address_datum import Datum
from bot.web import words


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One message of the page; id: a UUID the page made, the same when it tries again.

    button: the id of our message and the number of the button on it.
    """

    id: str
    text: str = ""
    button: tuple[int, int] | None = None
    location: tuple[float, float] | None = None
    datum: Datum = Datum.WGS84
    photo: bytes = b""


async def message(request: Request) -> Sent:
    """{"id", and one of "text", "button": ["o12", 0], "location": [latitude, longitude]}.

    With a location may come "datum": "wgs84", which is what browsers give, or "gcj02", which is
    what Chinese map applications and mini programs give.
    """
    body = await _json(request)
    return Sent(
        id=_uuid(body.get("id")),
        text=_text(body.get("text", "")),
        button=_button(body["button"]) if "button" in body else None,
        location=_location(body["location"]) if "location" in body else None,
        datum=_datum(body.get("datum", Datum.WGS84)),
    )


async def photo(request: Request) -> Sent:
    """A form with id, photo and perhaps text, the caption."""
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get("photo")
        if not isinstance(file, UploadFile):
            raise words.Stop(400, words.NO_PHOTO)
        data = await file.read()
        return Sent(id=_uuid(form.get("id")), text=_text(form.get("text", "")), photo=data)


async def code(request: Request) -> str:
    found = (await _json(request)).get("code")
    if not isinstance(found, str) or not 1 <= len(found.strip()) <= 40:
        raise words.Stop(400, words.CODE_REFUSED)
    return found.strip()


def seconds(text: str | None, *, most: float) -> float:
    try:
        wait = float(text or 0)
    except ValueError:
        raise BadInput(f"wait={text!r}: expected seconds") from None
    return min(most, max(0.0, wait)) if math.isfinite(wait) else 0.0


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise BadInput("the body is no JSON") from None
    if not isinstance(body, dict):
        raise BadInput("the body is no JSON object")
    return body


def _uuid(value: object) -> str:
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        raise BadInput("id: expected a UUID") from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise BadInput("text: expected a string")
    # No database keeps a zero byte or half a surrogate pair, and no person writes one.
    text = value.replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    if len(text) > MAX_TEXT:
        raise words.Stop(413, words.TOO_LONG)
    return text


def _button(value: object) -> tuple[int, int]:
    match value:
        case [str(message), int(index)] if (
            message[:1] == "o"
            and message[1:].isascii()
            and message[1:].isdigit()
            and len(message) < 20
        ):
            return int(message[1:]), int(index)
    raise BadInput("button: expected a message's id and a number")


def _location(value: object) -> tuple[float, float]:
    match value:
        case [int() | float() as latitude, int() | float() as longitude] if (
            abs(latitude) <= 90 and abs(longitude) <= 180
        ):
            return float(latitude), float(longitude)
    raise words.Stop(400, words.NO_PLACE)


def _datum(value: object) -> Datum:
    try:
        return Datum(value)
    except ValueError:
        known = ", ".join(datum.value for datum in Datum)
        raise BadInput(f"datum: expected one of {known}") from None
