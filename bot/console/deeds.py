"""The deeds of the console: which are offered to whom, and how one is done."""

from __future__ import annotations

from collections.abc import Callable, Collection

from bot.console.deed_forms import DEEDS, Deed, Field, Order
from bot.console.visit import Visit
from bot.desk import moves, people
from bot.desk.errors import IllegalMove, TicketAlreadyMoved, UnknownThing
from bot.desk.moves import Move, Status
from bot.desk.people import Person
from bot.services import ticket_lists
from bot.store.database import Session
from bot.store.tables import TicketRow

_BY_NAME = {deed.name: deed for deed in DEEDS}
_AT_A_GLANCE = (Move.ACCEPT, Move.CONTACT, Move.RESOLVE, Move.RETURN)


def offered(may: Collection[Move]) -> list[Deed]:
    """The deeds of a ticket's page. may: what `tickets.possible` leaves to this person."""
    return [deed for deed in DEEDS if deed.move in may]


def at_a_glance(ticket: TicketRow, person: Person) -> list[Deed]:
    """The few that a list of tasks offers, for whoever has the ticket."""
    return [_BY_NAME[move.value] for move in _AT_A_GLANCE if _is_legal(move, ticket, person)]


async def do(visit: Visit) -> Deed:
    """Do the deed that the address and the form say; raises UnknownThing, BadInput and Refused."""
    deed = _BY_NAME.get(visit.request.path_params["deed"])
    if deed is None:
        raise UnknownThing("no such deed")
    number, person = visit.request.path_params["number"], visit.person
    values = {f.name: visit.field(f.name, least=_least(f)) for f in deed.fields}
    order = Order(
        by=person,
        desk=visit.desk,
        key=visit.key,
        values=values,
        photos=await visit.photos() if deed.takes_photos else (),
    )

    def work(session: Session) -> None:
        ticket = ticket_lists.for_deed(session, number, person)
        deed.do(session, ticket, order)

    await _write(visit, work)
    return deed


async def _write(visit: Visit, work: Callable[[Session], None]) -> None:
    """A lost race is looked at once more: it may have been lost to the same form, sent twice."""
    try:
        await visit.write(work)
    except TicketAlreadyMoved:
        await visit.write(work)


def _least(field: Field) -> int:
    if not field.needed:
        return 0
    return 2 if field.kind == "words" else 1


def _is_legal(move: Move, ticket: TicketRow, person: Person) -> bool:
    who = people.actors(
        person,
        assignee=ticket.assignee,
        resident_id=ticket.resident_id,
        confidential=ticket.confidential,
        against=ticket.against,
    )
    try:
        moves.after(move, Status(ticket.status), who)
    except IllegalMove:
        return False
    return True
