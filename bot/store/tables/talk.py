"""Tables of the talk: residents, conversations, what came in, what goes out, what was said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

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

from bot.store.base import Base, BigKey, Moment, column


class ResidentRow(Base):
    """A resident: as little as the service needs. The home is given freely, or not at all."""

    __tablename__ = "residents"

    id: Mapped[int] = column(BigKey, primary_key=True)
    code: Mapped[str | None] = column(String(40), unique=True, nullable=True)
    name: Mapped[str] = column(String(60), default="")
    home: Mapped[dict[str, Any] | None] = column(JSON, nullable=True)
    created_at: Mapped[datetime] = column(Moment)


class ConversationRow(Base):
    """One peer on one channel. `leased_by` holds the one process that speaks for it now."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("channel", "peer"),
        # A conversation belongs to a resident, or to a member of staff, never to both.
        CheckConstraint("(resident_id IS NULL) <> (staff IS NULL)", name="one_owner"),
    )

    id: Mapped[int] = column(BigKey, primary_key=True)
    channel: Mapped[str] = column(String(20))
    peer: Mapped[str] = column(String(120))
    resident_id: Mapped[int | None] = column(
        BigKey,
        ForeignKey("residents.id", ondelete="CASCADE"),
        nullable=True,
        index=True,
    )
    staff: Mapped[str | None] = column(
        String(40), ForeignKey("staff.code"), nullable=True, index=True
    )
    started_at: Mapped[datetime] = column(Moment)
    # After words about somebody's conduct, whatever follows for a while is not for all either.
    confidential_until: Mapped[datetime | None] = column(Moment, nullable=True)
    # A report that waits for its place, and when it goes to the desk without one (unheard.py).
    unheard: Mapped[dict[str, Any] | None] = column(JSON, nullable=True)
    unheard_at: Mapped[datetime | None] = column(Moment, nullable=True, index=True)
    # The deed that the next words complete, and until when (asking.py): {"tap", "until"}.
    asked: Mapped[dict[str, Any] | None] = column(JSON, nullable=True)
    leased_by: Mapped[str | None] = column(String(60), nullable=True)
    leased_until: Mapped[datetime | None] = column(Moment, nullable=True)


class InboxRow(Base):
    """A message as it came in. It is `pending` until its answer is in the outbox."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "update_id"),  # a repeated delivery changes nothing
        CheckConstraint("status IN ('pending', 'done')", name="known_status"),
        Index("ix_inbox_status_conversation", "status", "conversation_id", "id"),
    )

    id: Mapped[int] = column(BigKey, primary_key=True)
    channel: Mapped[str] = column(String(20))
    update_id: Mapped[str] = column(String(120))
    conversation_id: Mapped[int] = column(
        BigKey, ForeignKey("conversations.id", ondelete="CASCADE")
    )
    body: Mapped[dict[str, Any]] = column(JSON)
    status: Mapped[str] = column(String(8), default="pending")
    received_at: Mapped[datetime] = column(Moment)
    done_at: Mapped[datetime | None] = column(Moment, nullable=True)
    faults: Mapped[int] = column(Integer, default=0)  # answers 5xx, not times of no answer
    try_again_at: Mapped[datetime | None] = column(Moment, nullable=True)


class OutboxRow(Base):
    """A message to be delivered. Without a conversation it waits until the person has one."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'sent', 'undeliverable')", name="known_status"),
        Index("ix_outbox_status_conversation", "status", "conversation_id", "id"),
        Index("ix_outbox_staff_id", "staff", "id"),
    )

    id: Mapped[int] = column(BigKey, primary_key=True)
    key: Mapped[str] = column(String(240), unique=True)  # the same news is never sent twice
    conversation_id: Mapped[int | None] = column(
        BigKey, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=True
    )
    staff: Mapped[str | None] = column(String(40), ForeignKey("staff.code"), nullable=True)
    inbox_id: Mapped[int | None] = column(BigKey, nullable=True, index=True)  # what it answers
    ticket_id: Mapped[int | None] = column(
        BigKey, ForeignKey("tickets.id", ondelete="SET NULL"), nullable=True
    )
    body: Mapped[dict[str, Any]] = column(JSON)
    status: Mapped[str] = column(String(14), default="pending")
    created_at: Mapped[datetime] = column(Moment)
    sent_at: Mapped[datetime | None] = column(Moment, nullable=True)
    attempts: Mapped[int] = column(Integer, default=0)
    try_again_at: Mapped[datetime | None] = column(Moment, nullable=True)


class TurnRow(Base):
    """One exchange, kept for review: what was said, how it was read, what was done."""

    __tablename__ = "turns"
    __table_args__ = (Index("ix_turns_conversation", "conversation_id", "id"),)

    id: Mapped[int] = column(BigKey, primary_key=True)
    inbox_id: Mapped[int] = column(BigKey, ForeignKey("inbox.id", ondelete="CASCADE"), unique=True)
    conversation_id: Mapped[int] = column(
        BigKey, ForeignKey("conversations.id", ondelete="CASCADE")
    )
    at: Mapped[datetime] = column(Moment, index=True)
    text: Mapped[str] = column(Text)
    confidential: Mapped[bool] = column(Boolean, default=False)
    emergency: Mapped[bool] = column(Boolean, default=False)
    intent: Mapped[str | None] = column(String(40), nullable=True, index=True)
    confidence: Mapped[float | None] = column(Float, nullable=True)
    kind: Mapped[str | None] = column(String(12), nullable=True)
    matter: Mapped[str | None] = column(String(60), nullable=True, index=True)
    reading: Mapped[dict[str, Any]] = column(JSON)  # the rest of what the engine understood
    place: Mapped[dict[str, Any] | None] = column(JSON, nullable=True)
    actions: Mapped[list[str]] = column(JSON)
    replies: Mapped[list[dict[str, Any]]] = column(JSON)
    ticket_id: Mapped[int | None] = column(
        BigKey, ForeignKey("tickets.id", ondelete="SET NULL"), nullable=True
    )
    milliseconds: Mapped[int] = column(Integer, default=0)
