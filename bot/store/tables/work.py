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
    """What many wrote about in one week: similar tickets of one place and matter.

    No words of a resident are copied here: an example is a ticket, and goes when the ticket goes.
    """

    __tablename__ = "topics"
    __table_args__ = (UniqueConstraint("week", "rank"),)

    id: Mapped[int] = column(BigKey, primary_key=True)
    week: Mapped[Any] = column(Date)  # its Monday, in local time
    rank: Mapped[int] = column(Integer)
    title: Mapped[str] = column(Text)  # words that at least three of the tickets share
    place: Mapped[str] = column(Text, default="")
    matter: Mapped[str] = column(String(60))
    heat: Mapped[float] = column(Float)
    growth: Mapped[float] = column(Float)  # see bot.language.topics_heat
    size: Mapped[int] = column(Integer)
    reporters: Mapped[int] = column(Integer)
    first_at: Mapped[datetime] = column(Moment)
    last_at: Mapped[datetime] = column(Moment)
    examples: Mapped[list[int]] = column(JSON)  # tickets that speak for all
    tickets: Mapped[list[int]] = column(JSON)  # all of them, the most typical first
    # The topic of an earlier week that this one goes on from, and for how many weeks it does.
    continues_id: Mapped[int | None] = column(BigKey, ForeignKey("topics.id"), nullable=True)
    weeks: Mapped[int] = column(Integer, default=1)
    # The proactive task (未诉先办) that was made of it.
    ticket_id: Mapped[int | None] = column(
        BigKey, ForeignKey("tickets.id", ondelete="SET NULL"), nullable=True
    )
    found_at: Mapped[datetime] = column(Moment)
