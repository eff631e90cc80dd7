"""What came in. A message stays pending until its answer is in the outbox, so none is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from bot.store.tables import ConversationRow, InboxRow

_LONGEST_PAUSE = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A pending message. key names it everywhere: to the engine, on tickets, in timelines."""

    id: int
    conversation_id: int
    key: str
    body: dict[str, Any]
    received_at: datetime
    faults: int


def put(
    session: Session,
    *,
    channel: str,
    update_id: str,
    conversation_id: int,
    body: dict[str, Any],
    now: datetime,
) -> Letter | None:
    """Keep a message; None when this very update was kept before."""
    known = select(InboxRow.id).where(InboxRow.channel == channel, InboxRow.update_id == update_id)
    if session.scalars(known).first() is not None:
        return None
    row = InboxRow(
        channel=channel,
        update_id=update_id,
        conversation_id=conversation_id,
        body=body,
        status="pending",
        received_at=now,
        faults=0,
    )
    session.add(row)
    session.flush()
    return _letter(row)


def next_of(session: Session, conversation_id: int, *, now: datetime) -> Letter | None:
    """The oldest pending message, unless it is to be tried again only later: order is kept."""
    row = session.scalars(
        select(InboxRow)
        .where(InboxRow.conversation_id == conversation_id, InboxRow.status == "pending")
        .order_by(InboxRow.id)
        .limit(1)
    ).first()
    if row is None or (row.try_again_at and row.try_again_at > now):
        return None
    return _letter(row)


def waiting(session: Session, *, now: datetime, limit: int = 50) -> list[int]:
    """Conversations with a message that is due and with nobody working on it."""
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
    query = (
        select(InboxRow.conversation_id)
        .join(ConversationRow, ConversationRow.id == InboxRow.conversation_id)
        .where(
            InboxRow.status == "pending",
            first,
            or_(InboxRow.try_again_at.is_(None), InboxRow.try_again_at <= now),
            or_(ConversationRow.leased_until.is_(None), ConversationRow.leased_until < now),
        )
        .order_by(InboxRow.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def done(session: Session, id: int, *, now: datetime) -> bool:
    """Mark as answered; False when somebody else has done so."""
    row = session.get(InboxRow, id, with_for_update=True)
    if row is None or row.status == "done":
        return False
    row.status, row.done_at = "done", now
    return True


def put_off(session: Session, id: int, *, now: datetime, fault: bool) -> None:
    """Not now: again later, pausing longer each time. fault: the engine answered with an error."""
    row = session.get(InboxRow, id)
    if row is None or row.status == "done":
        return
    row.faults += int(fault)
    row.try_again_at = now + min(timedelta(seconds=2**row.faults), _LONGEST_PAUSE)


def pending_of(session: Session, conversation_id: int) -> list[Letter]:
    query = select(InboxRow).where(
        InboxRow.conversation_id == conversation_id, InboxRow.status == "pending"
    )
    return [_letter(row) for row in session.scalars(query.order_by(InboxRow.id))]


def pending_count(session: Session) -> int:
    query = select(func.count()).select_from(InboxRow).where(InboxRow.status == "pending")
    return int(session.scalar(query) or 0)


def _letter(row: InboxRow) -> Letter:
    return Letter(
        id=row.id,
        conversation_id=row.conversation_id,
        key=f"{row.channel}:{row.update_id}",
        body=row.body,
        received_at=row.received_at,
        faults=row.faults,
    )
