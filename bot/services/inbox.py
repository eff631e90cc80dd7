"""What came in. A message stays pending until its answer is in the outbox, so none is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.store.base import table
from bot.store.once import InsertOnce
from bot.store.tables import ConversationRow, InboxRow

_LONGEST_PAUSE = timedelta(seconds=60)

# Every message comes by here, so its statements are built once, and go past the session's objects.
_ROW = table(InboxRow)
_PUT = InsertOnce(InboxRow)
_OLDEST = (
    select(_ROW)
    .where(_ROW.c.conversation_id == bindparam("conversation"), _ROW.c.status == "pending")
    .order_by(_ROW.c.id)
    .limit(1)
)
_DONE = (
    update(_ROW)
    .where(_ROW.c.id == bindparam("letter"), _ROW.c.status == "pending")
    .values(status="done", done_at=bindparam("now"))
)


def _waiting() -> Any:
    """The oldest pending message of a conversation, when it is due and nobody is at work on it."""
    now: Any = bindparam("now")
    older = aliased(InboxRow)
    first = ~(
        select(older.id)
        .where(
            older.conversation_id == InboxRow.conversation_id,
            older.status == "pending",
            older.id < InboxRow.id,
        )
        .exists()
    )
    return (
        select(InboxRow.conversation_id)
        .join(ConversationRow, ConversationRow.id == InboxRow.conversation_id)
        .where(
            InboxRow.status == "pending",
            first,
            or_(InboxRow.try_again_at.is_(None), InboxRow.try_again_at <= now),
            or_(ConversationRow.leased_until.is_(None), ConversationRow.leased_until < now),
        )
        .order_by(InboxRow.id)
        .limit(bindparam("most"))
    )


_WAITING = _waiting()


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A pending message. key names it everywhere: to the engine, on tickets, in timelines."""

    id: int
    conversation_id: int
    key: str
    body: dict[str, Any]
    received_at: datetime
    faults: int
    try_again_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        return self.try_again_at is None or self.try_again_at <= now


def put(
    session: Session,
    channel: str,
    update_id: str,
    conversation_id: int,
    body: dict[str, Any],
    *,
    now: datetime,
) -> Letter | None:
    """Keep a message; None when this very update was kept before."""
    values = {
        "channel": channel,
        "update_id": update_id,
        "conversation_id": conversation_id,
        "body": body,
        "status": "pending",
        "received_at": now,
        "faults": 0,
    }
    id = _PUT(session, values)
    if id is None:
        return None
    return Letter(
        id=id,
        conversation_id=conversation_id,
        key=f"{channel}:{update_id}",
        body=body,
        received_at=now,
        faults=0,
    )


def oldest_of(session: Session, conversation_id: int) -> Letter | None:
    """The pending message that comes first; while it is put off, the later ones wait behind it."""
    row = session.connection().execute(_OLDEST, {"conversation": conversation_id}).first()
    return _letter(row) if row else None


def waiting(session: Session, *, now: datetime, limit: int = 50) -> list[int]:
    """Conversations with a message that is due and with nobody working on it."""
    values = {"now": now, "most": limit}
    return [int(id) for (id,) in session.connection().execute(_WAITING, values)]


def done(session: Session, id: int, *, now: datetime) -> bool:
    """Mark as answered; False when somebody else has done so."""
    answered: Any = session.connection().execute(_DONE, {"letter": id, "now": now})
    return bool(answered.rowcount)


def put_off(session: Session, id: int, *, now: datetime, fault: bool) -> None:
    """Not now: again later, pausing longer each time. fault: the engine answered with an error."""
    row = session.get(InboxRow, id)
    if row is None or row.status == "done":
        return
    row.faults += int(fault)
    row.try_again_at = now + min(timedelta(seconds=2**row.faults), _LONGEST_PAUSE)
    session.flush()


def pending_of(session: Session, conversation_id: int) -> list[Letter]:
    query = select(InboxRow).where(
        InboxRow.conversation_id == conversation_id, InboxRow.status == "pending"
    )
    return [_letter(row) for row in session.scalars(query.order_by(InboxRow.id))]


def pending_count(session: Session) -> int:
    query = select(func.count()).select_from(InboxRow).where(InboxRow.status == "pending")
    return int(session.scalar(query) or 0)


def _letter(row: Any) -> Letter:
    return Letter(
        id=row.id,
        conversation_id=row.conversation_id,
        key=f"{row.channel}:{row.update_id}",
        body=row.body,
        received_at=row.received_at,
        faults=row.faults,
        try_again_at=row.try_again_at,
    )
