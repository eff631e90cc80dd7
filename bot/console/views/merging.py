"""Duplicates: joined by the desk, one or a whole cluster, and taken apart again."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from bot.console.doors import SORTERS, Door
from bot.console.visit import Visit
from bot.desk.errors import BadInput, TicketAlreadyMoved
from bot.services import merging, ticket_lists
from bot.store.database import Session
from bot.store.tables import TicketRow

_CHILD = "child:"  # one field a ticket: child:20261123-0001


async def merge(visit: Visit) -> Response:
    """This ticket follows the one that the form names."""
    key, desk, into = visit.key, visit.desk, visit.field("parent", least=1, most=24)

    def work(session: Session, ticket: TicketRow) -> None:
        parent = ticket_lists.for_deed(session, into, visit.person)
        merging.merge(session, ticket, visit.person, desk, key=key, parent=parent)

    return await _do(visit, work, "merge")


async def join(visit: Visit) -> Response:
    """All that are ticked follow this ticket."""
    key, desk = visit.key, visit.desk
    numbers = [name.removeprefix(_CHILD) for name in visit.form if name.startswith(_CHILD)]
    if not numbers:
        raise BadInput("no ticket is ticked")

    def work(session: Session, ticket: TicketRow) -> None:
        others = [ticket_lists.for_deed(session, number, visit.person) for number in numbers]
        merging.merge_all(session, ticket, visit.person, desk, key=key, others=others)

    return await _do(visit, work, "merge")


async def split(visit: Visit) -> Response:
    key, desk = visit.key, visit.desk

    def work(session: Session, ticket: TicketRow) -> None:
        merging.split(session, ticket, visit.person, desk, key=key)

    return await _do(visit, work, "split")


async def _do(visit: Visit, work: Callable[[Session, TicketRow], None], done: str) -> Response:
    number = visit.request.path_params["number"]

    def deed(session: Session) -> None:
        work(session, ticket_lists.for_deed(session, number, visit.person))

    try:
        await visit.write(deed)
    except TicketAlreadyMoved:  # perhaps by the same form, sent twice
        await visit.write(deed)
    return visit.to("tickets.show", number=number, done=done)


ROUTES = (
    Door("/merging/{number}/merge", merge, roles=SORTERS, post=True),
    Door("/merging/{number}/join", join, roles=SORTERS, post=True),
    Door("/merging/{number}/split", split, roles=SORTERS, post=True),
)
