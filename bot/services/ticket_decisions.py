"""What the desk and superiors decide: whose it is, not ours, more time, parked, hurry."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.desk import past, reasons
from bot.desk.community import Role, Staff
from bot.desk.errors import BadInput, NotAllowed
from bot.desk.moves import Move
from bot.desk.people import Person
from bot.desk.reasons import Group
from bot.desk.record import Entry
from bot.services import loop_cards, notices, subtasks, task_cards, timeline
from bot.services.ticket_moves import Desk, made, make, refuse_absent
from bot.services.ticket_rights import awaits_arbitration, illegal
from bot.store.tables import TicketRow


def assign(
    session: Session, ticket: TicketRow, to: str, by: Person, desk: Desk, *, key: str
) -> None:
    """Hand the ticket to a named person (from triage, or from somebody else)."""
    repeated = made(session, ticket, Move.ASSIGN, key=key)
    if not repeated and awaits_arbitration(session, ticket):
        why = f"{ticket.number} was returned twice: a superior says whose it is"
        raise illegal(session, ticket, by, desk, why)
    _hand_to(session, ticket, to, Move.ASSIGN, by, desk, key=key)


def arbitrate(
    session: Session,
    ticket: TicketRow,
    to: str,
    by: Person,
    desk: Desk,
    *,
    key: str,
    note: str = "",
) -> None:
    """A superior says whose it is, after the second return. Nobody returns it after that."""
    _hand_to(session, ticket, to, Move.ARBITRATE, by, desk, key=key, note=note)


def decline(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    reason_code: str,
    note: str = "",
) -> None:
    """Not for us: the resident reads the reason's fixed text, and who can help instead."""
    why = reasons.one(desk.community, Group.DECLINE, reason_code)

    def end() -> None:
        ticket.closed_at = desk.now

    if not make(
        session,
        ticket,
        Move.DECLINE,
        by,
        desk,
        key=key,
        reason_code=reason_code,
        note=note,
        change=end,
    ):
        return
    notices.resident(session, ticket, loop_cards.declined(ticket, why), "decline", key, desk)
    subtasks.call_off(session, ticket, desk, key=key, why="这件事不予受理")
    if ticket.assignee:
        card = task_cards.stop_work(ticket, f"受理台决定不予受理（{why.name}）")
        notices.handler(session, ticket, card, "decline", key, desk)


def extend(session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str) -> None:
    """Yes to the extension that was asked for; both deadlines stay on the timeline."""
    if made(session, ticket, Move.EXTEND, key=key):
        return
    request = _request(session, ticket, Move.ASK_EXTENSION, by, desk)
    before = ticket.resolve_by
    until = max(before, datetime.fromisoformat(request.facts["until"]))

    def later() -> None:
        ticket.resolve_by = until

    make(
        session,
        ticket,
        Move.EXTEND,
        by,
        desk,
        key=key,
        reason_code=request.reason_code,
        change=later,
        facts={"resolve_by_before": before.isoformat(), "asked_by": request.actor},
    )
    handler = desk.community.staff.get(ticket.assignee or "")
    why = reasons.name_of(desk.community, Move.EXTEND, request.reason_code)
    card = task_cards.extended(ticket, desk.community, by)
    notices.handler(session, ticket, card, "extend", key, desk)
    told = loop_cards.extended(ticket, desk.community, handler, before, why)
    notices.resident(session, ticket, told, "extend", key, desk)


def refuse_extension(
    session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str, note: str = ""
) -> None:
    if made(session, ticket, Move.REFUSE_EXTENSION, key=key):
        return
    _request(session, ticket, Move.ASK_EXTENSION, by, desk)
    make(session, ticket, Move.REFUSE_EXTENSION, by, desk, key=key, note=note)
    card = task_cards.refused(ticket, desk.community, by, "延期", note)
    notices.handler(session, ticket, card, "refuse_extension", key, desk)


def hold(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    reason_code: str = "",
    until: datetime | None = None,
    note: str = "",
) -> None:
    """Park a hard case until its review date (aware): as the handler asked, or for a reason given.

    Parked is not closed, and the resident is told so. Raises BadInput, IllegalMove.
    """
    if made(session, ticket, Move.HOLD, key=key):
        return
    request = past.open_request(timeline.entries(session, ticket.id), Move.ASK_HOLD)
    if request:
        reason_code = reason_code or request.reason_code
        until = until or datetime.fromisoformat(request.facts["until"])
    why = reasons.one(desk.community, Group.HOLD, reason_code)
    if until is None or until <= desk.now:
        raise BadInput(f"until {until}: expected a review date in the future")

    def park() -> None:
        ticket.review_at = until

    make(
        session,
        ticket,
        Move.HOLD,
        by,
        desk,
        key=key,
        reason_code=reason_code,
        note=note,
        change=park,
    )
    card = task_cards.held(ticket, desk.community, by)
    notices.handler(session, ticket, card, "hold", key, desk)
    told = loop_cards.held(ticket, desk.community, why)
    notices.resident(session, ticket, told, "hold", key, desk)


def refuse_hold(
    session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str, note: str = ""
) -> None:
    if made(session, ticket, Move.REFUSE_HOLD, key=key):
        return
    _request(session, ticket, Move.ASK_HOLD, by, desk)
    make(session, ticket, Move.REFUSE_HOLD, by, desk, key=key, note=note)
    card = task_cards.refused(ticket, desk.community, by, "挂账", note)
    notices.handler(session, ticket, card, "refuse_hold", key, desk)


def supervise(
    session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str, note: str = ""
) -> None:
    """A superior orders progress: the handler reads what, the resident that somebody looks."""
    if not make(session, ticket, Move.SUPERVISE, by, desk, key=key, note=note):
        return
    card = task_cards.supervised(ticket, desk.community, by, note)
    notices.handler(session, ticket, card, "supervise", key, desk)
    handler = desk.community.staff.get(ticket.assignee or "")
    told = loop_cards.supervised(ticket, desk.community, by.staff, handler)
    notices.resident(session, ticket, told, "supervise", key, desk)


def _hand_to(
    session: Session,
    ticket: TicketRow,
    to: str,
    move: Move,
    by: Person,
    desk: Desk,
    *,
    key: str,
    note: str = "",
) -> None:
    before, handler = ticket.assignee, desk.community.person(to)
    if ticket.confidential and not handler.holds(Role.DISCIPLINE):
        raise NotAllowed("only a discipline contact may handle a conduct report")
    if ticket.confidential and to in ticket.against:
        raise NotAllowed("nobody handles a report about themselves")
    refuse_absent(to, desk)
    how = "裁定" if move is Move.ARBITRATE else "指派"

    def hand_over() -> None:
        ticket.assignee, ticket.reason = to, f"{by.name}{how}" + (f"：{note}" if note else "")
        ticket.accepted_at = None

    told = f"派给{handler.name}" + (f"：{note}" if note else "")
    if not make(session, ticket, move, by, desk, key=key, note=told, change=hand_over):
        return
    notices.assigned(session, ticket, desk, key=key)
    _tell_the_others(session, ticket, before, handler, desk, key=key)


def _tell_the_others(
    session: Session, ticket: TicketRow, before: str | None, handler: Staff, desk: Desk, *, key: str
) -> None:
    if before and before != handler.code:
        notices.staff(session, before, task_cards.taken_away(ticket), ticket, "taken", key, desk)
    card = loop_cards.reassigned(ticket, desk.community, handler)
    notices.resident(session, ticket, card, "assign", key, desk)


def _request(session: Session, ticket: TicketRow, ask: Move, by: Person, desk: Desk) -> Entry:
    """What the handler asked for; raises IllegalMove where that is answered or nobody asked."""
    found = past.open_request(timeline.entries(session, ticket.id), ask)
    if found is None:
        why = f"nobody waits for an answer to {ask.value} of {ticket.number}"
        raise illegal(session, ticket, by, desk, why)
    return found
