"""A ticket was filed wrongly: another place or another matter, routed anew, everybody told."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy.orm import Session

from bot.desk import kinds, routing
from bot.desk.community import Community, Place
from bot.desk.moves import Move
from bot.desk.people import Person
from bot.services import cards, complained_of, hiding, notices, subtasks, task_cards
from bot.services.outbox import Message
from bot.services.ticket_moves import Desk, decide, make, route
from bot.store.tables import TicketRow

_HIDDEN = "转为保密办理"  # only a discipline contact has a part of it from now on


def correct(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    text: str,
    place: Place | None = None,
    matter: str | None = None,
) -> None:
    """Another place or another matter: routed anew, everybody concerned is told."""

    def put_right() -> None:
        if place:
            ticket.place = asdict(place)
            ticket.grid, ticket.building = place.grid, place.building
        if matter:
            _file_under(session, ticket, matter, desk)
        complained_of.remember(ticket, text, desk.community)

    was_open_to_all = not ticket.confidential
    if not make(session, ticket, Move.CORRECT, by, desk, key=key, note=text, change=put_right):
        return
    if ticket.confidential and was_open_to_all:
        subtasks.call_off(session, ticket, desk, key=key, why=_HIDDEN)
    _route_again(session, ticket, task_cards.more(ticket, text), "correct", key, desk)


def refile(
    session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str, matter: str
) -> None:
    """It is about something else: routed anew. NO_MATTER leaves it to the desk.

    Whoever had it is told; so is the resident, if somebody else chose. Raises UnknownThing.
    """
    if matter == ticket.matter and ticket.assignee:
        return
    note = _what_changes(ticket, matter, desk.community)

    def put_right() -> None:
        _file_under(session, ticket, matter, desk)

    was_open_to_all = not ticket.confidential
    if not make(session, ticket, Move.REFILE, by, desk, key=key, note=note, change=put_right):
        return
    if ticket.confidential and was_open_to_all:
        subtasks.call_off(session, ticket, desk, key=key, why=_HIDDEN)
    _route_again(session, ticket, task_cards.refiled(ticket, note), "refile", key, desk)
    if by.resident_id is None:
        handler = desk.community.staff.get(ticket.assignee or "")
        card = cards.refiled(ticket, desk.community, handler)
        notices.resident(session, ticket, card, "refile", key, desk)


def _file_under(session: Session, ticket: TicketRow, matter: str, desk: Desk) -> None:
    """Another matter, chosen by a person, with the urgency that comes with it."""
    ticket.matter = desk.community.category(matter).code
    ticket.matter_confidence = 0.0 if matter == routing.NO_MATTER else 1.0
    if routing.is_confidential(ticket.matter, ticket.kind) and not ticket.confidential:
        ticket.confidential = True
        complained_of.remember(ticket, ticket.text, desk.community)
        hiding.hide(session, ticket, now=desk.now)
    if ticket.kind == kinds.REPORT:
        ticket.urgency = desk.community.category(matter).urgency


def _route_again(
    session: Session, ticket: TicketRow, news: Message, what: str, key: str, desk: Desk
) -> None:
    """To whom do the rules give it now? Who keeps it hears the news; who loses it hears that."""
    before = ticket.assignee
    if decide(session, ticket, desk).assignee == before:
        notices.handler(session, ticket, news, what, key, desk)
        return
    route(session, ticket, desk, key=key)
    if before:
        notices.staff(session, before, task_cards.taken_away(ticket), ticket, "taken", key, desk)


def _what_changes(ticket: TicketRow, matter: str, community: Community) -> str:
    before, after = (community.category(code).name for code in (ticket.matter, matter))
    if matter == routing.NO_MATTER:
        return f"归类不是“{before}”"
    return f"归类由“{before}”改为“{after}”" if before != after else f"归类定为“{after}”"
