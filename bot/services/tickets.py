"""Opening a ticket, and the one place from which every deed on it is called: tickets.accept(...).

Each deed writes the change, its timeline entry and what people are told, or nothing; each may be
repeated with the same `key` without doing anything twice.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, cast

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.desk import deadlines, kinds, record, routing
from bot.desk.community import Place
from bot.desk.errors import UnknownThing
from bot.desk.moves import Move, Status
from bot.desk.people import SYSTEM, Person
from bot.services import alarm_clock, complained_of, queued, ticket_deadlines
from bot.services.ticket_checks import reject, verify
from bot.services.ticket_corrections import correct, refile
from bot.services.ticket_decisions import (
    arbitrate,
    assign,
    decline,
    extend,
    hold,
    refuse_extension,
    refuse_hold,
    supervise,
)
from bot.services.ticket_handling import (
    accept,
    answer,
    ask_extension,
    ask_hold,
    ask_more,
    contact,
    give_back,
    resolve,
)
from bot.services.ticket_moves import Desk, Line, enter, hand_to, leave_to_desk, made
from bot.services.ticket_ratings import (
    close_unanswered,
    explain,
    rate,
    reopen,
    say_solved,
    unanswered,
)
from bot.services.ticket_rights import allowed, awaits_arbitration, possible
from bot.services.ticket_talk import add, resume, review, to_review, urge, withdraw
from bot.store.tables import PhotoRow, TicketRow, TimelineRow

__all__ = [
    "Desk",
    "Draft",
    "accept",
    "add",
    "allowed",
    "answer",
    "arbitrate",
    "ask_extension",
    "ask_hold",
    "ask_more",
    "assign",
    "awaits_arbitration",
    "close_unanswered",
    "contact",
    "correct",
    "decline",
    "explain",
    "extend",
    "give_back",
    "hold",
    "made",
    "open_ticket",
    "possible",
    "rate",
    "refile",
    "refuse_extension",
    "refuse_hold",
    "reject",
    "reopen",
    "resolve",
    "resume",
    "review",
    "say_solved",
    "supervise",
    "to_review",
    "unanswered",
    "urge",
    "verify",
    "withdraw",
]

_OPENED = select(TicketRow.id).where(TicketRow.source_key == bindparam("key"))


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
    reason_code: str = ""  # why it is opened, where nobody reported it


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
        reason_code=draft.reason_code,
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
        queued.route(session, ticket, desk, key=draft.key)
    return ticket


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
