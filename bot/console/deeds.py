"""The deeds that forms of the console do on a ticket: which are offered, how they are done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.console.visit import Visit
from bot.desk import moves, people
from bot.desk.errors import IllegalMove, TicketAlreadyMoved, UnknownThing
from bot.desk.moves import Move, Status
from bot.desk.people import Person
from bot.services import ticket_lists, tickets
from bot.store.database import Session
from bot.store.tables import TicketRow


@dataclass(frozen=True, kw_only=True)
class Deed:
    """A button. note: the label of the words that go with it, None when it takes none.
    matter: the label of the choice of a matter, likewise."""

    name: str
    move: Move
    label: str
    do: Callable[..., None]
    note: str | None = None
    note_needed: bool = False
    matter: str | None = None


_DEEDS = (
    Deed(name="accept", move=Move.ACCEPT, label="接单", do=tickets.accept),
    Deed(name="contact", move=Move.CONTACT, label="已联系居民", do=tickets.contact),
    Deed(
        name="resolve",
        move=Move.RESOLVE,
        label="完成",
        do=tickets.resolve,
        note="怎么办好的？（居民会看到这句话）",
        note_needed=True,
    ),
    Deed(
        name="return",
        move=Move.RETURN,
        label="退单",
        do=tickets.give_back,
        note="为什么退单？（受理台会看到）",
        note_needed=True,
    ),
    Deed(
        name="refile",
        move=Move.REFILE,
        label="归类不对",
        do=tickets.refile,
        matter="是哪一类？（按规则转给管这类事的人）",
    ),
)
_BY_NAME = {deed.name: deed for deed in _DEEDS}


def offered(ticket: TicketRow, person: Person) -> list[Deed]:
    """The deeds that the table of moves allows this person on this ticket."""
    return [deed for deed in _DEEDS if _is_legal(deed.move, ticket, person)]


def may_assign(ticket: TicketRow, person: Person) -> bool:
    return _is_legal(Move.ASSIGN, ticket, person)


async def do(visit: Visit) -> Deed:
    """Do the deed that the address and the form say; raises UnknownThing, BadInput and Refused."""
    deed = _BY_NAME.get(visit.request.path_params["deed"])
    if deed is None:
        raise UnknownThing("no such deed")
    number, key, desk = visit.request.path_params["number"], visit.key, visit.desk
    words = {}
    if deed.note:
        words["note"] = visit.field("note", least=2 if deed.note_needed else 0)
    if deed.matter:
        words["matter"] = visit.field("matter", least=1)

    def work(session: Session) -> None:
        ticket = ticket_lists.for_deed(session, number, visit.person)
        deed.do(session, ticket, visit.person, desk, key=key, **words)

    await _write(visit, work)
    return deed


async def assign(visit: Visit) -> None:
    """Hand the ticket to the person that the form names."""
    number, key, desk = visit.request.path_params["number"], visit.key, visit.desk
    to = visit.field("to", least=1)

    def work(session: Session) -> None:
        ticket = ticket_lists.for_deed(session, number, visit.person)
        tickets.assign(session, ticket, to, visit.person, desk, key=key)

    await _write(visit, work)


async def _write(visit: Visit, work: Callable[[Session], None]) -> None:
    """A lost race is looked at once more: it may have been lost to the same form, sent twice."""
    try:
        await visit.write(work)
    except TicketAlreadyMoved:
        await visit.write(work)


def _is_legal(move: Move, ticket: TicketRow, person: Person) -> bool:
    who = people.actors(
        person,
        assignee=ticket.assignee,
        resident_id=ticket.resident_id,
        confidential=ticket.confidential,
    )
    try:
        moves.after(move, Status(ticket.status), who)
    except IllegalMove:
        return False
    return True
