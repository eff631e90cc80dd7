"""Taps of residents: more, hurry, no more, solved or not, how content, what was bad."""

from __future__ import annotations

from bot.desk import choices, ratings
from bot.desk.community import Staff
from bot.desk.errors import UnknownThing
from bot.desk.moves import Move, Status
from bot.gateway import handler_deeds
from bot.gateway.taps import Answer, Ask, Tap
from bot.services import cards, loop_cards, subtask_views, ticket_ratings, tickets
from bot.services.outbox import Message
from bot.services.tickets import Desk
from bot.store.database import Session
from bot.store.tables import TicketRow

_TO_RATE = (Status.RESOLVED.value, Status.VERIFIED.value)
_LEVELS = frozenset(str(level) for level in ratings.LEVELS)


def _add(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    """More from the resident; from staff a note, or what was done after “done”."""
    if tap.by.staff and ticket.status in _TO_RATE and tap.by.staff.code == ticket.assignee:
        return handler_deeds.answer(session, ticket, tap, desk)
    if not tap.words and not tap.which and not tap.photo:
        tickets.allowed(session, ticket, Move.ADD, tap.by, desk)
        return Ask(Message(text=f"要给编号 {ticket.number} 补充什么？写一句发给我。"), tap.on())
    tickets.add(
        session,
        ticket,
        tap.by,
        desk,
        key=tap.key,
        text=tap.words,
        photos=(tap.photo,) if tap.photo else (),
        reason_code=tap.which,
    )
    return loop_cards.added(ticket, desk.community, _handler(ticket, desk))


def _urge(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    tickets.urge(session, ticket, tap.by, desk, key=tap.key)
    if tap.by.staff:
        return Message(text=f"已催办 {ticket.number}。")
    return loop_cards.urged(ticket, desk.community, _handler(ticket, desk))


def _withdraw(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    tickets.withdraw(session, ticket, tap.by, desk, key=tap.key)
    return loop_cards.withdrawn(ticket)


def _solved(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    tickets.say_solved(session, ticket, tap.by, desk, key=tap.key)
    return loop_cards.ask_level(ticket)


def _rate(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    if tap.which not in _LEVELS:
        raise UnknownThing(f"no level {tap.which!r}")
    tickets.rate(session, ticket, int(tap.which), tap.by, desk, key=tap.key)
    return rated(session, ticket, desk)


def rated(session: Session, ticket: TicketRow, desk: Desk) -> Ask | Message:
    """Thanks; or, after a bad rating, what was bad, and until when somebody asks."""
    visits = subtask_views.open_of(session, ticket)
    card = loop_cards.rated(ticket, desk.community, visits[-1].due_by if visits else None)
    return Ask(card, f"explain:{ticket.number}") if card.buttons else card


def _explain(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    code, note = tap.which, tap.words
    if not code and not note:
        tickets.allowed(session, ticket, Move.EXPLAIN, tap.by, desk)
        return Ask(loop_cards.what_was_bad(ticket, desk.community), tap.on())
    tickets.explain(session, ticket, tap.by, desk, key=tap.key, reason_code=code, note=note)
    return explained(session, ticket, desk)


def explained(session: Session, ticket: TicketRow, desk: Desk) -> Message:
    visits = subtask_views.open_of(session, ticket)
    until = visits[-1].due_by if visits else ticket_ratings.decide_by(desk)
    return loop_cards.explained(ticket, desk.community, until)


def _reopen(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    tickets.reopen(
        session, ticket, tap.by, desk, key=tap.key, reason_code=tap.which, note=tap.words
    )
    if tap.by.staff:
        return Message(text=f"{ticket.number} 已交{cards.who(_handler(ticket, desk))}重办。")
    return reopened(ticket, desk)


def reopened(ticket: TicketRow, desk: Desk) -> Ask | Message:
    """It goes on; or, the second time, a superior has it."""
    if ticket.status in (*_TO_RATE, Status.CLOSED.value):
        return loop_cards.not_again(ticket, desk.community, ticket_ratings.decide_by(desk))
    card = loop_cards.reopened(ticket, desk.community, _handler(ticket, desk))
    return Ask(card, f"add:{ticket.number}")


def _refile(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    """Without a matter, which one? With one, to whoever it belongs to now."""
    if not tap.which:
        tickets.allowed(session, ticket, Move.REFILE, tap.by, desk)
        found = choices.matters(ticket.readings, desk.community, instead_of=ticket.matter)
        return cards.which_matter(ticket, desk.community, found)
    tickets.refile(session, ticket, tap.by, desk, key=tap.key, matter=tap.which)
    return cards.refiled(ticket, desk.community, _handler(ticket, desk))


def _handler(ticket: TicketRow, desk: Desk) -> Staff | None:
    return desk.community.staff.get(ticket.assignee or "")


DEEDS = {
    Move.ADD.value: _add,
    Move.URGE.value: _urge,
    Move.WITHDRAW.value: _withdraw,
    Move.SOLVED.value: _solved,
    Move.RATE.value: _rate,
    Move.EXPLAIN.value: _explain,
    Move.REOPEN.value: _reopen,
    Move.REFILE.value: _refile,
}
