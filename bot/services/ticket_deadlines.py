"""Puts the deadlines onto a ticket's row: always those its timeline gives, nothing of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.desk import deadlines, record
from bot.desk.community import Community
from bot.desk.deadlines import Deadlines
from bot.desk.moves import Move, Status
from bot.desk.record import Entry
from bot.services import alarm_clock, timeline
from bot.store.tables import TicketRow

# What moves a clock. Words, photos and alarms do not, and cost nothing here.
_MOVES_A_CLOCK = frozenset({"matter", "urgency", "assignee", "contacted_at", "resolve_by"})


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is being done to a ticket: its status and facts (bot.desk.record) before that."""

    move: Move
    before: Status
    known: Mapping[str, Any]
    at: datetime  # aware


def put(
    session: Session, ticket: TicketRow, change: Change, community: Community
) -> dict[str, Any]:
    """The deadlines of a ticket whose row is changed already but not yet its timeline.

    Returns all facts that have changed, for the timeline. What the change itself has set (the
    approved deadline of an extension, the agreed review of a held ticket) goes into the reckoning.
    """
    facts = record.changed(change.known, record.facts_of(ticket))
    status = Status(ticket.status)
    if status is change.before and not _MOVES_A_CLOCK & set(facts):
        return facts
    entry = Entry(
        at=change.at, move=change.move, actor="", before=change.before, after=status, facts=facts
    )
    until = ticket.next_deadline_at
    lines = timeline.written_of(session, ticket.id)
    found = deadlines.from_timeline(lines, community, pending=entry)
    if found:
        write(ticket, found, community)
    ticket.next_deadline_at = deadlines.next_deadline(status, ticket)
    alarm_clock.wind(ticket, until, community, change.at)
    return record.changed(change.known, record.facts_of(ticket))


def write(ticket: TicketRow, found: Deadlines, community: Community) -> None:
    """Onto a row that has its status."""
    ticket.accept_by, ticket.contact_by = found.accept_by, found.contact_by
    ticket.resolve_by, ticket.review_at = found.resolve_by, found.review_at
    ticket.provisional, ticket.reckoned_by = found.provisional, community.reckoned_by
    ticket.next_deadline_at = deadlines.next_deadline(Status(ticket.status), ticket)
