"""A conversation as its resident sees it: what they said and what they were told, in order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.desk.errors import BadInput
from bot.services import outbox
from bot.store.tables import ConversationRow, InboxRow, OutboxRow

_AT_ONCE = 500  # conversations in one question; databases limit the length of a list


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message. Mine: the resident said it; update_id is then the channel's own.

    id: "i" and the inbox row, or "o" and the outbox row; it never changes. fresh: nobody was
    handed it yet.
    """

    id: str
    mine: bool
    at: datetime
    text: str
    photos: tuple[str, ...] = ()
    location: tuple[float, float] | None = None
    update_id: str = ""
    labels: tuple[str, ...] = ()
    fresh: bool = False


@dataclass(frozen=True)
class Cursor:
    """How far somebody has read: the last inbox and the last outbox row. Written "12-30"."""

    inbox: int = 0
    outbox: int = 0

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Raises BadInput; an empty text is the beginning."""
        inbox, _, outbox = text.partition("-") if text else ("0", "-", "0")
        if not all(n.isascii() and n.isdigit() and len(n) <= 18 for n in (inbox, outbox)):
            raise BadInput(f"cursor {text[:40]!r}: expected two numbers, as in 12-30")
        return cls(int(inbox), int(outbox))

    def __str__(self) -> str:
        return f"{self.inbox}-{self.outbox}"

    def past(self, messages: Iterable[Said]) -> Cursor:
        """Where the reader of `messages` stands."""
        inbox, outbox = self.inbox, self.outbox
        for said in messages:
            if said.mine:
                inbox = max(inbox, int(said.id[1:]))
            else:
                outbox = max(outbox, int(said.id[1:]))
        return Cursor(inbox, outbox)


def history(
    session: Session, conversation_id: int, *, after: Cursor, limit: int = 200
) -> list[Said]:
    """What is new after `after`; from the very beginning only the newest `limit` are told.

    A message that nobody was handed yet is always among them: two writers may commit in another
    order than their numbers have.
    """
    inward = select(InboxRow).where(
        InboxRow.conversation_id == conversation_id, InboxRow.id > after.inbox
    )
    outward = select(OutboxRow).where(
        OutboxRow.conversation_id == conversation_id,
        OutboxRow.status != "undeliverable",
        or_(OutboxRow.id > after.outbox, OutboxRow.status == "pending"),
    )
    mine = session.scalars(inward.order_by(InboxRow.id.desc()).limit(limit)).all()
    told = session.scalars(outward.order_by(OutboxRow.id.desc()).limit(limit)).all()
    labels = _labels(session, conversation_id, told) if any(_tap(row) for row in mine) else {}
    messages = [_mine(row, labels) for row in mine] + [_told(row) for row in told]
    # At the same moment the resident spoke first, then was answered.
    messages.sort(key=lambda said: (said.at, not said.mine, int(said.id[1:])))
    return messages[-limit:]


def hand_over(session: Session, messages: Iterable[Said], *, now: datetime) -> None:
    """These are delivered; to say so again changes nothing."""
    outbox.mark_sent(session, [int(said.id[1:]) for said in messages if said.fresh], now=now)


def with_news(session: Session, channel: str, conversations: Collection[int]) -> set[int]:
    """Which of these conversations have something that nobody was handed yet."""
    ids, found = sorted(conversations), set[int]()
    for start in range(0, len(ids), _AT_ONCE):
        query = (
            select(OutboxRow.conversation_id)
            .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
            .where(
                OutboxRow.status == "pending",
                OutboxRow.conversation_id.in_(ids[start : start + _AT_ONCE]),
                ConversationRow.channel == channel,
            )
            .distinct()
        )
        found.update(session.scalars(query))
    return found


def photo(session: Session, conversation_id: int, said_id: str, index: int) -> str | None:
    """The stored name of a photo of this conversation; None where there is none."""
    if not re.fullmatch("[io][0-9]{1,18}", said_id):
        return None
    table: Any = InboxRow if said_id.startswith("i") else OutboxRow
    row = session.get(table, int(said_id[1:]))
    if row is None or row.conversation_id != conversation_id:
        return None
    photos = _photos(row.body)
    return photos[index] if index < len(photos) else None


def was_kept(session: Session, channel: str, update_id: str) -> bool:
    query = select(InboxRow.id).where(InboxRow.channel == channel, InboxRow.update_id == update_id)
    return session.scalars(query).first() is not None


def _mine(row: InboxRow, labels: dict[str, str]) -> Said:
    location = row.body.get("location")
    tap = _tap(row)
    text = row.body.get("text") or row.body.get("button") or (labels.get(tap, "") if tap else "")
    return Said(
        id=f"i{row.id}",
        mine=True,
        at=row.received_at,
        text=text,
        photos=_photos(row.body),
        location=(location[0], location[1]) if location else None,
        update_id=row.update_id,
    )


def _told(row: OutboxRow) -> Said:
    return Said(
        id=f"o{row.id}",
        mine=False,
        at=row.created_at,
        text=row.body["text"],
        photos=_photos(row.body),
        labels=tuple(button["label"] for button in row.body.get("buttons", ())),
        fresh=row.status == "pending",
    )


def _photos(body: dict[str, Any]) -> tuple[str, ...]:
    return tuple(body.get("photos") or filter(None, [body.get("photo")]))


def _tap(row: InboxRow) -> str | None:
    return row.body.get("tap")


def _labels(session: Session, conversation_id: int, told: Sequence[OutboxRow]) -> dict[str, str]:
    """What stood on the buttons that were tapped: the row keeps only what was behind them."""
    recent = (
        select(OutboxRow.body)
        .where(OutboxRow.conversation_id == conversation_id)
        .order_by(OutboxRow.id.desc())
        .limit(max(200, len(told)))
    )
    return {
        button["tap"]: button["label"]
        for body in session.scalars(recent)
        for button in body.get("buttons", ())
    }
