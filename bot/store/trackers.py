"""The dialogue engine's memory: one row a conversation, its last turns and slots as JSON.

Engine room, not a record: what was said is in `turns`. It may live in a database of its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, bindparam, delete, insert, select, update
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


def load(session: Session, sender: str) -> str | None:
    found = session.connection().execute(_LOAD, {"whose": sender}).scalar()
    return None if found is None else str(found)


def save(session: Session, sender: str, dialogue: str, *, now: datetime) -> None:
    values = {"whose": sender, "said": dialogue, "now": now}
    changed: Any = session.connection().execute(_CHANGE, values)
    if not changed.rowcount:
        begun = {"sender": sender, "dialogue": dialogue, "saved_at": now}
        session.connection().execute(_BEGIN, begun)


def forget(session: Session, sender: str) -> None:
    session.execute(delete(TrackerRow).where(TrackerRow.sender == sender))
