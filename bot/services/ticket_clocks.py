"""The clocks of all open tickets: reckoned anew when rules or calendar have changed, and explained.

An import of other rules, a new table of statutory days, other office hours: each gives the
community another `reckoned_by`, and the open tickets that were reckoned by another one are taken up
in batches. What comes out differently stands on the timeline, with the old and the new deadline.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bot.desk import arithmetic, deadlines, record
from bot.desk.community import Community
from bot.desk.moves import Move, Status
from bot.desk.people import SYSTEM
from bot.desk.record import Entry
from bot.services import alarm_clock, cards, ticket_deadlines, timeline
from bot.services.ticket_moves import Desk, Line, enter
from bot.store.tables import TicketRow

_BATCH = 100  # a batch holds the database for a fifth of a second at most
_OPEN = tuple(status.value for status in Status if status.is_open)
_NAMES = {
    "accept_by": "接单期限",
    "contact_by": "联系期限",
    "resolve_by": "办结期限",
    "review_at": "复查日期",
}


@dataclass(frozen=True, kw_only=True)
class Reckoned:
    """What one batch has done; `more`: there may be others to take up."""

    looked_at: int
    changed: int
    more: bool


def reckon_all(session: Session, desk: Desk, *, limit: int = _BATCH) -> Reckoned:
    """Up to `limit` open tickets whose deadlines are of other rules or another calendar.

    Doing it again changes nothing. A ticket that somebody moves meanwhile is left for the next
    time. Tickets written after a full round are of the present rules, so that whoever calls this
    needs to do so only when `reckoned_by` of the community has changed.
    """
    stale = select(TicketRow).where(
        TicketRow.status.in_(_OPEN), TicketRow.reckoned_by != desk.community.reckoned_by
    )
    rows = list(session.scalars(stale.order_by(TicketRow.id).limit(limit)))
    lines = timeline.entries_of(session, [row.id for row in rows])
    changed = [_reckon(session, row, lines.get(row.id, []), desk) for row in rows]
    return Reckoned(looked_at=len(rows), changed=sum(changed), more=len(rows) == limit)


def explain(
    session: Session, ticket: TicketRow, community: Community
) -> dict[str, tuple[str, ...]]:
    """How accept_by, contact_by, resolve_by and review_at came about, step by step in Chinese.

    A deadline that is not what the present rules give (it was met under others, or is about to be
    reckoned anew) is left out.
    """
    found = deadlines.from_timeline(timeline.entries(session, ticket.id), community)
    if found is None:
        return {}
    reckonings = {
        "accept_by": found.accept,
        "contact_by": found.contact,
        "resolve_by": found.resolve,
        "review_at": found.review,
    }
    return {
        name: arithmetic.steps(one)
        for name, one in reckonings.items()
        if one and one.at == getattr(ticket, name)
    }


def _reckon(session: Session, ticket: TicketRow, lines: list[Entry], desk: Desk) -> bool:
    known, community = record.facts_of(ticket), desk.community
    until = ticket.next_deadline_at
    found = deadlines.from_timeline(lines, community)
    key = f"reckon:{community.reckoned_by}:{desk.now.isoformat()}"
    try:
        with session.begin_nested():
            ticket.reckoned_by = community.reckoned_by
            if found:
                ticket_deadlines.write(ticket, found, community)
                alarm_clock.wind(ticket, until, community, desk.now)
            facts = record.changed(known, record.facts_of(ticket))
            if facts:
                note = _note(known, ticket, community)
                status = Status(ticket.status)
                line = Line(move=Move.RECKON, by=SYSTEM, before=status, note=note, facts=facts)
                enter(session, ticket, line, desk, key=key)
            session.flush()
    except StaleDataError:
        return False
    return bool(facts)


def _note(known: dict[str, datetime | None], ticket: TicketRow, community: Community) -> str:
    """办结期限由11月30日17:30改为12月1日17:30; what was not set or is not any more, is not told."""
    changed = [
        f"{name}由{cards.when(before, community)}改为{cards.when(now, community)}"
        for field, name in _NAMES.items()
        if (before := known[field]) and (now := getattr(ticket, field)) and before != now
    ]
    told = "；".join(changed) or "期限不变"
    return f"规则或放假安排有变：{told}" + "（暂定）" * ticket.provisional
