"""A message of ours in Telegram's terms: parts of a text, buttons, and what is behind a tap."""

from __future__ import annotations

import re
from collections.abc import Iterator

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.desk.errors import UnknownThing
from bot.services import buttons, inbox, turns
from bot.services.outbox import Button
from bot.store.database import Session
from bot.store.tables import OutboxRow

CHANNEL = "telegram"
TEXT_LIMIT = 4096  # UTF-16 units, as Telegram counts: most emoji are two
_ROW_WIDTH = 14  # Chinese characters that fit side by side on a small phone
_REFERENCE = re.compile(r"(\d{1,18}):(\d{1,3})")


def length(text: str) -> int:
    """As Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def parts(text: str) -> list[str]:
    """The text in pieces Telegram takes, cut at line breaks where there are any."""
    pieces = [""]
    for line in _short_lines(text):
        if length(pieces[-1] + line) > TEXT_LIMIT:
            pieces.append("")
        pieces[-1] += line
    return [piece.strip("\n") for piece in pieces if piece.strip()]


def keyboard(outbox_id: int, shown: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    """Buttons below a message, as many in a row as fit.

    Telegram carries 64 bytes behind a button and hands back whatever a client claims was behind
    it. So a button carries no deed but a reference, OUTBOX_ID:INDEX, that is looked up in the
    outbox when it is tapped: always short, good after a restart, and nothing can be tapped that
    this chat was not shown.
    """
    rows: list[list[InlineKeyboardButton]] = []
    room = 0
    for index, button in enumerate(shown):
        width = length(button.label) + 2
        if width > room:
            rows.append([])
            room = _ROW_WIDTH
        room -= width
        data = f"{outbox_id}:{index}"
        rows[-1].append(InlineKeyboardButton(button.label, callback_data=data))
    return InlineKeyboardMarkup(rows) if rows else None


def tap_behind(session: Session, conversation_id: int, update_id: str, data: str) -> str:
    """The deed or the words behind a tapped button; raises UnknownThing when it is over.

    An answer to a question of the dialogue is over when the talk has moved on; words and deeds
    are never, the gateway says itself when a deed is not possible any more.
    """
    read = _REFERENCE.fullmatch(data)
    if read is None:
        raise UnknownThing(f"no button {data!r}")
    tap = buttons.tap_of(session, conversation_id, int(read[1]), int(read[2]))
    if not tap.startswith("/") or _is_repeated(session, conversation_id, update_id):
        return tap
    if tap not in _offered(session, conversation_id):
        raise UnknownThing(f"the question of button {data!r} is over")
    return tap


def _is_repeated(session: Session, conversation_id: int, update_id: str) -> bool:
    """Whether this tap was kept before: then it is not judged again, the inbox knows it."""
    if turns.of_update(session, CHANNEL, update_id):
        return True
    pending = inbox.pending_of(session, conversation_id)
    return any(letter.key == f"{CHANNEL}:{update_id}" for letter in pending)


def _offered(session: Session, conversation_id: int) -> set[str]:
    rows = (session.get(OutboxRow, id) for id in buttons.alive(session, conversation_id))
    return {button["tap"] for row in rows if row for button in row.body["buttons"]}


def _short_lines(text: str) -> Iterator[str]:
    """Lines with their ends; one that is too long by itself is cut anywhere."""
    for line in text.splitlines(keepends=True):
        piece = ""
        size = 0
        for character in line:
            width = length(character)
            if size + width > TEXT_LIMIT:
                yield piece
                piece, size = "", 0
            piece += character
            size += width
        yield piece
