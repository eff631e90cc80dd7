"""What alarms leave behind: a line of the timeline each, once, and who may open the ticket now.

A thousand at once are written with a few statements. The rows they are about are locked, so that
what was looked up before cannot change until all is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bot.desk.moves import Status
from bot.desk.people import SYSTEM
from bot.services import alarm_notices
from bot.services.alarm_notices import Alarm
from bot.services.ticket_moves import Desk, Line, enter_many
from bot.store.base import table
from bot.store.tables import TicketPersonRow, TimelineRow

_MANY = 500  # keys in one question
_T, _P = table(TimelineRow).c, table(TicketPersonRow).c
_SEE = insert(table(TicketPersonRow))


def people(session: Session, tickets: Iterable[int]) -> dict[int, dict[str, str]]:
    """Who is on these tickets beside the assignee: code → watch or assist."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    query = select(_P.ticket_id, _P.staff, _P.part).order_by(_P.staff)
    for ids in _chunks(tickets):
        for ticket, staff, part in session.connection().execute(query.where(_P.ticket_id.in_(ids))):
            found[ticket][staff] = part
    return found


def note(session: Session, said: Sequence[Alarm], desk: Desk) -> list[Alarm]:
    """Enter them in the timelines; returns those that were not said before."""
    known = _said_before(session, {alarm.clock.ticket.id for alarm in said})
    fresh = [
        alarm
        for alarm in said
        if (alarm.clock.ticket.id, alarm.clock.key(alarm.saying.step)) not in known
    ]
    lines = [(alarm.clock.ticket, _line(alarm, desk), _key(alarm)) for alarm in fresh]
    enter_many(session, lines, desk)
    return fresh


def let_them_see(session: Session, said: Iterable[Alarm]) -> None:
    """Whoever is told can open the ticket; of a conduct report only those are told who can."""
    rows: dict[tuple[int, str], dict[str, Any]] = {}
    for alarm in said:
        ticket = alarm.clock.ticket
        if not ticket.confidential:
            for code in {*alarm.audience.first, *alarm.audience.beside} - alarm.known:
                values = {"ticket_id": ticket.id, "staff": code, "part": "watch"}
                rows[ticket.id, code] = values
    if rows:
        session.connection().execute(_SEE, list(rows.values()))


def _said_before(session: Session, tickets: Iterable[int]) -> set[tuple[int, str]]:
    query = select(_T.ticket_id, _T.source_key).where(_T.source_key.startswith("alarm:"))
    return {
        (ticket, key)
        for ids in _chunks(tickets)
        for ticket, key in session.connection().execute(query.where(_T.ticket_id.in_(ids)))
    }


def _chunks(tickets: Iterable[int]) -> Iterator[list[int]]:
    ids = sorted(tickets)
    for start in range(0, len(ids), _MANY):
        yield ids[start : start + _MANY]


def _key(alarm: Alarm) -> str:
    return alarm.clock.key(alarm.saying.step)


def _line(alarm: Alarm, desk: Desk) -> Line:
    clock, saying = alarm.clock, alarm.saying
    assert clock.deadline is not None
    facts: dict[str, Any] = {"deadline": clock.deadline.isoformat(), "told": alarm.audience.first}
    if saying.skipped:
        facts["skipped"] = saying.skipped
    if clock.part:
        facts["part"] = clock.part.id
    names = alarm_notices.names(alarm.audience.first, desk)
    if clock.ticket.confidential:  # the timeline of these is read by few, and still names nobody
        names = "纪检联络员"
    return Line(
        move=saying.move,
        by=SYSTEM,
        before=Status(clock.ticket.status),
        note=("协办：" if clock.part else "") + f"已告知{names}",
        facts=facts,
    )
