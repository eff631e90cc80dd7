"""Nobody keeps a ticket after leaving, or after losing the post it takes to read it; and nobody on
leave keeps one they had not accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from bot.desk import duty, record
from bot.desk.community import Role, Staff
from bot.desk.moves import Move, Status
from bot.desk.people import SYSTEM
from bot.desk.routing import Decision
from bot.services import notices, routing_cards, task_cards, ticket_deadlines
from bot.services.ticket_moves import IN_HAND, Desk, Line, decide, enter, give
from bot.store.base import table
from bot.store.tables import StaffRow, TicketRow

_T = table(TicketRow).c
_UNACCEPTED = select(_T.id, _T.assignee, _T.urgency, _T.accept_by, _T.opened_at).where(
    _T.assignee.in_(bindparam("codes", expanding=True)), _T.status == Status.ASSIGNED.value
)
_MANY = 500  # codes in one question; databases limit how many a statement may carry
_PARKED = (Status.WAITING.value, Status.HELD.value)


@dataclass(frozen=True, kw_only=True)
class Handed:
    """A ticket that went on. before: None where it waited; after: None where it does now."""

    number: str
    before: str | None
    after: str | None


def without_handler(session: Session, desk: Desk) -> list[TicketRow]:
    """Tickets in hand of people who are gone, and conduct reports of who may not read them now.

    Conduct reports that wait for a reader are among them too: there may be one by now.
    """
    contacts = [p.code for p in desk.community.staff.values() if p.holds(Role.DISCIPLINE)]
    gone = TicketRow.assignee.in_(select(StaffRow.code).where(StaffRow.active.is_(False)))
    not_theirs = and_(TicketRow.confidential.is_(True), TicketRow.assignee.not_in(contacts))
    waits = and_(TicketRow.confidential.is_(True), TicketRow.assignee.is_(None))
    query = (
        select(TicketRow)
        .where(TicketRow.status.in_(IN_HAND))
        .where(or_(gone, not_theirs, waits))
        .order_by(TicketRow.opened_at, TicketRow.id)
    )
    return list(session.scalars(query))


def of_the_absent(session: Session, desk: Desk) -> list[int]:
    """Ids of tickets that somebody had not accepted when their leave began, the oldest first.

    Only what is pressing, or has to be accepted before they are back.
    """
    back = {person.code: duty.back_from_leave(person, desk.now) for person in _away(desk)}
    found: list[tuple[datetime, int]] = []
    for some in _parts(list(back)):
        rows = session.connection().execute(_UNACCEPTED, {"codes": some})
        found += [
            (row.opened_at, row.id)
            for row in rows
            if row.urgency != "normal" or row.accept_by < (back[row.assignee] or desk.now)
        ]
    return [id for _, id in sorted(found)]


def take_from_absent(session: Session, id: int, desk: Desk) -> bool:
    """Route one of those anew; False where somebody was faster, or it is a conduct report that
    nobody else may read.
    """
    ticket = session.get(TicketRow, id)
    if ticket is None or ticket.status != Status.ASSIGNED.value:
        return False
    before = desk.community.staff.get(ticket.assignee or "")
    if before is None or not duty.is_absent(before, desk.now):
        return False
    if ticket.confidential and decide(session, ticket, desk).assignee is None:
        return False
    key = f"leave:{desk.now.isoformat()}"
    _hand_on(session, ticket, desk, key)
    notices.staff(session, before.code, task_cards.taken_away(ticket), ticket, "taken", key, desk)
    return True


def hand_on(
    session: Session, tickets: Iterable[TicketRow], desk: Desk, *, key: str
) -> list[Handed]:
    """Route them anew; whoever has one now is told, and so is its resident.

    Returns those that went on, without conduct reports, of which not even that is said.
    """
    handed = [(ticket, _hand_on(session, ticket, desk, key)) for ticket in tickets]
    return [one for ticket, one in handed if one and not ticket.confidential]


def _hand_on(session: Session, ticket: TicketRow, desk: Desk, key: str) -> Handed | None:
    before = ticket.assignee
    decision = decide(session, ticket, desk)
    if before is None and decision.assignee is None:
        return None  # it goes on waiting, and everybody has been told
    if decision.assignee and ticket.status in _PARKED:
        _take_over(session, ticket, decision, desk, key)
    else:
        give(session, ticket, decision, desk, key=key)
    notices.handed_on(session, ticket, desk, key=key)
    return Handed(number=str(ticket.number), before=before, after=ticket.assignee)


def _take_over(
    session: Session, ticket: TicketRow, decision: Decision, desk: Desk, key: str
) -> None:
    """What waits for the resident or is held goes on doing so, with somebody else."""
    status, known = Status(ticket.status), record.facts_of(ticket)
    ticket.assignee, ticket.reason = decision.assignee, decision.reason
    change = ticket_deadlines.Change(move=Move.ASSIGN, before=status, known=known, at=desk.now)
    facts = ticket_deadlines.put(session, ticket, change, desk.community)
    facts["routing"] = decision.explanation.as_json()
    line = Line(move=Move.ASSIGN, by=SYSTEM, before=status, note=decision.reason, facts=facts)
    enter(session, ticket, line, desk, key=key)
    session.flush()
    card = routing_cards.taken_over(ticket, desk.community)
    notices.handler(session, ticket, card, "over", key, desk)


def _away(desk: Desk) -> Iterator[Staff]:
    people = desk.community.staff.values()
    return (person for person in people if duty.is_absent(person, desk.now))


def _parts(codes: list[str]) -> Iterator[list[str]]:
    return (codes[start : start + _MANY] for start in range(0, len(codes), _MANY))
