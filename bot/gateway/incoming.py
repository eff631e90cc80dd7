"""A message as a channel hands it over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.desk.errors import BadInput
from bot.language.address_datum import Datum

MAX_TEXT = 8000


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """One message of one peer. update_id makes it unique in its channel.

    Exactly one of text, tap (what is behind a button), button (its label, for channels that only
    know labels), location (latitude, longitude; datum: what these numbers mean) or photo (a stored
    file's name); a photo may carry its caption as text. known_as: see `conversations.enter`.
    """

    channel: str
    peer: str
    update_id: str
    text: str = ""
    tap: str | None = None
    button: str | None = None
    location: tuple[float, float] | None = None
    datum: Datum = Datum.WGS84
    photo: str | None = None
    known_as: str | None = None

    def body(self) -> dict[str, Any]:
        """What is kept in the inbox; raises BadInput for an empty or oversized message."""
        if len(self.text) > MAX_TEXT:
            raise BadInput(f"text has {len(self.text)} characters, expected up to {MAX_TEXT}")
        body = {
            "text": self.text,
            "tap": self.tap,
            "button": self.button,
            "location": list(self.location) if self.location else None,
            "datum": self.datum.value if self.location and self.datum is not Datum.WGS84 else None,
            "photo": self.photo,
        }
        if not any(body.values()):
            raise BadInput("the message is empty: expected a text, button, location or photo")
        return {name: value for name, value in body.items() if value}
