"""Tables of the desk: tickets, who is on them, their timeline and their photos."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped

from bot.desk.moves import Status
from bot.store.base import Base, BigKey, Moment, column

_STATUSES = ", ".join(f"'{status.value}'" for status in Status)


class TicketRow(Base):
    """One matter of one resident, from the first word to the archive."""

    __tablename__ = "tickets"
    __table_args__ = (
        CheckConstraint(f"status IN ({_STATUSES})", name="known_status"),
        # Nobody's ticket exists only where a person still has to sort it, or where it has ended.
        CheckConstraint(
            "assignee IS NOT NULL OR status IN "
            "('triage', 'closed', 'declined', 'merged', 'withdrawn')",
            name="someone_is_responsible",
        ),
        CheckConstraint("satisfaction BETWEEN 1 AND 5", name="five_levels"),
        # "My tasks" and the worker's "what is due next" are the two hot questions.
        Index("ix_tickets_assignee_status", "assignee", "status"),
        Index("ix_tickets_resident_opened", "resident_id", "opened_at"),
        # Asked with every message: what the conversation was about last.
        Index("ix_tickets_conversation", "conversation_id", "id"),
    )

    id: Mapped[int] = column(BigKey, primary_key=True)
    number: Mapped[str | None] = column(String(24), unique=True, nullable=True)
    # The message that opened it: a repeated message finds its ticket instead of opening another.
    source_key: Mapped[str] = column(String(200), unique=True)
    version: Mapped[int] = column(Integer)  # counts writes: compare-and-set, see __mapper_args__
    status: Mapped[str] = column(String(12))
    confidential: Mapped[bool] = column(Boolean, default=False)
    kind: Mapped[str] = column(String(12))
    matter: Mapped[str] = column(String(60), index=True)
    matter_confidence: Mapped[float] = column(Float, default=0.0)
    # What else it may be about, the likeliest first: the choices when somebody says it is wrong.
    readings: Mapped[list[str]] = column(JSON, default=list)
    urgency: Mapped[str] = column(String(12))
    text: Mapped[str] = column(Text)
    place: Mapped[dict[str, Any]] = column(JSON)
    grid: Mapped[str | None] = column(String(40), nullable=True, index=True)
    resident_id: Mapped[int | None] = column(
        BigKey, ForeignKey("residents.id", ondelete="SET NULL"), nullable=True
    )
    conversation_id: Mapped[int | None] = column(
        BigKey, ForeignKey("conversations.id", ondelete="SET NULL"), nullable=True
    )
    contact_phone: Mapped[str | None] = column(String(40), nullable=True)
    assignee: Mapped[str | None] = column(String(40), ForeignKey("staff.code"), nullable=True)
    reason: Mapped[str] = column(Text, default="")  # why this assignee, in words
    opened_at: Mapped[datetime] = column(Moment)
    accepted_at: Mapped[datetime | None] = column(Moment, nullable=True)
    resolved_at: Mapped[datetime | None] = column(Moment, nullable=True)
    closed_at: Mapped[datetime | None] = column(Moment, nullable=True)
    accept_by: Mapped[datetime] = column(Moment)
    resolve_by: Mapped[datetime] = column(Moment)
    next_deadline_at: Mapped[datetime | None] = column(Moment, nullable=True, index=True)
    solved: Mapped[bool | None] = column(Boolean, nullable=True)
    satisfaction: Mapped[int | None] = column(Integer, nullable=True)  # 5 very satisfied .. 1

    # Every UPDATE says "... WHERE version = the one I read": of two writers, one learns it lost.
    __mapper_args__: ClassVar[dict[str, Any]] = {"version_id_col": version}


class TicketPersonRow(Base):
    """Somebody beside the assignee: watches, or assists."""

    __tablename__ = "ticket_people"

    ticket_id: Mapped[int] = column(
        BigKey, ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True
    )
    staff: Mapped[str] = column(String(40), ForeignKey("staff.code"), primary_key=True)
    part: Mapped[str] = column(String(12))  # watch | assist


class TimelineRow(Base):
    """Every move of a ticket: who, when, from where to where, and why. Never changed."""

    __tablename__ = "timeline"
    __table_args__ = (
        # One message makes one move of a kind, however often it is delivered.
        UniqueConstraint("ticket_id", "move", "source_key"),
    )

    id: Mapped[int] = column(BigKey, primary_key=True)
    ticket_id: Mapped[int] = column(
        BigKey, ForeignKey("tickets.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = column(Moment)
    move: Mapped[str] = column(String(20))
    actor: Mapped[str] = column(String(60))  # staff:xiaoli | resident:17 | system
    from_status: Mapped[str | None] = column(String(12), nullable=True)
    to_status: Mapped[str] = column(String(12))
    note: Mapped[str] = column(Text, default="")
    source_key: Mapped[str] = column(String(200), index=True)


class PhotoRow(Base):
    """A photo that belongs to a ticket; the file lies below the data folder."""

    __tablename__ = "photos"
    __table_args__ = (UniqueConstraint("ticket_id", "path"),)

    id: Mapped[int] = column(BigKey, primary_key=True)
    ticket_id: Mapped[int] = column(
        BigKey, ForeignKey("tickets.id", ondelete="CASCADE"), index=True
    )
    path: Mapped[str] = column(String(200))
    stage: Mapped[str] = column(String(12))  # before | after
    added_at: Mapped[datetime] = column(Moment)
