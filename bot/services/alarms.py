"""Rings what is due: the timeline says so once, and everybody concerned is told once a look.

Each alarm is claimed under the lock of its row, so that of two workers one says it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, or_, select, update
from sqlalchemy.orm import Session

from bot.desk import alarm_people, alarms, parts
from bot.desk.alarm_people import Task
from bot.desk.alarms import Saying
from bot.desk.parts import PartStatus
from bot.services import alarm_clock, alarm_notices, alarm_record, notices
from bot.services.alarm_notices import Alarm, Clock, Heard
from bot.services.ticket_moves import Desk
from bot.store.base import table
from bot.store.tables import SubtaskRow, TicketRow

AT_ONCE = 2000  # alarms in one transaction: a second of writing at the most
_NOW: Any = bindparam("now")
_ANY = select(
    or_(exists().where(TicketRow.alarm_at <= _NOW), exists().where(SubtaskRow.alarm_at <= _NOW))
)
# Locked: a second worker waits here, and then sees that nothing is due any more.
_DUE_TICKETS = (
    select(TicketRow)
    .where(TicketRow.alarm_at <= _NOW)
    .order_by(TicketRow.alarm_at, TicketRow.id)
    .limit(bindparam("most"))
    .with_for_update()
)
_DUE_PARTS = (
    select(SubtaskRow, TicketRow)
    .join(TicketRow, TicketRow.id == SubtaskRow.ticket_id)
    .where(SubtaskRow.alarm_at <= _NOW)
    .order_by(SubtaskRow.alarm_at, SubtaskRow.id)
    .limit(bindparam("most"))
    .with_for_update(of=SubtaskRow)
)
_RUNNING = tuple(status.value for status in alarm_clock.RUNNING)
_TICKETS, _PARTS = table(TicketRow), table(SubtaskRow)
_SET = {
    of: update(of)
    .where(of.c.id == bindparam("row"))
    .values(alarm_at=bindparam("at"), alarm_step=bindparam("step"))
    for of in (_TICKETS, _PARTS)
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a look has done: alarms said, people told, and rows looked at."""

    said: int
    people: int
    seen: int


def is_any_due(session: Session, *, now: datetime) -> bool:
    """The worker's cheap question."""
    return bool(session.connection().execute(_ANY, {"now": now}).scalar())


def ring(session: Session, desk: Desk, *, limit: int = AT_ONCE) -> Outcome:
    """Say what is due now, at most `limit` tickets and as many parts; the rest is still due."""
    clocks = [*_due_tickets(session, desk, limit), *_due_parts(session, desk, limit)]
    due, changes = [], _Changes()
    for clock in clocks:
        saying = _saying(clock, desk, changes)
        if saying:
            due.append((clock, saying))
    found = _with_audience(session, due, desk)
    heard = Heard(session, desk)
    said = [alarm for alarm in found if not _is_put_off(alarm, heard, changes)]
    fresh = alarm_record.note(session, said, desk)
    alarm_record.let_them_see(session, fresh)
    for alarm in said:
        _go_on(alarm, desk, changes)
    changes.write(session)
    return Outcome(
        said=len(fresh), people=alarm_notices.tell(session, fresh, heard, desk), seen=len(clocks)
    )


def wind_forgotten(session: Session, desk: Desk, *, limit: int = AT_ONCE) -> int:
    """Set the alarms of tickets whose deadline runs without one, as after an upgrade."""
    query = select(TicketRow).where(
        TicketRow.next_deadline_at.is_not(None),
        TicketRow.alarm_at.is_(None),
        TicketRow.alarm_step == 0,
        TicketRow.status.in_(_RUNNING),
    )
    changes, rows = _Changes(), session.scalars(query.limit(limit)).all()
    for ticket in rows:
        bell = alarms.bell(desk.community, ticket.matter, ticket.urgency)
        first = bell.first(ticket.next_deadline_at or desk.now, desk.now)
        changes.put(_TICKETS, ticket.id, first.at, first.step)
    changes.write(session)
    return len(rows)


class _Changes:
    """Alarms to be set, written together; past the objects, so that a ticket's version stays.

    A version that moved would tell a cadre who taps meanwhile that somebody was faster.
    """

    def __init__(self) -> None:
        self._values: dict[Any, list[dict[str, Any]]] = defaultdict(list)

    def put(self, of: Any, row: int, at: datetime | None, step: int) -> None:
        self._values[of].append({"row": row, "at": at, "step": step})

    def of(self, clock: Clock, at: datetime | None, step: int) -> None:
        self.put(_PARTS if clock.part else _TICKETS, clock.row.id, at, step)

    def write(self, session: Session) -> None:
        for of, values in self._values.items():
            session.connection().execute(_SET[of], values)


def _due_tickets(session: Session, desk: Desk, limit: int) -> Iterator[Clock]:
    for ticket in session.scalars(_DUE_TICKETS, {"now": desk.now, "most": limit}):
        bell = alarms.bell(desk.community, ticket.matter, ticket.urgency)
        yield Clock(ticket, None, bell, alarm_clock.running(ticket))


def _due_parts(session: Session, desk: Desk, limit: int) -> Iterator[Clock]:
    for part, ticket in session.execute(_DUE_PARTS, {"now": desk.now, "most": limit}):
        bell = alarms.bell(desk.community, ticket.matter, ticket.urgency)
        runs = parts.next_deadline(PartStatus(part.status), part.arrive_by, part.due_by)
        yield Clock(ticket, part, bell, runs)


def _saying(clock: Clock, desk: Desk, changes: _Changes) -> Saying | None:
    """What is to be said; None where the alarm waits for the morning or must be set anew."""
    if clock.deadline is None:
        changes.of(clock, None, 0)
        return None
    morning = clock.bell.rests_until(desk.now)
    if morning:
        changes.of(clock, morning, clock.row.alarm_step)
        return None
    saying = clock.bell.says(clock.deadline, clock.row.alarm_step, desk.now)
    if saying is None:
        first = clock.bell.first(clock.deadline, desk.now)
        changes.of(clock, first.at, first.step)
    return saying


def _with_audience(
    session: Session, due: Sequence[tuple[Clock, Saying]], desk: Desk
) -> list[Alarm]:
    people = alarm_record.people(session, {clock.ticket.id for clock, _ in due})
    found = []
    for clock, saying in due:
        ticket = clock.ticket
        task = Task(
            request=notices.request_of(ticket),
            handler=clock.handler,
            lead=ticket.assignee if clock.part else None,
            watchers=tuple(c for c, part in people[ticket.id].items() if part == "watch"),
        )
        known = frozenset(filter(None, (ticket.assignee, *people[ticket.id])))
        rungs = clock.bell.rule.rungs
        told = alarm_people.audience(task, saying, rungs, desk.community, desk.now)
        found.append(Alarm(clock, saying, told, known))
    return found


def _is_put_off(alarm: Alarm, heard: Heard, changes: _Changes) -> bool:
    """An ordinary alarm whose people were told much just now comes with their next digest."""
    if alarm.clock.bell.rule.at_night:
        return False
    ends = [heard.peace_until(code) for code in alarm.audience.first]
    until = [end for end in ends if end is not None]
    if not until or len(until) < len(ends):
        return False
    changes.of(alarm.clock, min(until), alarm.clock.row.alarm_step)
    return True


def _go_on(alarm: Alarm, desk: Desk, changes: _Changes) -> None:
    clock = alarm.clock
    assert clock.deadline is not None
    following = clock.bell.after(clock.deadline, alarm.saying.step, desk.now)
    if following:
        changes.of(clock, following.at, following.step)
    else:
        changes.of(clock, None, clock.bell.steps)
