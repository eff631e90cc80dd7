"""How it was: solved or not, five levels, what was bad, once more from the start, the archive."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk import duty, past, reasons
from bot.desk.community import Community
from bot.desk.errors import BeingChecked, IllegalMove
from bot.desk.moves import Move, Status
from bot.desk.parts import PartKind
from bot.desk.people import SYSTEM, Person
from bot.desk.reasons import NO_ANSWER, Group
from bot.services import follow_news, loop_cards, notices, subtasks, task_cards, timeline
from bot.services.ticket_decisions import supervise
from bot.services.ticket_moves import Desk, made, make, route
from bot.services.ticket_rights import BAD, illegal, is_being_checked, is_called_bad
from bot.store.tables import SubtaskRow, TicketRow

_RATING_DAYS = 7.0  # the community's setting rating_days
_DECIDE_HOURS = 24.0  # decide_hours
_TO_RATE = (Status.RESOLVED.value, Status.VERIFIED.value)


def say_solved(session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str) -> None:
    _not_while_checked(ticket)

    def solved() -> None:
        ticket.solved = True

    make(session, ticket, Move.SOLVED, by, desk, key=key, change=solved)


def rate(
    session: Session, ticket: TicketRow, level: int, by: Person, desk: Desk, *, key: str
) -> None:
    """One of five levels (5 the best) closes the ticket; the handler is told.

    One of the two bad ones has a consequence: somebody else goes and asks, until a deadline.
    """
    if level not in range(1, 6):
        raise IllegalMove(f"satisfaction is {level}, expected 1 to 5")
    _not_while_checked(ticket)

    def close() -> None:
        ticket.satisfaction, ticket.closed_at = level, desk.now
        ticket.solved = level not in BAD if ticket.solved is None else ticket.solved

    if not make(session, ticket, Move.RATE, by, desk, key=key, note=str(level), change=close):
        return
    notices.handler(session, ticket, task_cards.rated(ticket), "rate", key, desk)
    subtasks.call_off(session, ticket, desk, key=key, why="这件事办结了")
    if level in BAD:
        _revisit(session, ticket, desk, key=key)


def explain(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    reason_code: str = "",
    note: str = "",
) -> None:
    """What was bad: whoever goes and asks, or decides, reads it. Only after it was called bad."""
    if not is_called_bad(ticket):
        raise illegal(session, ticket, by, desk, f"nobody called {ticket.number} bad")
    why = reasons.one(desk.community, Group.BAD_RATING, reason_code).name if reason_code else ""
    if not make(
        session, ticket, Move.EXPLAIN, by, desk, key=key, reason_code=reason_code, note=note
    ):
        return
    card = task_cards.explained(ticket, "：".join(filter(None, (why, note))))
    asked = select(SubtaskRow.staff).where(
        SubtaskRow.ticket_id == ticket.id, SubtaskRow.kind == PartKind.REVISIT.value
    )
    visitors = list(session.scalars(asked))
    for code in visitors:
        notices.staff(session, code, card, ticket, "explain", key, desk)
    if not visitors:
        notices.superior(session, ticket, card, "explain", key, desk)


def reopen(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    reason_code: str = "",
    note: str = "",
) -> None:
    """Not solved: the same person again with fresh deadlines, the rules where they are on leave.

    A resident's second time does not go round again: it is put before a superior, who orders it
    (督办). The ticket then stays where it is; a superior's own reopening is that order.
    """
    if made(session, ticket, Move.REOPEN, key=key) or made(session, ticket, Move.EXPLAIN, key=key):
        return
    lines = timeline.entries(session, ticket.id)
    if by.staff is None and not past.may_reopen(lines):
        _to_a_superior(session, ticket, by, desk, key=key, reason_code=reason_code, note=note)
        return

    def afresh() -> None:
        ticket.solved = ticket.satisfaction = ticket.closure = None
        ticket.accepted_at = ticket.contacted_at = None
        ticket.resolved_at = ticket.closed_at = None

    make(
        session,
        ticket,
        Move.REOPEN,
        by,
        desk,
        key=key,
        reason_code=reason_code,
        note=note,
        change=afresh,
    )
    handler = desk.community.staff.get(ticket.assignee or "")
    if handler is None or duty.is_absent(handler, desk.now):
        route(session, ticket, desk, key=key)
    else:
        notices.assigned(session, ticket, desk, key=key)
    if by.staff:
        handler = desk.community.staff.get(ticket.assignee or "")
        told = loop_cards.reopened_for_you(ticket, desk.community, handler)
        notices.resident(session, ticket, told, "reopen", key, desk)
    else:
        follow_news.tell(session, ticket, "reopen", key, desk)
    if by.staff and not past.may_reopen(lines):
        supervise(session, ticket, by, desk, key=key, note=note or "居民两次反映没解决，请办到位")


def unanswered(session: Session, community: Community, now: datetime) -> list[int]:
    """Ids of tickets whose residents were asked and have not said how it was, for so many days.

    Not those whose residents said that it is not solved: these wait for a superior.
    """
    since = now - timedelta(days=community.number("rating_days", _RATING_DAYS))
    query = (
        select(TicketRow.id, TicketRow.closure)
        .where(
            TicketRow.status.in_(_TO_RATE),
            TicketRow.resolved_at < since,
            TicketRow.solved.is_not(False),
        )
        .order_by(TicketRow.id)
    )
    return [id for id, closure in session.execute(query) if _asked_before(closure, since)]


def close_unanswered(session: Session, ticket: TicketRow, desk: Desk) -> None:
    """The resident did not say how it was: to the archive, with a code that figures leave out.

    Does nothing where they have meanwhile.
    """
    if ticket.status not in _TO_RATE or ticket.solved is False:
        return
    key = f"close:{ticket.id}:{(ticket.closure or {}).get('asked_at')}"

    def close() -> None:
        ticket.closed_at = desk.now

    if make(
        session, ticket, Move.CLOSE, SYSTEM, desk, key=key, reason_code=NO_ANSWER, change=close
    ):
        notices.resident(session, ticket, loop_cards.archived(ticket), "close", key, desk)
        subtasks.call_off(session, ticket, desk, key=key, why="这件事归档了")


def decide_by(desk: Desk) -> datetime:
    """Until when a superior is to answer a resident."""
    return desk.now + timedelta(hours=desk.community.number("decide_hours", _DECIDE_HOURS))


def _revisit(session: Session, ticket: TicketRow, desk: Desk, *, key: str) -> None:
    """Somebody who did not do the work visits or calls, and writes down what was wrong.

    Of a conduct report with one reader nobody else may know: then there is no visit.
    """
    busy = past.workers(timeline.entries(session, ticket.id)) | {f"staff:{ticket.assignee}"}
    wish = subtasks.Wish(kind=PartKind.REVISIT, task=task_cards.REVISIT)
    for code in _visitors(ticket, desk):
        if f"staff:{code}" not in busy:
            subtasks.ask(session, ticket, wish, [code], SYSTEM, desk, key=key)
            return


def _visitors(ticket: TicketRow, desk: Desk) -> list[str]:
    """The desk, then superiors; of these whoever is there."""
    staff = desk.community.staff
    at_desk, above = notices.desk_of(ticket, desk), notices.superiors(ticket, desk)
    candidates = dict.fromkeys((*at_desk, *above))
    return [code for code in candidates if not duty.is_absent(staff[code], desk.now)]


def _to_a_superior(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    reason_code: str,
    note: str,
) -> None:
    def unsolved() -> None:
        ticket.solved = False

    make(
        session,
        ticket,
        Move.EXPLAIN,
        by,
        desk,
        key=key,
        reason_code=reason_code,
        note=note,
        change=unsolved,
    )
    card = task_cards.to_supervise(ticket, desk.community, desk.describe, note, decide_by(desk))
    notices.superior(session, ticket, card, "supervise", key, desk)


def _not_while_checked(ticket: TicketRow) -> None:
    if is_being_checked(ticket):
        raise BeingChecked(f"{ticket.number} is being checked")


def _asked_before(closure: dict[str, str] | None, since: datetime) -> bool:
    asked_at = (closure or {}).get("asked_at")
    return bool(asked_at) and datetime.fromisoformat(str(asked_at)) < since
