"""Tells the people a ticket's move concerns. One row a person and move: keys make it once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from bot.desk import choices
from bot.desk.community import Role
from bot.services import cards, outbox
from bot.services.community import place_from
from bot.services.outbox import Message
from bot.store.tables import TicketRow

if TYPE_CHECKING:
    from bot.services.ticket_moves import Desk


def staff(
    session: Session,
    code: str,
    message: Message,
    ticket: TicketRow,
    what: str,
    key: str,
    desk: Desk,
) -> None:
    person = desk.community.staff.get(code)
    if ticket.confidential and not (person and person.holds(Role.DISCIPLINE)):
        return  # the last door: whatever led here, conduct reports are for one reader
    outbox.to_staff(
        session,
        code,
        message,
        key=f"{what}:{ticket.id}:{code}:{key}",
        now=desk.now,
        ticket_id=ticket.id,
    )


def handler(
    session: Session,
    ticket: TicketRow,
    message: Message,
    what: str,
    key: str,
    desk: Desk,
) -> None:
    """Whoever is responsible: the assignee, or the desk while nobody is."""
    person = desk.community.staff.get(ticket.assignee or "")
    if ticket.confidential and person and not person.holds(Role.DISCIPLINE):
        person = None  # no longer a discipline contact: whoever is one now takes over
    for code in [person.code] if person else _sorters(ticket, desk):
        staff(session, code, message, ticket, what, key, desk)


def resident(
    session: Session,
    ticket: TicketRow,
    message: Message,
    what: str,
    key: str,
    desk: Desk,
) -> None:
    if ticket.conversation_id is not None:
        outbox.to_conversation(
            session,
            ticket.conversation_id,
            message,
            key=f"{what}:{ticket.id}:resident:{key}",
            now=desk.now,
            ticket_id=ticket.id,
        )


def assigned(session: Session, ticket: TicketRow, desk: Desk, *, key: str) -> None:
    place = desk.describe(place_from(ticket.place))
    if ticket.assignee:
        card = cards.task(ticket, desk.community, place)
    else:
        found = () if ticket.confidential else choices.matters(ticket.readings, desk.community)
        card = cards.to_sort(ticket, desk.community, place, found)
    handler(session, ticket, card, "assigned", key, desk)


def watchers(
    session: Session, ticket: TicketRow, codes: Iterable[str], desk: Desk, *, key: str
) -> None:
    place = desk.describe(place_from(ticket.place))
    responsible = desk.community.staff.get(ticket.assignee or "")
    card = cards.watch(ticket, desk.community, place, responsible)
    for code in codes:
        staff(session, code, card, ticket, "watch", key, desk)


def _sorters(ticket: TicketRow, desk: Desk) -> list[str]:
    """Nobody's ticket: the desk is told; of a conduct report only the discipline contact."""
    role = Role.DISCIPLINE if ticket.confidential else Role.DESK
    return [person.code for person in desk.community.staff.values() if person.holds(role)]
