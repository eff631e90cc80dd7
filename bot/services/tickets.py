"""The deeds on a ticket. Each writes the change, its timeline entry and what people are told,
or nothing; each may be repeated with the same `key` without doing anything twice.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from bot.desk import deadlines, duty, kinds, record, routing
from bot.desk.community import Place, Role
from bot.desk.errors import IllegalMove, NotAllowed, UnknownThing
from bot.desk.moves import Move, Status
from bot.desk.people import SYSTEM, Person
from bot.services import alarm_clock, cards, complained_of, notices, subtasks, ticket_deadlines
from bot.services.ticket_corrections import correct, refile
from bot.services.ticket_moves import (
    Desk,
    Line,
    allowed,
    enter,
    hand_to,
    leave_to_desk,
    make,
    route,
)
from bot.store.tables import PhotoRow, TicketRow, TimelineRow

__all__ = ["Desk", "Draft", "allowed", "correct", "open_ticket", "refile"]

_OPENED = select(TicketRow.id).where(TicketRow.source_key == bindparam("key"))
_AN_ALBUM = timedelta(minutes=1)
REOPEN_LIMIT = 1  # the resident's; the next one is for a superior (督办)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A ticket to be opened. confidence: 0..1, of the matter. key: the message it comes from."""

    key: str
    kind: str
    matter: str
    text: str
    place: Place
    confidence: float = 1.0
    urgency: str | None = None
    resident_id: int | None = None
    conversation_id: int | None = None
    phone: str | None = None
    happened: dict[str, Any] | None = None  # see bot.language.happened
    photos: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()  # matters it may be about, the likeliest first
    to_desk: str = ""  # why the desk is to sort it, whatever the rules say
    by: Person | None = None  # the member of staff who opens it
    owner: str | None = None  # whom they give it to, whatever the rules say


def open_ticket(session: Session, draft: Draft, desk: Desk) -> TicketRow:
    """Open and route a ticket, tell the responsible person; the same key finds the same ticket."""
    known = session.connection().execute(_OPENED, {"key": draft.key}).scalar()
    if known:
        return cast(TicketRow, session.get(TicketRow, known))
    ticket = _new(draft, desk)
    alarm_clock.wind(ticket, None, desk.community, desk.now)
    complained_of.remember(ticket, draft.text, desk.community)
    session.add(ticket)
    session.flush()
    ticket.number = f"{desk.now.astimezone(desk.community.zone):%Y%m%d}-{ticket.id:04d}"
    line = Line(
        move=Move.OPEN,
        by=draft.by or _reporter(draft),
        before=None,
        note=draft.text,
        facts=record.changed({}, record.facts_of(ticket)),
    )
    enter(session, ticket, line, desk, key=draft.key)
    for path in draft.photos:
        session.add(PhotoRow(ticket_id=ticket.id, path=path, stage="before", added_at=desk.now))
    if draft.owner:
        hand_to(session, ticket, draft.owner, draft.by or SYSTEM, desk, key=draft.key)
    elif draft.to_desk:
        leave_to_desk(session, ticket, draft.to_desk, desk, key=draft.key)
    else:
        route(session, ticket, desk, key=draft.key)
    return ticket


def assign(
    session: Session, ticket: TicketRow, to: str, by: Person, desk: Desk, *, key: str
) -> None:
    """Hand the ticket to a named person (from triage, or from somebody else)."""
    before = ticket.assignee
    handler = desk.community.person(to)
    if ticket.confidential and not handler.holds(Role.DISCIPLINE):
        raise NotAllowed("only a discipline contact may handle a conduct report")
    if ticket.confidential and to in ticket.against:
        raise NotAllowed("nobody handles a report about themselves")
    if duty.is_absent(handler, desk.now):
        raise NotAllowed(f"{handler.name} is on leave")

    def hand_over() -> None:
        ticket.assignee, ticket.reason = to, f"{by.name}指派"
        ticket.accepted_at = None

    note = f"派给{handler.name}"
    if not make(session, ticket, Move.ASSIGN, by, desk, key=key, note=note, change=hand_over):
        return
    notices.assigned(session, ticket, desk, key=key)
    if before and before != to:
        notices.staff(session, before, cards.taken_away(ticket), ticket, "taken", key, desk)
    notices.resident(
        session,
        ticket,
        cards.reassigned(ticket, desk.community, handler),
        "assign",
        key,
        desk,
    )


def accept(session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str) -> None:
    def take() -> None:
        ticket.accepted_at = desk.now

    if not make(session, ticket, Move.ACCEPT, by, desk, key=key, change=take):
        return
    handler = desk.community.staff.get(ticket.assignee or "")
    notices.resident(
        session,
        ticket,
        cards.accepted(ticket, desk.community, handler),
        "accept",
        key,
        desk,
    )


def contact(session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str) -> None:
    """The handler has reached the resident: the response clock ends."""

    def reached() -> None:
        ticket.contacted_at = ticket.contacted_at or desk.now

    make(session, ticket, Move.CONTACT, by, desk, key=key, change=reached)


def give_back(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    note: str = "",
) -> None:
    """ "Not ours": back to the desk, which is told."""

    def hand_back() -> None:
        ticket.assignee, ticket.reason = None, f"{by.name}退单" + (f"：{note}" if note else "")

    if not make(session, ticket, Move.RETURN, by, desk, key=key, note=note, change=hand_back):
        return
    notices.assigned(session, ticket, desk, key=key)


def resolve(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    note: str = "",
) -> None:
    """The handler says it is done; the resident is asked."""

    def done() -> None:
        subtasks.refuse_while_open(session, ticket, desk)
        ticket.resolved_at = desk.now

    if not make(session, ticket, Move.RESOLVE, by, desk, key=key, note=note, change=done):
        return
    handler = desk.community.staff.get(ticket.assignee or "")
    notices.resident(session, ticket, cards.resolved(ticket, handler, note), "resolve", key, desk)


def say_solved(session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str) -> None:
    def solved() -> None:
        ticket.solved = True

    make(session, ticket, Move.SOLVED, by, desk, key=key, change=solved)


def rate(
    session: Session, ticket: TicketRow, level: int, by: Person, desk: Desk, *, key: str
) -> None:
    """One of five levels (5 the best) closes the ticket; the handler is told."""
    if level not in range(1, 6):
        raise IllegalMove(f"satisfaction is {level}, expected 1 to 5")

    def close() -> None:
        ticket.satisfaction, ticket.closed_at = level, desk.now
        ticket.solved = level >= 3 if ticket.solved is None else ticket.solved

    if not make(session, ticket, Move.RATE, by, desk, key=key, note=str(level), change=close):
        return
    notices.handler(session, ticket, cards.rating_for_handler(ticket), "rate", key, desk)
    subtasks.call_off(session, ticket, desk, key=key, why="这件事办结了")


def reopen(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    note: str = "",
) -> None:
    """Not solved: the same person again, once, with fresh deadlines."""
    earlier = session.scalar(
        select(func.count()).where(
            TimelineRow.ticket_id == ticket.id,
            TimelineRow.move == Move.REOPEN.value,
            TimelineRow.source_key != key,
            TimelineRow.actor.startswith("resident:"),
        )
    )
    if by.staff is None and (earlier or 0) >= REOPEN_LIMIT:
        raise NotAllowed("a resident may reopen a ticket once")

    def afresh() -> None:
        ticket.solved = ticket.satisfaction = None
        ticket.accepted_at = ticket.contacted_at = None
        ticket.resolved_at = ticket.closed_at = None

    if not make(session, ticket, Move.REOPEN, by, desk, key=key, note=note, change=afresh):
        return
    handler = desk.community.staff.get(ticket.assignee or "")
    if handler is None or duty.is_absent(handler, desk.now):
        route(session, ticket, desk, key=key)
        return
    notices.assigned(session, ticket, desk, key=key)


def urge(session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str) -> None:
    if make(session, ticket, Move.URGE, by, desk, key=key):
        notices.handler(session, ticket, cards.hurry(ticket, desk.community), "urge", key, desk)


def withdraw(session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str) -> None:
    def end() -> None:
        ticket.closed_at = desk.now

    if not make(session, ticket, Move.WITHDRAW, by, desk, key=key, change=end):
        return
    notices.handler(session, ticket, cards.stop_work(ticket), "withdraw", key, desk)
    subtasks.call_off(session, ticket, desk, key=key, why="居民撤回了")


def add(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    text: str = "",
    phone: str | None = None,
    photos: tuple[str, ...] = (),
    happened: dict[str, Any] | None = None,
) -> None:
    """More words, a phone number, photos or a time from the resident; the handler is told."""
    said = text or ("[照片]" if photos else "[电话]")
    if not make(session, ticket, Move.ADD, by, desk, key=key, note=said):
        return
    complained_of.remember(ticket, text, desk.community)
    if complained_of.is_handled_by_them(ticket):
        route(session, ticket, desk, key=key)
    ticket.contact_phone = phone or ticket.contact_phone
    ticket.happened = happened or ticket.happened
    told = not text and not phone and _photo_came_just_before(session, ticket, desk)
    for path in photos:
        session.add(PhotoRow(ticket_id=ticket.id, path=path, stage="before", added_at=desk.now))
    if told:
        return
    notices.handler(session, ticket, cards.more(ticket, said), "add", key, desk)


def _photo_came_just_before(session: Session, ticket: TicketRow, desk: Desk) -> bool:
    """Of the photos of an album, each a message of its own, one is news."""
    since = desk.now - _AN_ALBUM
    recent = select(PhotoRow.id).where(PhotoRow.ticket_id == ticket.id, PhotoRow.added_at > since)
    return session.scalars(recent.limit(1)).first() is not None


def moved_by(session: Session, key: str, by: Person) -> TicketRow | None:
    """The ticket that this very message of theirs has moved before, if it has."""
    return session.scalars(
        select(TicketRow)
        .join(TimelineRow, TimelineRow.ticket_id == TicketRow.id)
        .where(
            TimelineRow.source_key == key,
            TimelineRow.actor == by.label,
            TimelineRow.move != Move.OPEN.value,
        )
    ).first()


def by_number(session: Session, number: str) -> TicketRow:
    ticket: TicketRow | None = session.scalars(
        select(TicketRow).where(TicketRow.number == number)
    ).first()
    if ticket is None:
        raise UnknownThing(f"no ticket {number}")
    return ticket


def _new(draft: Draft, desk: Desk) -> TicketRow:
    category = desk.community.category(draft.matter)
    urgency = draft.urgency or (category.urgency if draft.kind == kinds.REPORT else "normal")
    ticket = TicketRow(
        source_key=draft.key,
        status=Status.TRIAGE.value,
        confidential=routing.is_confidential(draft.matter, draft.kind),
        kind=draft.kind,
        matter=category.code,
        matter_confidence=draft.confidence,
        readings=list(draft.readings),
        urgency=urgency,
        text=draft.text,
        place=asdict(draft.place),
        grid=draft.place.grid,
        building=draft.place.building,
        resident_id=draft.resident_id,
        conversation_id=draft.conversation_id,
        contact_phone=draft.phone,
        happened=draft.happened,
        reason="",
        opened_at=desk.now,
    )
    limits = deadlines.at_opening(category.code, urgency, desk.community, desk.now)
    ticket_deadlines.write(ticket, limits, desk.community)
    return ticket


def _reporter(draft: Draft) -> Person:
    return Person(resident_id=draft.resident_id) if draft.resident_id is not None else SYSTEM
