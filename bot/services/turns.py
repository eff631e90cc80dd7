"""The record of what was said, for review and improvement. Conduct reports are not for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import eq, ge, lt
from typing import Any

from sqlalchemy import and_, bindparam, false, func, insert, or_, select, update
from sqlalchemy.orm import Session

from bot.desk.community import Role
from bot.desk.people import Person
from bot.services import complained_of
from bot.store.base import table
from bot.store.tables import ConversationRow, InboxRow, TicketRow, TurnRow

_VEIL = timedelta(hours=2)
_TURN, _CONVERSATION = table(TurnRow), table(ConversationRow)
_DRAW = (
    update(_CONVERSATION)
    .where(_CONVERSATION.c.id == bindparam("conversation"))
    .values(confidential_until=bindparam("ends"))
)
_VEILED = (
    select(func.count() > 0)
    .where(
        _CONVERSATION.c.id == bindparam("spoken_in"),
        _CONVERSATION.c.confidential_until > bindparam("moment"),
    )
    .scalar_subquery()
)
_RECORD = insert(_TURN).values(confidential=_VEILED)


def record(session: Session, *, confidential: bool = False, **values: Any) -> None:
    """Keep one turn; names are the columns of `turns`.

    Words about conduct draw a veil over what is said next as well ("that was last month, I have a
    recording"), which no reading of the single message could tell.
    """
    session.flush()
    connection, conversation, now = session.connection(), values["conversation_id"], values["at"]
    if confidential:
        connection.execute(_DRAW, {"conversation": conversation, "ends": now + _VEIL})
    connection.execute(_RECORD, {**values, "spoken_in": conversation, "moment": now})


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
    query = select(TurnRow).where(TurnRow.at >= since)
    return session.scalars(_newest(_readable(query, person), limit)).all()


def search(
    session: Session,
    person: Person,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    intent: str | None = None,
    matter: str | None = None,
    below: float | None = None,
    conversation: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[TurnRow]:
    """The newest turns `person` may read, as in `visible`, that fit everything that is given.

    until: exclusive. below: of the intent's confidence, 0..1. before: the id that paging got to.
    """
    wanted = (
        (TurnRow.at, ge, since),
        (TurnRow.at, lt, until),
        (TurnRow.intent, eq, intent),
        (TurnRow.matter, eq, matter),
        (TurnRow.confidence, lt, below),
        (TurnRow.conversation_id, eq, conversation),
        (TurnRow.id, lt, before),
    )
    fitting = [compare(column, value) for column, compare, value in wanted if value is not None]
    query = _readable(select(TurnRow).where(*fitting), person)
    return session.scalars(_newest(query, limit)).all()


def intents(session: Session, person: Person) -> list[str]:
    """The intents of all turns `person` may read."""
    query = select(TurnRow.intent).where(TurnRow.intent.is_not(None)).distinct()
    return sorted(str(intent) for intent in session.scalars(_readable(query, person)))


def _newest(query: Any, limit: int) -> Any:
    return query.order_by(TurnRow.id.desc()).limit(limit)


def _readable(query: Any, person: Person) -> Any:
    """The one place that says who may read which turns."""
    if person.resident_id is not None:
        owner = ConversationRow.resident_id == person.resident_id
        query = query.join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
        return query.where(owner)
    allowed = []
    if person.holds(Role.DISCIPLINE):
        assert person.staff is not None
        allowed.append(and_(TurnRow.confidential.is_(True), ~_is_against(person.staff.code)))
    if person.staff is None or person.holds(Role.DESK, Role.ADMIN):
        allowed.append(TurnRow.confidential.is_(False))
    return query.where(or_(*allowed) if allowed else false())


def _is_against(code: str) -> Any:
    """Turns of a conversation in which somebody complained of this member of staff."""
    talks = select(TicketRow.conversation_id).where(
        TicketRow.conversation_id.is_not(None), complained_of.is_against(code)
    )
    return TurnRow.conversation_id.in_(talks)
