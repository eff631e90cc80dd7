"""The dialogue engine's memory: one row a conversation, its last turns and slots as JSON.

Engine room, not a record: what was said is in `turns`. It may live in a database of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Session

from bot.store.base import Base, Moment, column, table


class TrackerRow(Base):
    __tablename__ = "engine_trackers"

    sender: Mapped[str] = column(String(160), primary_key=True)
    dialogue: Mapped[str] = column(Text)
    saved_at: Mapped[datetime] = column(Moment, index=True)


_ROW = table(TrackerRow)
_LOAD = select(_ROW.c.dialogue).where(_ROW.c.sender == bindparam("whose"))
_CHANGE = (
    update(_ROW)
    .where(_ROW.c.sender == bindparam("whose"))
    .values(dialogue=bindparam("said"), saved_at=bindparam("now"))
)
_BEGIN = insert(_ROW)


def sender_of(conversation_id: int) -> str:
    """What the engine calls a conversation."""
    return f"c{conversation_id}"


def conversation_of(sender: str) -> int | None:
    """The conversation's id; None for a sender that is none of ours."""
    return int(sender[1:]) if sender[:1] == "c" and sender[1:].isdecimal() else None


def load(connection: Connection, sender: str) -> str | None:
    found = connection.execute(_LOAD, {"whose": sender}).scalar()
    return None if found is None else str(found)


def save(connection: Connection, sender: str, dialogue: str, *, now: datetime) -> None:
    changed: Any = connection.execute(_CHANGE, {"whose": sender, "said": dialogue, "now": now})
    if not changed.rowcount:
        connection.execute(_BEGIN, {"sender": sender, "dialogue": dialogue, "saved_at": now})


def forget(session: Session, sender: str) -> None:
    session.execute(delete(TrackerRow).where(TrackerRow.sender == sender))


def untouched(
    session: Session, *, before: datetime, after: str = "", limit: int = 500
) -> list[str]:
    """Senders whose last turn was before a moment, in order, those after `after`."""
    query = select(_ROW.c.sender).where(_ROW.c.saved_at < before, _ROW.c.sender > after)
    found = session.connection().execute(query.order_by(_ROW.c.sender).limit(limit))
    return [str(sender) for sender in found.scalars()]


def forget_untouched(session: Session, senders: Sequence[str], *, before: datetime) -> int:
    """Forget those of `senders` that have not spoken meanwhile; returns how many."""
    gone = delete(_ROW).where(_ROW.c.sender.in_(senders), _ROW.c.saved_at < before)
    forgotten: Any = session.connection().execute(gone)
    return int(forgotten.rowcount)
