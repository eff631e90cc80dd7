"""The dialogue engine's memory: one row a conversation, its last turns and slots as JSON.

Engine room, not a record: what was said is in `turns`. It may live in a database of its own.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session

from bot.store.base import Base, Moment, column


class TrackerRow(Base):
    __tablename__ = "engine_trackers"

    sender: Mapped[str] = column(String(160), primary_key=True)
    dialogue: Mapped[str] = column(Text)
    saved_at: Mapped[datetime] = column(Moment, index=True)


def load(session: Session, sender: str) -> str | None:
    return session.execute(
        select(TrackerRow.dialogue).where(TrackerRow.sender == sender)
    ).scalar_one_or_none()


def save(session: Session, sender: str, dialogue: str, *, now: datetime) -> None:
    changed = session.execute(
        update(TrackerRow)
        .where(TrackerRow.sender == sender)
        .values(dialogue=dialogue, saved_at=now)
        .execution_options(synchronize_session=False)
    )
    if not getattr(changed, "rowcount", 0):
        session.add(TrackerRow(sender=sender, dialogue=dialogue, saved_at=now))


def forget(session: Session, sender: str) -> None:
    session.execute(delete(TrackerRow).where(TrackerRow.sender == sender))
