"""Who may do what on a ticket now: what somebody is to it, what is left to them, how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk import moves, past, people
from bot.desk.community import Community
from bot.desk.errors import IllegalMove, NotAllowed, Standing, TicketAlreadyMoved
from bot.desk.moves import Actor, Move, Status
from bot.desk.people import Person
from bot.services import timeline
from bot.services.community import place_from
from bot.store.tables import SubtaskRow, TicketPersonRow, TicketRow

if TYPE_CHECKING:
    from bot.services.ticket_moves import Desk

BAD = (1, 2)  # 差评: the last two of five levels
# What says nothing about who has the ticket and how far it is.
_BY_THE_WAY = frozenset({Move.ADD, Move.FOLLOW, Move.URGE, Move.REMIND, Move.PART, Move.RECKON})


def helpers(session: Session, ticket_id: int) -> set[str]:
    """Codes of all whose part in it is written down, beside the assignee."""
    people_ = select(TicketPersonRow.staff).where(TicketPersonRow.ticket_id == ticket_id)
    parts = select(SubtaskRow.staff).where(
        SubtaskRow.ticket_id == ticket_id, SubtaskRow.status != "cancelled"
    )
    return {*session.scalars(people_), *session.scalars(parts)}


def actors(session: Session, ticket: TicketRow, by: Person, desk: Desk) -> frozenset[Actor]:
    """What `by` is to the ticket."""
    place = place_from(ticket.place)
    above = people.superiors(place, desk.community, confidential=ticket.confidential)
    return people.actors(
        by,
        assignee=ticket.assignee,
        resident_id=ticket.resident_id,
        confidential=ticket.confidential,
        against=ticket.against,
        helpers=helpers(session, ticket.id) if by.staff else (),
        superiors=above if by.staff else (),
    )


def allowed(session: Session, ticket: TicketRow, move: Move, by: Person, desk: Desk) -> Status:
    """The state the ticket would be in after `move`; raises Refused, saying why not."""
    who = actors(session, ticket, by, desk)
    if not who and ticket.confidential:  # a stranger is not even told whose it is
        raise NotAllowed(f"{by.name} may not {move.value} this ticket")
    rule = moves.MOVES[move]
    if by.staff and not who & rule.by and Actor.HANDLER in rule.by:
        raise already_moved(session, ticket, desk)
    try:
        after = moves.after(move, Status(ticket.status), who)
    except IllegalMove as error:
        error.standing = standing(session, ticket, desk) if who else None
        raise
    if move in (Move.RESUME, Move.REJECT):
        return moves.where_it_was(
            accepted=ticket.accepted_at is not None, contacted=ticket.contacted_at is not None
        )
    return after


def awaits_arbitration(session: Session, ticket: TicketRow) -> bool:
    """Whether it was returned twice, and a superior has to say whose it is."""
    return past.needs_arbitration(timeline.entries(session, ticket.id))


def is_being_checked(ticket: TicketRow) -> bool:
    """Whether somebody has to check the work before the resident is asked."""
    checker = (ticket.closure or {}).get("checker")
    return ticket.status == Status.RESOLVED.value and bool(checker)


def is_called_bad(ticket: TicketRow) -> bool:
    """Whether the resident gave one of the two bad levels (差评), or says it is not solved."""
    return ticket.satisfaction in BAD or ticket.solved is False


def possible(session: Session, ticket: TicketRow, by: Person, desk: Desk) -> set[Move]:
    """The moves that the table, and what has happened so far, leave to `by`."""
    who, status = actors(session, ticket, by, desk), Status(ticket.status)
    lines = timeline.entries(session, ticket.id)
    found = {
        move
        for move, rule in moves.MOVES.items()
        if status in rule.sources and who & rule.by and not who & rule.never
    }
    for ask, answers in past.ANSWERS.items():
        if not past.open_request(lines, ask):
            found -= answers - {Move.HOLD}  # parked without being asked, too
    if past.needs_arbitration(lines):
        found -= {Move.ASSIGN}
    else:
        found -= {Move.ARBITRATE}
    if past.is_decided(lines):
        found -= {Move.RETURN}
    if by.label in past.workers(lines) or not is_being_checked(ticket):
        found -= {Move.VERIFY, Move.REJECT}
    if is_being_checked(ticket):
        found -= {Move.SOLVED, Move.RATE}
    if not is_called_bad(ticket):
        found -= {Move.EXPLAIN}
    return found


def standing(session: Session, ticket: TicketRow, desk: Desk) -> Standing | None:
    """How it stands and who moved it last, in words."""
    lines = timeline.entries(session, ticket.id)
    last = next((line for line in reversed(lines) if line.move not in _BY_THE_WAY), None)
    if last is None:
        return None
    holder = desk.community.staff.get(ticket.assignee or "")
    return Standing(
        number=str(ticket.number),
        status=Status(ticket.status).chinese,
        holder=holder.name if holder else None,
        move=last.move.chinese,
        by=_name(last.actor, desk.community),
        at=last.at,
    )


def illegal(session: Session, ticket: TicketRow, by: Person, desk: Desk, why: str) -> IllegalMove:
    """The refusal of a move that the table allows and the past does not."""
    error = IllegalMove(why)
    if actors(session, ticket, by, desk):  # a stranger is told nothing
        error.standing = standing(session, ticket, desk)
    return error


def already_moved(session: Session, ticket: TicketRow, desk: Desk) -> TicketAlreadyMoved:
    holder = desk.community.staff.get(ticket.assignee or "")
    return TicketAlreadyMoved(
        number=str(ticket.number),
        holder=holder.name if holder else None,
        standing=standing(session, ticket, desk),
    )


def _name(actor: str, community: Community) -> str:
    """staff:xiaoli → 小李"""
    kind, _, code = actor.partition(":")
    person = community.staff.get(code) if kind == "staff" else None
    return person.name if person else {"resident": "居民", "staff": code}.get(kind, "系统")
