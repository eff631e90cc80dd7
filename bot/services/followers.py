"""Residents who met the same thing (我也遇到): counted, heard, and told of progress.

A follower is not the reporter: they add words and urge, and never correct, withdraw or rate.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.desk.errors import IllegalMove, NotAllowed
from bot.desk.moves import MOVES, Move, Status
from bot.desk.people import Person
from bot.services import follow_cards, notices, task_cards
from bot.services.ticket_moves import Desk, Line, enter, made
from bot.store.once import InsertOnce
from bot.store.tables import FollowerRow, PhotoRow, TicketRow

_FOLLOW = InsertOnce(FollowerRow)
_OPEN = tuple(status.value for status in Status if status.is_open)


def follow(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    conversation_id: int | None,
    text: str,
    phone: str | None = None,
    photos: tuple[str, ...] = (),
) -> bool:
    """ "I met it too": counted once a conversation, and the handler reads the new words.

    False when this very message has done so. Whoever follows already adds their words. Raises
    NotAllowed for the reporter and on conduct reports, IllegalMove once the ticket has ended.
    """
    if made(session, ticket, Move.FOLLOW, key=key) or made(session, ticket, Move.ADD, key=key):
        return False
    _check(ticket, Move.FOLLOW, by)
    if ticket.resident_id == by.resident_id:
        raise NotAllowed("nobody follows what they reported themselves")
    session.flush()
    values = {"resident_id": by.resident_id, "conversation_id": conversation_id}
    words = {"text": text, "at": desk.now, "source_key": key}
    if _FOLLOW(session, {"ticket_id": ticket.id, **values, **words}) is None:
        return add(session, ticket, by, desk, key=key, text=text, phone=phone, photos=photos)
    _enter(session, ticket, Move.FOLLOW, by, text, desk, key)
    _keep(session, ticket, photos, desk)
    card = follow_cards.one_more(ticket, text, phone, count(session, ticket))
    notices.handler(session, ticket, card, "follow", key, desk)
    return True


def add(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    text: str = "",
    phone: str | None = None,
    photos: tuple[str, ...] = (),
) -> bool:
    """A follower says more: it reaches the handler and the timeline. Raises NotAllowed."""
    if made(session, ticket, Move.ADD, key=key):
        return False
    _check(ticket, Move.ADD, by)
    _must_follow(session, ticket, by)
    said = text or ("[照片]" if photos else "[电话]")
    _enter(session, ticket, Move.ADD, by, said, desk, key)
    _keep(session, ticket, photos, desk)
    card = follow_cards.more(ticket, said, phone)
    notices.handler(session, ticket, card, "add", key, desk)
    return True


def urge(session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str) -> bool:
    """A follower asks for haste. Raises NotAllowed, IllegalMove."""
    if made(session, ticket, Move.URGE, key=key):
        return False
    _check(ticket, Move.URGE, by)
    _must_follow(session, ticket, by)
    _enter(session, ticket, Move.URGE, by, "", desk, key)
    notices.handler(
        session, ticket, task_cards.hurry(ticket, desk.community, by), "urge", key, desk
    )
    return True


def leave(session: Session, ticket: TicketRow, by: Person) -> bool:
    """No more news of it for them; False where they did not follow it."""
    theirs = delete(FollowerRow).where(
        FollowerRow.ticket_id == ticket.id, FollowerRow.resident_id == by.resident_id
    )
    gone: Any = session.execute(theirs.execution_options(synchronize_session=False))
    return by.resident_id is not None and bool(gone.rowcount)


def count(session: Session, ticket: TicketRow) -> int:
    """How many follow it, beside its reporter."""
    query = select(func.count()).where(FollowerRow.ticket_id == ticket.id)
    return int(session.scalar(query) or 0)


def of_ticket(session: Session, ticket: TicketRow) -> list[FollowerRow]:
    query = select(FollowerRow).where(FollowerRow.ticket_id == ticket.id).order_by(FollowerRow.id)
    return list(session.scalars(query))


def followed_by(session: Session, resident_id: int) -> list[tuple[TicketRow, datetime]]:
    """The open tickets a resident follows and since when, the newest first."""
    query = (
        select(TicketRow, FollowerRow.at)
        .join(FollowerRow, FollowerRow.ticket_id == TicketRow.id)
        .where(FollowerRow.resident_id == resident_id, TicketRow.status.in_(_OPEN))
        .order_by(FollowerRow.id.desc())
        .limit(10)
    )
    return [(ticket, at) for ticket, at in session.execute(query)]


def follows(session: Session, ticket: TicketRow, by: Person) -> bool:
    if by.resident_id is None:
        return False
    query = select(FollowerRow.id).where(
        FollowerRow.ticket_id == ticket.id, FollowerRow.resident_id == by.resident_id
    )
    return session.scalars(query).first() is not None


def _check(ticket: TicketRow, move: Move, by: Person) -> None:
    if ticket.confidential:
        raise NotAllowed("nobody follows a conduct report")
    if Status(ticket.status) not in MOVES[move].sources:
        raise IllegalMove(f"{move.value} is not possible while the ticket is {ticket.status}")


def _must_follow(session: Session, ticket: TicketRow, by: Person) -> None:
    """A stranger must not write into a case by quoting its number."""
    if not follows(session, ticket, by):
        raise NotAllowed(f"{by.label} does not follow {ticket.number}")


def _enter(
    session: Session,
    ticket: TicketRow,
    move: Move,
    by: Person,
    note: str,
    desk: Desk,
    key: str,
) -> None:
    here = Status(ticket.status)
    enter(session, ticket, Line(move=move, by=by, before=here, note=note), desk, key=key)


def _keep(session: Session, ticket: TicketRow, photos: tuple[str, ...], desk: Desk) -> None:
    for path in photos:
        session.add(PhotoRow(ticket_id=ticket.id, path=path, stage="before", added_at=desk.now))
