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
    text,
)
from sqlalchemy.orm import Mapped

from bot.desk.moves import Status
from bot.store.base import Base, BigKey, Moment, column

_STATUSES = ", ".join(f"'{status.value}'" for status in Status)


def _index_of_some(name: str, of: str) -> Index:
    filled = text(f"{of} IS NOT NULL")
    return Index(name, of, sqlite_where=filled, postgresql_where=filled)


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
        Index("ix_tickets_assignee_deadline", "assignee", "next_deadline_at"),
        Index("ix_tickets_resident_opened", "resident_id", "opened_at"),
        # Asked with every message: what the conversation was about last.
        Index("ix_tickets_conversation", "conversation_id", "id"),
        # Asked before a ticket is opened: is there one about the same thing at the same place?
        Index("ix_tickets_matter_building", "matter", "building"),
        # Few tickets have these; an index of those few costs the others nothing.
        _index_of_some("ix_tickets_queued_at", "queued_at"),
        _index_of_some("ix_tickets_parent_id", "parent_id"),
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
    building: Mapped[str | None] = column(String(40), nullable=True)
    # When it happened, as the resident said it: {"text", "start", "end"}.
    happened: Mapped[dict[str, Any] | None] = column(JSON, nullable=True)
    # Staff a conduct report complains of: they never handle it and never see it.
    against: Mapped[list[str]] = column(JSON, default=list)
    # The ticket this one follows, after it was merged.
    parent_id: Mapped[int | None] = column(BigKey, ForeignKey("tickets.id"), nullable=True)
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
    # Since when it waits in triage only because everybody who could take it has enough.
    queued_at: Mapped[datetime | None] = column(Moment, nullable=True)
    accepted_at: Mapped[datetime | None] = column(Moment, nullable=True)
    contacted_at: Mapped[datetime | None] = column(Moment, nullable=True)
    resolved_at: Mapped[datetime | None] = column(Moment, nullable=True)
    closed_at: Mapped[datetime | None] = column(Moment, nullable=True)
    accept_by: Mapped[datetime] = column(Moment)
    contact_by: Mapped[datetime | None] = column(Moment, nullable=True)
    resolve_by: Mapped[datetime] = column(Moment)
    # When a ticket that waits or is held is looked at again.
    review_at: Mapped[datetime | None] = column(Moment, nullable=True)
    next_deadline_at: Mapped[datetime | None] = column(Moment, nullable=True, index=True)
    # When the worker has to say something next about the running deadline, and how often it has.
    alarm_at: Mapped[datetime | None] = column(Moment, nullable=True, index=True)
    alarm_step: Mapped[int] = column(Integer, default=0)
    # By which rules and which calendar the deadlines were reckoned, and whether past its end.
    reckoned_by: Mapped[str] = column(String(80), default="")
    provisional: Mapped[bool] = column(Boolean, default=False)
    # What the handler reported when it was done: see bot.desk.closure.
    closure: Mapped[dict[str, Any] | None] = column(JSON, nullable=True)
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
    reason_code: Mapped[str] = column(String(40), default="")
    note: Mapped[str] = column(Text, default="")
    # What the move changed, by the names of bot.desk.record, and why a person was chosen.
    facts: Mapped[dict[str, Any]] = column(JSON, default=dict)
    source_key: Mapped[str] = column(String(200), index=True)


class SubtaskRow(Base):
    """Somebody else's part of a ticket: assists, was called to the place, or visits afterwards."""

    __tablename__ = "subtasks"
    __table_args__ = (
        CheckConstraint("kind IN ('assist', 'whistle', 'revisit')", name="known_kind"),
        CheckConstraint(
            "status IN ('asked', 'accepted', 'arrived', 'done', 'cancelled')", name="known_status"
        ),
        # One message asks one person once.
        UniqueConstraint("ticket_id", "staff", "source_key"),
        Index("ix_subtasks_staff_status", "staff", "status"),
    )

    id: Mapped[int] = column(BigKey, primary_key=True)
    ticket_id: Mapped[int] = column(
        BigKey, ForeignKey("tickets.id", ondelete="CASCADE"), index=True
    )
    version: Mapped[int] = column(Integer)  # compare-and-set, as with tickets
    kind: Mapped[str] = column(String(12))
    staff: Mapped[str] = column(String(40), ForeignKey("staff.code"))
    task: Mapped[str] = column(Text)
    required: Mapped[bool] = column(Boolean, default=False)  # the lead cannot close before it
    status: Mapped[str] = column(String(12))
    asked_by: Mapped[str] = column(String(60))  # staff:xiaoli | system
    asked_at: Mapped[datetime] = column(Moment)
    accepted_at: Mapped[datetime | None] = column(Moment, nullable=True)
    arrive_by: Mapped[datetime | None] = column(Moment, nullable=True)
    arrived_at: Mapped[datetime | None] = column(Moment, nullable=True)
    due_by: Mapped[datetime] = column(Moment)
    done_at: Mapped[datetime | None] = column(Moment, nullable=True)
    outcome: Mapped[str] = column(Text, default="")
    alarm_at: Mapped[datetime | None] = column(Moment, nullable=True, index=True)
    alarm_step: Mapped[int] = column(Integer, default=0)
    source_key: Mapped[str] = column(String(200))

    __mapper_args__: ClassVar[dict[str, Any]] = {"version_id_col": version}


class FollowerRow(Base):
    """A resident who met the same thing: counted, and told of progress."""

    __tablename__ = "followers"
    __table_args__ = (
        UniqueConstraint("ticket_id", "conversation_id"),
        UniqueConstraint("source_key"),
    )

    id: Mapped[int] = column(BigKey, primary_key=True)
    ticket_id: Mapped[int] = column(BigKey, ForeignKey("tickets.id", ondelete="CASCADE"))
    resident_id: Mapped[int | None] = column(
        BigKey, ForeignKey("residents.id", ondelete="CASCADE"), nullable=True, index=True
    )
    conversation_id: Mapped[int | None] = column(
        BigKey, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=True, index=True
    )
    text: Mapped[str] = column(Text, default="")
    at: Mapped[datetime] = column(Moment)
    source_key: Mapped[str] = column(String(200))


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
