"""The deeds on a ticket. Each writes the change, its timeline entry and what people are told,
or nothing; each may be repeated with the same `key` without doing anything twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bot.desk import deadlines, duty, moves, people, routing
from bot.desk.community import Community, Place, Role
from bot.desk.errors import IllegalMove, NotAllowed, TicketAlreadyMoved, UnknownThing
from bot.desk.moves import Actor, Move, Status
from bot.desk.people import SYSTEM, Person
from bot.services import cards, notices
from bot.services.community import place_from
from bot.store.tables import PhotoRow, TicketPersonRow, TicketRow, TimelineRow

REOPEN_LIMIT = 1  # the resident's; the next one is for a superior (督办)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What every deed needs: the rules, how to say a place, and the time (aware)."""

    community: Community
    describe: Callable[[Place], str]
    now: datetime


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
    photos: tuple[str, ...] = ()


def open_ticket(session: Session, draft: Draft, desk: Desk) -> TicketRow:
    """Open and route a ticket, tell the responsible person; the same key finds the same ticket."""
    known: TicketRow | None = session.scalars(
        select(TicketRow).where(TicketRow.source_key == draft.key)
    ).first()
    if known:
        return known
    ticket = _new(draft, desk)
    session.add(ticket)
    session.flush()
    ticket.number = f"{desk.now.astimezone(desk.community.zone):%Y%m%d}-{ticket.id:04d}"
    _entry(session, ticket, Move.OPEN, _reporter(draft), None, draft.text, draft.key, desk)
    for path in draft.photos:
        session.add(PhotoRow(ticket_id=ticket.id, path=path, stage="before", added_at=desk.now))
    _route(session, ticket, desk, key=draft.key)
    return ticket


def assign(
    session: Session, ticket: TicketRow, to: str, by: Person, desk: Desk, *, key: str
) -> None:
    """Hand the ticket to a named person (from triage, or from somebody else)."""
    before = ticket.assignee
    handler = desk.community.person(to)
    if ticket.confidential and not handler.holds(Role.DISCIPLINE):
        raise NotAllowed("only a discipline contact may handle a conduct report")

    def hand_over() -> None:
        ticket.assignee, ticket.reason = to, f"{by.name}指派"
        ticket.accepted_at = None

    note = f"派给{handler.name}"
    if not _move(session, ticket, Move.ASSIGN, by, desk, key=key, note=note, change=hand_over):
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
    if not _move(session, ticket, Move.ACCEPT, by, desk, key=key):
        return
    ticket.accepted_at = desk.now
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
    _move(session, ticket, Move.CONTACT, by, desk, key=key)


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
    if not _move(session, ticket, Move.RETURN, by, desk, key=key, note=note):
        return
    ticket.assignee, ticket.reason = (
        None,
        f"{by.name}退单" + (f":{note}" if note else ""),
    )
    session.flush()
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
    if not _move(session, ticket, Move.RESOLVE, by, desk, key=key, note=note):
        return
    ticket.resolved_at = desk.now
    handler = desk.community.staff.get(ticket.assignee or "")
    notices.resident(session, ticket, cards.resolved(ticket, handler, note), "resolve", key, desk)


def say_solved(session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str) -> None:
    if _move(session, ticket, Move.SOLVED, by, desk, key=key):
        ticket.solved = True


def rate(
    session: Session, ticket: TicketRow, level: int, by: Person, desk: Desk, *, key: str
) -> None:
    """One of five levels (5 the best) closes the ticket; the handler is told."""
    if level not in range(1, 6):
        raise IllegalMove(f"satisfaction is {level}, expected 1 to 5")
    if not _move(session, ticket, Move.RATE, by, desk, key=key, note=str(level)):
        return
    ticket.satisfaction, ticket.closed_at = level, desk.now
    ticket.solved = level >= 3 if ticket.solved is None else ticket.solved
    notices.handler(session, ticket, cards.rating_for_handler(ticket), "rate", key, desk)


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
        limits = deadlines.for_ticket(ticket.matter, ticket.urgency, desk.community, desk.now)
        ticket.accept_by, ticket.resolve_by = limits.accept_by, limits.resolve_by
        ticket.solved = ticket.satisfaction = None
        ticket.accepted_at = ticket.resolved_at = ticket.closed_at = None

    if not _move(session, ticket, Move.REOPEN, by, desk, key=key, note=note, change=afresh):
        return
    handler = desk.community.staff.get(ticket.assignee or "")
    if handler is None or duty.is_absent(handler, desk.now):
        _route(session, ticket, desk, key=key)
        return
    notices.assigned(session, ticket, desk, key=key)


def urge(session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str) -> None:
    if _move(session, ticket, Move.URGE, by, desk, key=key):
        notices.handler(session, ticket, cards.hurry(ticket, desk.community), "urge", key, desk)


def withdraw(session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str) -> None:
    if not _move(session, ticket, Move.WITHDRAW, by, desk, key=key):
        return
    ticket.closed_at = desk.now
    notices.handler(session, ticket, cards.stop_work(ticket), "withdraw", key, desk)


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
) -> None:
    """More words, a phone number or photos from the resident; the handler is told."""
    said = text or ("[照片]" if photos else "[电话]")
    if not _move(session, ticket, Move.ADD, by, desk, key=key, note=said):
        return
    ticket.contact_phone = phone or ticket.contact_phone
    for path in photos:
        session.add(PhotoRow(ticket_id=ticket.id, path=path, stage="before", added_at=desk.now))
    notices.handler(session, ticket, cards.more(ticket, said), "add", key, desk)


def correct(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    text: str,
    place: Place | None = None,
    matter: str | None = None,
) -> None:
    """Another place or another matter: routed anew, everybody concerned is told."""
    if not _move(session, ticket, Move.CORRECT, by, desk, key=key, note=text):
        return
    before = ticket.assignee
    if place:
        ticket.place, ticket.grid = asdict(place), place.grid
    if matter:
        ticket.matter = desk.community.category(matter).code
        ticket.matter_confidence = 1.0
        ticket.confidential |= routing.is_confidential(ticket.matter, ticket.kind)
        if ticket.kind == "report":
            ticket.urgency = desk.community.category(matter).urgency
        limits = deadlines.for_ticket(
            ticket.matter, ticket.urgency, desk.community, ticket.opened_at
        )
        ticket.accept_by, ticket.resolve_by = limits.accept_by, limits.resolve_by
    decision = _decide(session, ticket, desk)
    if decision.assignee == before:
        notices.handler(session, ticket, cards.more(ticket, text), "correct", key, desk)
        return
    _route(session, ticket, desk, key=key)
    if before:
        notices.staff(session, before, cards.taken_away(ticket), ticket, "taken", key, desk)


def by_number(session: Session, number: str) -> TicketRow:
    ticket: TicketRow | None = session.scalars(
        select(TicketRow).where(TicketRow.number == number)
    ).first()
    if ticket is None:
        raise UnknownThing(f"no ticket {number}")
    return ticket


def open_loads(session: Session) -> dict[str, int]:
    """How many tickets each member of staff has in hand."""
    rows = session.execute(
        select(TicketRow.assignee, func.count())
        .where(TicketRow.status.in_(_IN_HAND), TicketRow.assignee.is_not(None))
        .group_by(TicketRow.assignee)
    )
    return {str(assignee): int(count) for assignee, count in rows}


_IN_HAND = tuple(
    s.value for s in Status if s.is_open and s not in (Status.RESOLVED, Status.VERIFIED)
)


def _new(draft: Draft, desk: Desk) -> TicketRow:
    category = desk.community.category(draft.matter)
    urgency = draft.urgency or (category.urgency if draft.kind == "report" else "normal")
    limits = deadlines.for_ticket(category.code, urgency, desk.community, desk.now)
    return TicketRow(
        source_key=draft.key,
        status=Status.TRIAGE.value,
        confidential=routing.is_confidential(draft.matter, draft.kind),
        kind=draft.kind,
        matter=category.code,
        matter_confidence=draft.confidence,
        urgency=urgency,
        text=draft.text,
        place=asdict(draft.place),
        grid=draft.place.grid,
        resident_id=draft.resident_id,
        conversation_id=draft.conversation_id,
        contact_phone=draft.phone,
        reason="",
        opened_at=desk.now,
        accept_by=limits.accept_by,
        resolve_by=limits.resolve_by,
        next_deadline_at=limits.accept_by,
    )


def _reporter(draft: Draft) -> Person:
    return Person(resident_id=draft.resident_id) if draft.resident_id is not None else SYSTEM


def _decide(session: Session, ticket: TicketRow, desk: Desk) -> routing.Decision:
    request = routing.Request(
        matter=ticket.matter,
        kind=ticket.kind,
        urgency=ticket.urgency,
        place=place_from(ticket.place),
        confidence=ticket.matter_confidence,
    )
    load = open_loads(session)
    return routing.decide(request, community=desk.community, load=load, now=desk.now)


def _route(session: Session, ticket: TicketRow, desk: Desk, *, key: str) -> None:
    """Ask the rules whose task it is, and tell whoever it is."""
    decision = _decide(session, ticket, desk)
    before = Status(ticket.status)
    ticket.assignee, ticket.reason = decision.assignee, decision.reason
    status = Status.ASSIGNED if decision.assignee else Status.TRIAGE
    ticket.accepted_at, ticket.next_deadline_at = None, ticket.accept_by
    ticket.status = status.value
    _entry(session, ticket, Move.ASSIGN, SYSTEM, before, decision.reason, key, desk)
    session.flush()
    for code in decision.watchers:
        session.merge(TicketPersonRow(ticket_id=ticket.id, staff=code, part="watch"))
    session.flush()
    notices.assigned(session, ticket, desk, key=key)
    notices.watchers(session, ticket, decision.watchers, desk, key=key)


def _move(
    session: Session,
    ticket: TicketRow,
    move: Move,
    by: Person,
    desk: Desk,
    *,
    key: str,
    note: str = "",
    change: Callable[[], None] | None = None,
) -> bool:
    """Make `move` if the table allows it; False when this very message has made it before."""
    if session.scalars(
        select(TimelineRow.id).where(
            TimelineRow.ticket_id == ticket.id,
            TimelineRow.move == move.value,
            TimelineRow.source_key == key,
        )
    ).first():
        return False
    who = people.actors(
        by,
        assignee=ticket.assignee,
        resident_id=ticket.resident_id,
        confidential=ticket.confidential,
    )
    holder = desk.community.staff.get(ticket.assignee or "")
    if by.staff and not who and Actor.HANDLER in moves.MOVES[move].by:
        raise TicketAlreadyMoved(number=str(ticket.number), holder=holder.name if holder else None)
    before = Status(ticket.status)
    after = moves.after(move, before, who)
    number, id = str(ticket.number), ticket.id
    try:
        with session.begin_nested():
            ticket.status = after.value
            if change:
                change()
            limits = deadlines.Deadlines(ticket.accept_by, ticket.resolve_by)
            ticket.next_deadline_at = deadlines.next_deadline(after, limits)
            _entry(session, ticket, move, by, before, note, key, desk)
            session.flush()
    except StaleDataError:
        now = session.scalar(select(TicketRow.assignee).where(TicketRow.id == id))
        person = desk.community.staff.get(now or "")
        raise TicketAlreadyMoved(number=number, holder=person.name if person else None) from None
    return True


def _entry(
    session: Session,
    ticket: TicketRow,
    move: Move,
    by: Person,
    before: Status | None,
    note: str,
    key: str,
    desk: Desk,
) -> None:
    session.add(
        TimelineRow(
            ticket_id=ticket.id,
            at=desk.now,
            move=move.value,
            actor=by.label,
            from_status=before.value if before else None,
            to_status=ticket.status,
            note=note,
            source_key=key,
        )
    )
