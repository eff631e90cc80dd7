"""What goes out: written with the change it tells of, delivered by the channel it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from bot.store.once import InsertOnce
from bot.store.tables import ConversationRow, OutboxRow

_LONGEST_PAUSE = timedelta(minutes=10)
_PUT = InsertOnce(OutboxRow)
_LAST_SEEN = (
    select(ConversationRow.id)
    .where(ConversationRow.staff == bindparam("staff"))
    .order_by(ConversationRow.id.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Button:
    """One tap. `tap` is a deed (accept:NUMBER) or a line for the engine (/deny)."""

    label: str
    tap: str


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a person reads."""

    text: str
    buttons: tuple[Button, ...] = ()
    photos: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "buttons": [{"label": b.label, "tap": b.tap} for b in self.buttons],
            "photos": list(self.photos),
        }


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A row on its way out, for a channel's sender."""

    id: int
    conversation_id: int
    peer: str
    message: Message
    inbox_id: int | None = None
    ticket_id: int | None = field(default=None)


def message_from(body: dict[str, Any]) -> Message:
    return Message(
        text=body["text"],
        buttons=tuple(Button(b["label"], b["tap"]) for b in body.get("buttons", ())),
        photos=tuple(body.get("photos", ())),
    )


def to_conversation(
    session: Session,
    conversation_id: int,
    message: Message,
    *,
    key: str,
    now: datetime,
    inbox_id: int | None = None,
    ticket_id: int | None = None,
) -> None:
    """Say `message` once: the same `key` again writes nothing."""
    place = {"conversation_id": conversation_id, "inbox_id": inbox_id, "ticket_id": ticket_id}
    _put(session, key, message, now, place)


def to_staff(
    session: Session,
    staff: str,
    message: Message,
    *,
    key: str,
    now: datetime,
    ticket_id: int | None = None,
) -> None:
    """Tell a member of staff, where they were last seen; unseen, it waits for their first visit."""
    conversation = session.connection().execute(_LAST_SEEN, {"staff": staff}).scalar()
    place = {"staff": staff, "conversation_id": conversation, "ticket_id": ticket_id}
    _put(session, key, message, now, place)


def _put(
    session: Session, key: str, message: Message, now: datetime, place: dict[str, Any]
) -> None:
    session.flush()  # the ticket it is about may be new
    fixed = {"key": key, "body": message.as_json(), "created_at": now}
    _PUT(session, {**fixed, **place, "status": "pending", "attempts": 0})


def claim_waiting(session: Session, staff: str, conversation_id: int) -> None:
    """A member of staff is here for the first time: what waited for them goes to them now."""
    waiting = select(OutboxRow).where(
        OutboxRow.staff == staff,
        OutboxRow.conversation_id.is_(None),
        OutboxRow.status == "pending",
    )
    for row in session.scalars(waiting):
        row.conversation_id = conversation_id


def leave_waiting(session: Session, conversation_id: int) -> None:
    """What a member of staff has not been sent in this conversation waits for their next one."""
    waiting = select(OutboxRow).where(
        OutboxRow.conversation_id == conversation_id,
        OutboxRow.staff.is_not(None),
        OutboxRow.status == "pending",
    )
    for row in session.scalars(waiting):
        row.conversation_id = None


def due(
    session: Session,
    channel: str,
    *,
    now: datetime,
    conversations: Sequence[int] | None = None,
    limit: int = 100,
) -> list[Delivery]:
    """The next messages of `channel`, oldest first, optionally of some conversations only.

    While a message is put off, the later ones of its conversation wait behind it.
    """
    older = aliased(OutboxRow)
    put_off = (
        select(older.id)
        .where(
            older.conversation_id == OutboxRow.conversation_id,
            older.status == "pending",
            older.id < OutboxRow.id,
            older.try_again_at > now,
        )
        .exists()
    )
    query = (
        select(OutboxRow, ConversationRow.peer)
        .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
        .where(
            OutboxRow.status == "pending",
            ConversationRow.channel == channel,
            or_(OutboxRow.try_again_at.is_(None), OutboxRow.try_again_at <= now),
            ~put_off,
        )
        .order_by(OutboxRow.id)
        .limit(limit)
    )
    if conversations is not None:
        query = query.where(OutboxRow.conversation_id.in_(conversations))
    return [_delivery(row, peer) for row, peer in session.execute(query)]


def mark_sent(session: Session, ids: Sequence[int], *, now: datetime) -> None:
    for row in session.scalars(select(OutboxRow).where(OutboxRow.id.in_(ids))):
        row.status, row.sent_at = "sent", now


def mark_failed(session: Session, id: int, *, now: datetime, never: bool) -> None:
    """Sending failed for now (`never` false: again later, pausing longer each time) or for good."""
    row = session.get(OutboxRow, id)
    if row is None:
        return
    row.attempts += 1
    if never:
        row.status = "undeliverable"
    else:
        pause = min(timedelta(seconds=2 ** min(row.attempts, 10)), _LONGEST_PAUSE)
        row.try_again_at = now + pause


def button_of(session: Session, conversation_id: int, label: str) -> str | None:
    """The tap behind the newest button with this label that this conversation was shown."""
    shown = _shown_buttons(session, conversation_id)
    return next((button["tap"] for button in shown if button["label"] == label), None)


def label_of(session: Session, conversation_id: int, tap: str) -> str | None:
    """What stood on the newest button with this tap: how a tap reads in the log."""
    shown = _shown_buttons(session, conversation_id)
    return next((button["label"] for button in shown if button["tap"] == tap), None)


def _shown_buttons(session: Session, conversation_id: int) -> Iterator[dict[str, str]]:
    newest = (
        select(OutboxRow.body)
        .where(OutboxRow.conversation_id == conversation_id)
        .order_by(OutboxRow.id.desc())
        .limit(50)
    )
    for body in session.scalars(newest):
        yield from body.get("buttons", ())


def _delivery(row: OutboxRow, peer: str) -> Delivery:
    assert row.conversation_id is not None  # joined on it
    return Delivery(
        id=row.id,
        conversation_id=row.conversation_id,
        peer=peer,
        message=message_from(row.body),
        inbox_id=row.inbox_id,
        ticket_id=row.ticket_id,
    )
