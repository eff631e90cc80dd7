"""Tells the people a ticket's move concerns. One row a person and move: keys make it once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from bot.desk import choices, duty, people, routing
from bot.desk.community import Role, Staff
from bot.desk.errors import NobodyToAsk
from bot.desk.routing import Decision, Request
from bot.services import follow_news, loop_cards, outbox, routing_cards, task_cards
from bot.services.community import place_from
from bot.services.outbox import Message
from bot.store.once import InsertOnce
from bot.store.tables import TicketPersonRow, TicketRow

if TYPE_CHECKING:
    from bot.services.ticket_moves import Desk


_TAKE_PART = InsertOnce(TicketPersonRow)


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
    if ticket.confidential and not _may_read(person, ticket):
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
    if ticket.confidential and not _may_read(person, ticket):
        person = None  # no longer a discipline contact: whoever is one now takes over
    for code in [person.code] if person else desk_of(ticket, desk):
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
    follow_news.tell(session, ticket, what, key, desk)


def superior(
    session: Session, ticket: TicketRow, message: Message, what: str, key: str, desk: Desk
) -> Staff:
    """Put a decision before the nearest superior who is there and does not handle it themselves.

    From then on they may see the ticket. Raises NobodyToAsk.
    """
    found = (desk.community.person(code) for code in superiors(ticket, desk))
    free = [person for person in found if person.code != ticket.assignee]
    there = [person for person in free if not duty.is_absent(person, desk.now)]
    chosen = next(iter(there or free), None)
    if chosen is None:
        raise NobodyToAsk(f"nobody can decide about {ticket.number}")
    session.flush()
    _TAKE_PART(session, {"ticket_id": ticket.id, "staff": chosen.code, "part": "decide"})
    staff(session, chosen.code, message, ticket, what, key, desk)
    return chosen


def superiors(ticket: TicketRow, desk: Desk) -> tuple[str, ...]:
    """Codes of whoever may decide about the ticket, the nearest first."""
    place = place_from(ticket.place)
    found = people.superiors(place, desk.community, confidential=ticket.confidential)
    return tuple(code for code in found if not ticket.confidential or code not in ticket.against)


def assigned(session: Session, ticket: TicketRow, desk: Desk, *, key: str) -> None:
    place = desk.describe(place_from(ticket.place))
    if ticket.assignee:
        card = task_cards.task(ticket, desk.community, place)
    else:
        found = () if ticket.confidential else choices.matters(ticket.readings, desk.community)
        card = task_cards.to_sort(ticket, desk.community, place, found)
    handler(session, ticket, card, "assigned", key, desk)


def watchers(
    session: Session, ticket: TicketRow, codes: Iterable[str], desk: Desk, *, key: str
) -> None:
    place = desk.describe(place_from(ticket.place))
    responsible = desk.community.staff.get(ticket.assignee or "")
    card = task_cards.watch(ticket, desk.community, place, responsible)
    for code in codes:
        staff(session, code, card, ticket, "watch", key, desk)


def handed_on(session: Session, ticket: TicketRow, desk: Desk, *, key: str) -> None:
    """The resident hears who has it now."""
    person = desk.community.staff.get(ticket.assignee or "")
    card = loop_cards.reassigned(ticket, desk.community, person)
    resident(session, ticket, card, "handed", key, desk)


def told(session: Session, ticket: TicketRow, decision: Decision, desk: Desk, *, key: str) -> None:
    """Those beside the desk who are to see to it that somebody takes a ticket."""
    place = desk.describe(place_from(ticket.place))
    sorting = () if decision.assignee else desk_of(ticket, desk)
    for code in decision.told:
        if ticket.confidential:
            if not _may_read(desk.community.staff.get(code), ticket):
                _tell_that_one_waits(session, code, ticket, key, desk)
        elif decision.assignee:
            card = routing_cards.helper_missing(ticket, desk.community, decision.explanation)
            staff(session, code, card, ticket, "missing", key, desk)
        elif code not in sorting:
            card = routing_cards.nobody_there(ticket, desk.community, place)
            staff(session, code, card, ticket, "nobody", key, desk)


def request_of(ticket: TicketRow) -> Request:
    """The ticket as the routing rules see it."""
    return Request(
        matter=ticket.matter,
        kind=ticket.kind,
        urgency=ticket.urgency,
        place=place_from(ticket.place),
        confidence=ticket.matter_confidence,
        confidential=ticket.confidential,
        against=frozenset(ticket.against),
    )


def sorters(
    session: Session, ticket: TicketRow, message: Message, what: str, key: str, desk: Desk
) -> None:
    """Whoever sorts at the desk now, whoever has the ticket."""
    for code in desk_of(ticket, desk):
        staff(session, code, message, ticket, what, key, desk)


def desk_of(ticket: TicketRow, desk: Desk) -> tuple[str, ...]:
    """Nobody's ticket: the desk is told; of a conduct report only the discipline contact."""
    return routing.sorters(request_of(ticket), community=desk.community, now=desk.now)


def _may_read(person: Staff | None, ticket: TicketRow) -> bool:
    """Whether a confidential ticket is for `person`."""
    return bool(person and person.holds(Role.DISCIPLINE) and person.code not in ticket.against)


def _tell_that_one_waits(
    session: Session, code: str, ticket: TicketRow, key: str, desk: Desk
) -> None:
    # Without number or link: that one waits is all they may know.
    key = f"waits:{ticket.id}:{code}:{key}"
    outbox.to_staff(session, code, routing_cards.conduct_waits(), key=key, now=desk.now)
