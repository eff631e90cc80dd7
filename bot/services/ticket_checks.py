"""核查: somebody else looks at the work before the resident is asked, where a rule says so."""

from __future__ import annotations

from datetime import timezone

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk import closure, duty, past, reasons
from bot.desk.errors import NotAllowed
from bot.desk.moves import Move
from bot.desk.people import Person
from bot.desk.reasons import Group
from bot.services import loop_cards, notices, task_cards, timeline
from bot.services.ticket_moves import Desk, made, make, take_part
from bot.services.ticket_rights import illegal, is_being_checked
from bot.store.tables import TicketPersonRow, TicketRow


def checker(session: Session, ticket: TicketRow, by: Person, desk: Desk) -> str | None:
    """Code of whoever checks this work; None where nobody needs to, or nobody is left to.

    A conduct report has one reader only, so nobody checks it.
    """
    rules = desk.community.rules.get(closure.STEM, {})
    if ticket.confidential or not closure.must_be_checked(
        rules,
        number=str(ticket.number),
        matter=ticket.matter,
        urgency=ticket.urgency,
        kind=ticket.kind,
    ):
        return None
    busy = past.workers(timeline.entries(session, ticket.id)) | {by.label}
    for code in _candidates(session, ticket, desk):
        person = desk.community.staff.get(code)
        free = person and not duty.is_absent(person, desk.now)
        if free and code != ticket.assignee and f"staff:{code}" not in busy:
            return code
    return None


def ask_checker(session: Session, ticket: TicketRow, code: str, desk: Desk, *, key: str) -> None:
    take_part(session, ticket, code, "check")
    handler = desk.community.staff.get(ticket.assignee or "")
    card = task_cards.to_check(ticket, desk.community, desk.describe, handler)
    notices.staff(session, code, card, ticket, "check", key, desk)


def verify(
    session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str, note: str = ""
) -> None:
    """The work is as it was reported; now the resident is asked."""
    if made(session, ticket, Move.VERIFY, key=key):
        return
    _check_the_checker(session, ticket, by, desk)

    def passed() -> None:
        checked = {"checker": None, "checked_by": by.label, "asked_at": moment(desk)}
        ticket.closure = {**(ticket.closure or {}), **checked}

    make(session, ticket, Move.VERIFY, by, desk, key=key, note=note, change=passed)
    ask_resident(session, ticket, desk, key=key)


def reject(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    reason_code: str,
    note: str = "",
) -> None:
    """The work is not as it was reported: back to the handler, who reads why."""
    why = reasons.one(desk.community, Group.REJECT, reason_code)
    if made(session, ticket, Move.REJECT, key=key):
        return
    _check_the_checker(session, ticket, by, desk)

    def back() -> None:
        ticket.resolved_at, ticket.closure = None, None

    make(
        session,
        ticket,
        Move.REJECT,
        by,
        desk,
        key=key,
        reason_code=reason_code,
        note=note,
        change=back,
    )
    told = f"{why.name}：{note}" if note else why.name
    card = task_cards.rejected(ticket, desk.community, by, told)
    notices.handler(session, ticket, card, "reject", key, desk)


def ask_resident(session: Session, ticket: TicketRow, desk: Desk, *, key: str) -> None:
    """Solved, and how content? The move that leads here notes the moment as asked_at."""
    handler = desk.community.staff.get(ticket.assignee or "")
    notices.resident(session, ticket, loop_cards.resolved(ticket, handler), "resolve", key, desk)


def moment(desk: Desk) -> str:
    return desk.now.astimezone(timezone.utc).isoformat()


def was_asked(ticket: TicketRow) -> bool:
    return bool((ticket.closure or {}).get("asked_at"))


def _check_the_checker(session: Session, ticket: TicketRow, by: Person, desk: Desk) -> None:
    if not is_being_checked(ticket):
        raise illegal(session, ticket, by, desk, f"nobody has to check {ticket.number}")
    if by.label in past.workers(timeline.entries(session, ticket.id)):
        raise NotAllowed("nobody checks their own work")


def _candidates(session: Session, ticket: TicketRow, desk: Desk) -> list[str]:
    """Whoever looks on and knows the place, then the desk, then superiors."""
    watching = select(TicketPersonRow.staff).where(
        TicketPersonRow.ticket_id == ticket.id, TicketPersonRow.part == "watch"
    )
    at_desk, above = notices.desk_of(ticket, desk), notices.superiors(ticket, desk)
    return [*session.scalars(watching), *at_desk, *above]
