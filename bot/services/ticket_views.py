"""Reading tickets: lists and details, each for somebody, who sees only what is theirs to see."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from bot.desk import people, routing
from bot.desk.community import Community, Role
from bot.desk.errors import NotAllowed, UnknownThing
from bot.desk.moves import Status
from bot.desk.people import Person
from bot.services import complained_of, ticket_rights, tickets
from bot.services.tickets import Draft
from bot.store.tables import SubtaskRow, TicketPersonRow, TicketRow, TimelineRow

_TOUCHED = select(
    TicketRow.id, TicketRow.confidential, TicketRow.urgency, TicketRow.source_key
).where(TicketRow.number == bindparam("number"))
_SAME_TALK = timedelta(hours=2)
_TO_RATE = (Status.RESOLVED.value, Status.VERIFIED.value)
_OPEN = tuple(status.value for status in Status if status.is_open)


def visible(session: Session, person: Person, *, limit: int = 100) -> list[TicketRow]:
    """The newest tickets `person` may see."""
    query = select(TicketRow).order_by(TicketRow.id.desc()).limit(limit)
    return list(session.scalars(_restrict(query, person)))


def detail(session: Session, number: str, person: Person) -> tuple[TicketRow, list[TimelineRow]]:
    """A ticket with its timeline; raises NotAllowed, whether it exists or not is not said."""
    try:
        ticket = tickets.by_number(session, number)
    except UnknownThing:
        raise NotAllowed(f"ticket {number} is not for {person.name}") from None
    if not people.may_see(
        person,
        assignee=ticket.assignee,
        helpers=ticket_rights.helpers(session, ticket.id),
        resident_id=ticket.resident_id,
        confidential=ticket.confidential,
        against=ticket.against,
    ):
        raise NotAllowed(f"ticket {number} is not for {person.name}")
    timeline = session.scalars(
        select(TimelineRow).where(TimelineRow.ticket_id == ticket.id).order_by(TimelineRow.id)
    )
    return ticket, list(timeline)


def of_resident(session: Session, resident_id: int, *, only_open: bool) -> list[TicketRow]:
    """A resident's tickets, the newest first."""
    query = select(TicketRow).where(TicketRow.resident_id == resident_id)
    if only_open:
        query = query.where(TicketRow.status.in_(_OPEN))
    return list(session.scalars(query.order_by(TicketRow.id.desc()).limit(10)))


def latest_open(session: Session, resident_id: int, *, since: datetime) -> TicketRow | None:
    """A resident's newest ticket that is open, if it was opened after `since`."""
    mine = of_resident(session, resident_id, only_open=True)
    return mine[0] if mine and mine[0].opened_at > since else None


def to_rate(session: Session, resident_id: int) -> TicketRow | None:
    """The ticket the resident was asked about last."""
    return session.scalars(
        select(TicketRow)
        .where(TicketRow.resident_id == resident_id, TicketRow.status.in_(_TO_RATE))
        .order_by(TicketRow.resolved_at.desc())
    ).first()


def conduct_in_progress(session: Session, draft: Draft, *, now: datetime) -> TicketRow | None:
    """The conduct report that this resident began a short while ago, if `draft` goes on with it."""
    if draft.resident_id is None or not routing.is_confidential(draft.matter, draft.kind):
        return None
    return session.scalars(
        select(TicketRow)
        .where(
            TicketRow.resident_id == draft.resident_id,
            TicketRow.confidential.is_(True),
            TicketRow.status.in_(_OPEN),
            TicketRow.source_key != draft.key,
            TicketRow.opened_at > now - _SAME_TALK,
        )
        .order_by(TicketRow.id.desc())
    ).first()


def touched(session: Session, number: str) -> Row:
    """What the log needs of the ticket a message touched: id, confidential, urgency, source_key."""
    found = session.connection().execute(_TOUCHED, {"number": number}).first()
    if found is None:
        raise UnknownThing(f"no ticket {number}")
    return found


def as_json(ticket: TicketRow, community: Community) -> dict[str, Any]:
    """The stable form of the command line. deadline: the one that runs, else the last one."""
    deadline = ticket.next_deadline_at or ticket.resolve_by
    return {
        "number": ticket.number,
        "status": ticket.status,
        "matter": ticket.matter,
        "assignee": ticket.assignee,
        "deadline": deadline.astimezone(community.zone).isoformat(),
    }


def _restrict(query: Any, person: Person) -> Any:
    if person.resident_id is not None:
        return query.where(TicketRow.resident_id == person.resident_id)
    ordinary = TicketRow.confidential.is_(False)
    if person.staff and not person.holds(Role.DESK, Role.ADMIN):
        code = person.staff.code
        helped = select(TicketPersonRow.ticket_id).where(TicketPersonRow.staff == code)
        parts = select(SubtaskRow.ticket_id).where(
            SubtaskRow.staff == code, SubtaskRow.status != "cancelled"
        )
        own = (TicketRow.assignee == code, TicketRow.id.in_(helped), TicketRow.id.in_(parts))
        ordinary = and_(ordinary, or_(*own))
    if person.staff and person.holds(Role.DISCIPLINE):
        theirs = and_(
            TicketRow.confidential.is_(True), ~complained_of.is_against(person.staff.code)
        )
        return query.where(or_(theirs, ordinary))
    return query.where(ordinary)
