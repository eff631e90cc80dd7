"""What a tap on a button does: verb:NUMBER or verb:NUMBER:WHICH, one service call each.

WHICH is a level (rate:NUMBER:5) or the code of a matter (refile:NUMBER:property.leak); of parts
see bot.gateway.part_deeds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.desk import choices, ratings
from bot.desk.errors import UnknownThing
from bot.desk.moves import Move
from bot.desk.people import Person
from bot.gateway import part_deeds
from bot.services import cards, tickets
from bot.services.outbox import Message
from bot.services.tickets import Desk
from bot.store.database import Session
from bot.store.tables import TicketRow


@dataclass(frozen=True, kw_only=True)
class Tap:
    """A deed to be done. key: the message that carries it."""

    verb: str
    number: str
    which: str
    by: Person
    key: str


Deed = Callable[[Session, TicketRow, Tap, Desk], Message]


def do(
    session: Session, *, tap: str, by: Person, key: str, desk: Desk
) -> tuple[TicketRow, Message]:
    """Do what `tap` says; returns the ticket and what the tapper reads. Raises Refused."""
    read = _read(tap, by, key)
    ticket = tickets.by_number(session, read.number)
    return ticket, _DEEDS[read.verb](session, ticket, read, desk)


def _read(tap: str, by: Person, key: str) -> Tap:
    verb, _, rest = tap.partition(":")
    number, _, which = rest.partition(":")
    if verb not in _DEEDS:
        raise UnknownThing(f"no deed {tap!r}")
    return Tap(verb=verb, number=number, which=which, by=by, key=key)


def _accept(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Message:
    tickets.accept(session, ticket, tap.by, desk, key=tap.key)
    return cards.to_resolve(ticket, desk.community)


def _contact(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Message:
    tickets.contact(session, ticket, tap.by, desk, key=tap.key)
    return cards.to_resolve(ticket, desk.community)


def _return(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Message:
    tickets.give_back(session, ticket, tap.by, desk, key=tap.key)
    return Message(text=f"{ticket.number} 已退回受理台，由受理台另行分派。")


def _resolve(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Message:
    tickets.resolve(session, ticket, tap.by, desk, key=tap.key)
    return Message(text=f"{ticket.number} 已反馈，等居民评价。辛苦了！")


def _solved(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Message:
    tickets.say_solved(session, ticket, tap.by, desk, key=tap.key)
    return cards.ask_level(ticket)


def _rate(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Message:
    if tap.which not in _LEVELS:
        raise UnknownThing(f"no level {tap.which!r}")
    tickets.rate(session, ticket, int(tap.which), tap.by, desk, key=tap.key)
    return cards.rated(ticket)


def _reopen(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Message:
    tickets.reopen(session, ticket, tap.by, desk, key=tap.key)
    handler = desk.community.staff.get(ticket.assignee or "")
    return cards.reopened(ticket, desk.community, handler)


def _withdraw(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Message:
    tickets.withdraw(session, ticket, tap.by, desk, key=tap.key)
    return cards.withdrawn(ticket)


def _refile(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Message:
    """Without a matter, which one? With one, to whoever it belongs to now."""
    if not tap.which:
        tickets.allowed(ticket, Move.REFILE, tap.by, desk)
        found = choices.matters(ticket.readings, desk.community, instead_of=ticket.matter)
        return cards.which_matter(ticket, desk.community, found)
    tickets.refile(session, ticket, tap.by, desk, key=tap.key, matter=tap.which)
    handler = desk.community.staff.get(ticket.assignee or "")
    return cards.refiled(ticket, desk.community, handler)


_LEVELS = frozenset(str(level) for level in ratings.LEVELS)
_DEEDS: dict[str, Deed] = {
    "accept": _accept,
    "contact": _contact,
    "refile": _refile,
    "return": _return,
    "resolve": _resolve,
    "solved": _solved,
    "rate": _rate,
    "reopen": _reopen,
    "withdraw": _withdraw,
    **part_deeds.DEEDS,
}
