"""The record of what was said, for review and improvement. Conduct reports are not for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.desk.community import Role
from bot.desk.people import Person
from bot.store.tables import ConversationRow, InboxRow, TurnRow

_VEIL = timedelta(hours=2)


def record(session: Session, *, confidential: bool = False, **values: Any) -> None:
    """Keep one turn; names are the columns of `turns`.

    Words about conduct draw a veil over what is said next as well ("that was last month, I have a
    recording"), which no reading of the single message could tell.
    """
    conversation = session.get(ConversationRow, values["conversation_id"])
    assert conversation is not None  # the inbox row refers to it
    now: datetime = values["at"]
    if confidential:
        conversation.confidential_until = now + _VEIL
    veiled = conversation.confidential_until is not None and now < conversation.confidential_until
    session.add(TurnRow(confidential=confidential or veiled, **values))


def of_update(session: Session, channel: str, update_id: str) -> TurnRow | None:
    """The turn that a channel's update became, once it is answered."""
    return session.scalars(
        select(TurnRow)
        .join(InboxRow, InboxRow.id == TurnRow.inbox_id)
        .where(InboxRow.channel == channel, InboxRow.update_id == update_id)
    ).first()


def visible(
    session: Session, person: Person, *, since: datetime, limit: int = 200
) -> Sequence[TurnRow]:
    """The newest turns `person` may read.

    Residents read their own; the desk and administrators all but the confidential ones; the
    discipline contact only those; everybody else none.
    """
    query = select(TurnRow).where(TurnRow.at >= since).order_by(TurnRow.id.desc()).limit(limit)
    if person.resident_id is not None:
        owner = ConversationRow.resident_id == person.resident_id
        query = query.join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
        return session.scalars(query.where(owner)).all()
    allowed = []
    if person.holds(Role.DISCIPLINE):
        allowed.append(TurnRow.confidential.is_(True))
    if person.staff is None or person.holds(Role.DESK, Role.ADMIN):
        allowed.append(TurnRow.confidential.is_(False))
    return session.scalars(query.where(or_(*allowed))).all() if allowed else []
