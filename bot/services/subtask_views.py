"""Parts of tickets as people look at them: of a ticket, of a person, behind a button."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk import parts
from bot.desk.community import Community, Role, Staff
from bot.desk.errors import UnknownThing
from bot.desk.parts import PartKind, PartStatus
from bot.desk.people import Person
from bot.store.tables import SubtaskRow, TicketRow


def of_ticket(session: Session, ticket: TicketRow) -> list[SubtaskRow]:
    query = select(SubtaskRow).where(SubtaskRow.ticket_id == ticket.id).order_by(SubtaskRow.id)
    return list(session.scalars(query))


def open_of(session: Session, ticket: TicketRow) -> list[SubtaskRow]:
    return [part for part in of_ticket(session, ticket) if PartStatus(part.status).is_open]


def of_person(session: Session, person: Person) -> list[tuple[SubtaskRow, TicketRow]]:
    """The open parts somebody has, the one due first on top, with their tickets."""
    assert person.staff is not None
    query = (
        select(SubtaskRow, TicketRow)
        .join(TicketRow, TicketRow.id == SubtaskRow.ticket_id)
        .where(SubtaskRow.staff == person.staff.code, SubtaskRow.status.in_(parts.OPEN))
        .order_by(SubtaskRow.alarm_at, SubtaskRow.id)
    )
    if not person.holds(Role.DISCIPLINE):
        query = query.where(TicketRow.confidential.is_(False))
    return [(part, ticket) for part, ticket in session.execute(query)]


def by_id(session: Session, ticket: TicketRow, id: int) -> SubtaskRow:
    """Raises UnknownThing where this ticket has no such part."""
    part: SubtaskRow | None = session.get(SubtaskRow, id)
    if part is None or part.ticket_id != ticket.id:
        raise UnknownThing(f"ticket {ticket.number} has no part {id}")
    return part


def tappable(session: Session, ids: Collection[int], staff: str | None) -> dict[int, list[str]]:
    """Which steps of these parts `staff` may take now: part → names of steps."""
    query = select(SubtaskRow.id, SubtaskRow.kind, SubtaskRow.status).where(
        SubtaskRow.id.in_(ids), SubtaskRow.staff == staff
    )
    return {
        id: [step.value for step in parts.next_steps(PartKind(kind), PartStatus(status))]
        for id, kind, status in session.execute(query)
    }


def asker(part: SubtaskRow, community: Community) -> Staff | None:
    """Whoever asked for it; None for a rule, or for somebody who is gone."""
    kind, _, code = part.asked_by.partition(":")
    return community.staff.get(code) if kind == "staff" else None
