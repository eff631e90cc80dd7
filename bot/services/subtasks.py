"""The deeds on parts of a ticket: 协办, 吹哨, 回访. Each writes the part, a line of the ticket's
timeline and what people are told, or nothing; the same `key` again does nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from bot.desk import parts
from bot.desk.community import Role, Staff
from bot.desk.errors import BadInput, IllegalMove, NobodyThere, NotAllowed, PartOpen
from bot.desk.moves import Actor, Move, Status
from bot.desk.parts import PartKind, PartStatus, Step
from bot.desk.people import SYSTEM, Person
from bot.services import alarm_clock, cards, notices, part_cards, subtask_views, ticket_rights
from bot.services.community import place_from
from bot.services.outbox import Message
from bot.services.ticket_moves import Desk, Line, enter, made, make
from bot.store.once import InsertOnce
from bot.store.tables import SubtaskRow, TicketPersonRow, TicketRow

_MOVES = {
    PartKind.ASSIST: Move.ASSIST,
    PartKind.WHISTLE: Move.WHISTLE,
    PartKind.REVISIT: Move.REVISIT,
}
_ASSIST = InsertOnce(TicketPersonRow)
_SUPERIORS = (Role.DESK, Role.ADMIN, Role.SECRETARY)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is asked of people. due_by, arrive_by: None leaves it to the rules; aware otherwise.

    required: the lead cannot report the ticket done before it.
    """

    kind: PartKind
    task: str
    due_by: datetime | None = None
    arrive_by: datetime | None = None
    required: bool = False


def ask(
    session: Session,
    ticket: TicketRow,
    wish: Wish,
    staff: Sequence[str],
    by: Person,
    desk: Desk,
    *,
    key: str,
) -> list[SubtaskRow]:
    """Ask these people (codes) for a part each; whoever is on leave sends their deputy.

    Raises NobodyThere for somebody who is away with nobody to stand in, NotAllowed, IllegalMove,
    UnknownThing and BadInput. The same key again returns the parts it asked for.
    """
    known = _asked_with(session, ticket, key)
    if known:
        return known
    _check(wish, desk)
    comers = _comers(ticket, staff, desk)
    asked: list[SubtaskRow] = []
    facts: dict[str, Any] = {}

    def put() -> None:
        flag_modified(ticket, "status")  # whoever resolves it at this moment has to look again
        for person in comers:
            asked.append(_part(ticket, wish, person, by, desk, key))
        session.add_all(asked)
        session.flush()
        facts["parts"] = [{"id": part.id, "staff": part.staff} for part in asked]

    note = part_cards.asked_note(wish.task, comers)
    move = _MOVES[wish.kind]
    if not make(session, ticket, move, by, desk, key=key, note=note, change=put, facts=facts):
        return _asked_with(session, ticket, key)
    for part in asked:
        _ASSIST(session, {"ticket_id": ticket.id, "staff": part.staff, "part": "assist"})
        place = desk.describe(place_from(ticket.place))
        card = part_cards.asked(ticket, part, desk.community, place)
        _tell_helper(session, ticket, part, card, "asked", key, desk)
    if wish.kind is PartKind.WHISTLE:
        card = part_cards.whistled_for_resident(ticket, comers, asked[0], desk.community)
        notices.resident(session, ticket, card, "whistle", key, desk)
    return asked


def accept(session: Session, part: SubtaskRow, by: Person, desk: Desk, *, key: str) -> bool:
    def take() -> None:
        part.accepted_at = desk.now

    return _step(session, part, Step.ACCEPT, by, desk, key=key, change=take)


def arrive(session: Session, part: SubtaskRow, by: Person, desk: Desk, *, key: str) -> bool:
    """ "I am there": the moment is kept, and whoever called is told."""

    def come() -> None:
        part.accepted_at = part.accepted_at or desk.now
        part.arrived_at = desk.now

    return _step(session, part, Step.ARRIVE, by, desk, key=key, change=come)


def done(
    session: Session, part: SubtaskRow, by: Person, desk: Desk, *, key: str, note: str = ""
) -> bool:
    def finish() -> None:
        part.accepted_at = part.accepted_at or desk.now
        part.done_at, part.outcome = desk.now, note

    return _step(session, part, Step.DONE, by, desk, key=key, note=note, change=finish)


def cannot(
    session: Session, part: SubtaskRow, by: Person, desk: Desk, *, key: str, note: str
) -> bool:
    """Back to whoever asked, with the reason; they ask somebody else or go on without."""
    if not note:
        raise BadInput("a part is given back with a reason")

    def give_back() -> None:
        part.outcome = note

    return _step(session, part, Step.CANNOT, by, desk, key=key, note=note, change=give_back)


def cancel(
    session: Session, part: SubtaskRow, by: Person, desk: Desk, *, key: str, note: str = ""
) -> bool:
    return _step(session, part, Step.CANCEL, by, desk, key=key, note=note)


def call_off(
    session: Session, ticket: TicketRow, desk: Desk, *, key: str, why: str
) -> list[SubtaskRow]:
    """The ticket has ended: nobody works on a part of it any more, and they are told.

    A visit afterwards (回访) stays: it is about a ticket that has ended.
    """
    ended = [p for p in subtask_views.open_of(session, ticket) if p.kind != PartKind.REVISIT.value]
    for part in ended:
        _put(part, PartStatus.CANCELLED, ticket, desk)
        facts = {"part": part.id, "step": Step.CANCEL.value}
        line = Line(move=Move.PART, by=SYSTEM, before=Status(ticket.status), note=why, facts=facts)
        enter(session, ticket, line, desk, key=f"{key}:{part.id}")
        card = part_cards.called_off(ticket, part, why)
        _tell_helper(session, ticket, part, card, "off", key, desk)
    session.flush()
    return ended


def refuse_while_open(session: Session, ticket: TicketRow, desk: Desk) -> None:
    """Raises PartOpen, naming whose required part has to be done before the ticket is resolved."""
    whose = [
        cards.who(desk.community.staff.get(part.staff))
        for part in subtask_views.open_of(session, ticket)
        if part.required and part.kind != PartKind.REVISIT.value
    ]
    if whose:
        raise PartOpen(number=str(ticket.number), whose=list(dict.fromkeys(whose)))


def _check(wish: Wish, desk: Desk) -> None:
    if not wish.task.strip():
        raise BadInput("task is empty, expected what is to be done")
    for name, moment in (("due_by", wish.due_by), ("arrive_by", wish.arrive_by)):
        if moment is not None and moment <= desk.now:
            raise BadInput(f"{name} is {moment.isoformat()}, expected a moment to come")


def _comers(ticket: TicketRow, staff: Sequence[str], desk: Desk) -> list[Staff]:
    """Who comes for each of these; nobody twice, and never whoever leads."""
    comers: dict[str, Staff] = {}
    only = Role.DISCIPLINE if ticket.confidential else None
    for code in staff:
        person = desk.community.person(code)
        if only and not person.holds(only):
            raise NotAllowed("only a discipline contact may have a part of a conduct report")
        comes = parts.who_comes(person, desk.community, desk.now, only=only)
        if comes is None:
            place = place_from(ticket.place)
            there = parts.instead_of(person, place, desk.community, desk.now)
            raise NobodyThere(absent=cards.who(person), present=[cards.who(p) for p in there[:3]])
        if comes.code != ticket.assignee:
            comers[comes.code] = comes
    if not comers:
        raise BadInput("nobody is asked but whoever has the ticket")
    return list(comers.values())


def _part(
    ticket: TicketRow, wish: Wish, person: Staff, by: Person, desk: Desk, key: str
) -> SubtaskRow:
    usual_arrival, usual_due = parts.usual_limits(
        wish.kind, ticket.matter, ticket.urgency, desk.community, desk.now, ticket.resolve_by
    )
    due = wish.due_by or max(usual_due, wish.arrive_by or usual_due)
    arrive = wish.arrive_by or (min(usual_arrival, due) if usual_arrival else None)
    part = SubtaskRow(
        ticket_id=ticket.id,
        kind=wish.kind.value,
        staff=person.code,
        task=wish.task.strip(),
        required=wish.required,
        status=PartStatus.ASKED.value,
        asked_by=by.label,
        asked_at=desk.now,
        arrive_by=arrive,
        due_by=due,
        source_key=key,
    )
    alarm_clock.wind_part(part, ticket, desk.community, desk.now)
    return part


def _asked_with(session: Session, ticket: TicketRow, key: str) -> list[SubtaskRow]:
    return [part for part in subtask_views.of_ticket(session, ticket) if part.source_key == key]


def _step(
    session: Session,
    part: SubtaskRow,
    step: Step,
    by: Person,
    desk: Desk,
    *,
    key: str,
    note: str = "",
    change: Callable[[], None] | None = None,
) -> bool:
    """Take `step` and tell whoever it concerns; False when this very message has taken it."""
    ticket = session.get(TicketRow, part.ticket_id)
    assert ticket is not None
    if made(session, ticket, Move.PART, key=key):
        return False
    who = _actors(session, ticket, part, by, desk)
    to = parts.after(step, PartKind(part.kind), PartStatus(part.status), who)
    facts = {"part": part.id, "step": step.value}
    here = Status(ticket.status)  # the ticket itself does not move
    line = Line(move=Move.PART, by=by, before=here, note=note, facts=facts)
    try:
        with session.begin_nested():
            if change:
                change()
            _put(part, to, ticket, desk)
            session.flush()
            enter(session, ticket, line, desk, key=key)
    except StaleDataError:
        raise IllegalMove("somebody else has just moved this part") from None
    _tell(session, ticket, part, step, by, key, desk)
    return True


def _put(part: SubtaskRow, to: PartStatus, ticket: TicketRow, desk: Desk) -> None:
    part.status = to.value
    alarm_clock.wind_part(part, ticket, desk.community, desk.now)


def _actors(
    session: Session, ticket: TicketRow, part: SubtaskRow, by: Person, desk: Desk
) -> frozenset[Actor]:
    """What `by` is to this part. Only its own person is its helper.

    What a superior has asked for as required, the lead cannot call off.
    """
    found = ticket_rights.actors(session, ticket, by, desk) - {Actor.HELPER}
    if by.staff and by.staff.code == part.staff:
        found |= {Actor.HELPER}
    asker = subtask_views.asker(part, desk.community)
    if part.required and asker and _is_superior(asker, ticket):
        found -= {Actor.HANDLER}
    return found


def _is_superior(asker: Staff, ticket: TicketRow) -> bool:
    return asker.code != ticket.assignee and any(asker.holds(role) for role in _SUPERIORS)


def _tell(
    session: Session,
    ticket: TicketRow,
    part: SubtaskRow,
    step: Step,
    by: Person,
    key: str,
    desk: Desk,
) -> None:
    """The lead and whoever asked hear of every step that is not their own."""
    if step is Step.CANCEL:
        card = part_cards.called_off(ticket, part, f"{by.name}取消了")
        _tell_helper(session, ticket, part, card, "cancel", key, desk)
        return
    card = part_cards.step_for_lead(ticket, part, step, desk.community)
    maker = by.staff.code if by.staff else ""
    told = {maker}
    if ticket.assignee and ticket.assignee not in told:
        notices.handler(session, ticket, card, f"part{part.id}", key, desk)
        told.add(ticket.assignee)
    asker = subtask_views.asker(part, desk.community)
    if asker and asker.code not in told:
        notices.staff(session, asker.code, card, ticket, f"part{part.id}", key, desk)


def _tell_helper(
    session: Session,
    ticket: TicketRow,
    part: SubtaskRow,
    card: Message,
    what: str,
    key: str,
    desk: Desk,
) -> None:
    notices.staff(session, part.staff, card, ticket, f"part{part.id}.{what}", key, desk)
