"""Tables of the worker: its chores, and the topics it finds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Date, Float, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from bot.store.base import Base, BigKey, Moment, column


class ChoreRow(Base):
    """Something one worker at a time does: who has it until when, and when it was last done."""

    __tablename__ = "chores"

    name: Mapped[str] = column(String(40), primary_key=True)
    leased_by: Mapped[str | None] = column(String(60), nullable=True)
    leased_until: Mapped[datetime | None] = column(Moment, nullable=True)
    done_at: Mapped[datetime | None] = column(Moment, nullable=True)


class TopicRow(Base):
    """What many wrote about in one week: similar tickets of one place and matter."""

    __tablename__ = "topics"
    __table_args__ = (UniqueConstraint("week", "rank"),)

    id: Mapped[int] = column(BigKey, primary_key=True)
    week: Mapped[Any] = column(Date)  # its Monday, in local time
    rank: Mapped[int] = column(Integer)
    title: Mapped[str] = column(Text)
    place: Mapped[str] = column(Text, default="")
    matter: Mapped[str] = column(String(60))
    heat: Mapped[float] = column(Float)
    size: Mapped[int] = column(Integer)
    texts: Mapped[list[str]] = column(JSON)  # a few that speak for all
    tickets: Mapped[list[int]] = column(JSON)
    # The topic of the week before that this one goes on from.
    continues_id: Mapped[int | None] = column(BigKey, ForeignKey("topics.id"), nullable=True)
    # The proactive task (未诉先办) that was made of it.
    ticket_id: Mapped[int | None] = column(
        BigKey, ForeignKey("tickets.id", ondelete="SET NULL"), nullable=True
    )
    found_at: Mapped[datetime] = column(Moment)
