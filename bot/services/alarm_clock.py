"""Sets the alarm of whatever has a deadline; `bot.services.alarms` rings it.

The alarm is a column of its own, so that the worker asks one indexed question. It is set anew
whenever the deadline that runs is another one, and goes when none runs.
"""

from __future__ import annotations

from datetime import datetime

from bot.desk import alarms, parts
from bot.desk.clocks import PARKED
from bot.desk.community import Community
from bot.desk.moves import Status
from bot.desk.parts import PartStatus
from bot.store.tables import SubtaskRow, TicketRow

RUNNING = frozenset(status for status in Status if status.is_open) - PARKED


def wind(ticket: TicketRow, was: datetime | None, community: Community, now: datetime) -> None:
    """The ticket's next deadline has been written. was: the one before."""
    if ticket.next_deadline_at == was and is_wound(ticket):
        return
    _set(ticket, running(ticket), ticket, community, now)


def running(ticket: TicketRow) -> datetime | None:
    """The deadline somebody has to meet; None for a ticket that has ended or rests.

    One that waits for the resident or is held comes up again by itself when its time is over.
    """
    return ticket.next_deadline_at if Status(ticket.status) in RUNNING else None


def wind_part(part: SubtaskRow, ticket: TicketRow, community: Community, now: datetime) -> None:
    """A part of a ticket was asked for, accepted, begun or ended, or has another deadline.

    What was said of a deadline before is not said again.
    """
    deadline = parts.next_deadline(PartStatus(part.status), part.arrive_by, part.due_by)
    _set(part, deadline, ticket, community, now)


def is_wound(row: TicketRow | SubtaskRow) -> bool:
    """Whether its alarm is set, or has rung for the last time."""
    return row.alarm_at is not None or bool(row.alarm_step)


def _set(
    row: TicketRow | SubtaskRow,
    deadline: datetime | None,
    ticket: TicketRow,
    community: Community,
    now: datetime,
) -> None:
    if deadline is None:
        row.alarm_at, row.alarm_step = None, 0
        return
    alarm = alarms.bell(community, ticket.matter, ticket.urgency).first(deadline, now)
    row.alarm_at, row.alarm_step = alarm.at, alarm.step
