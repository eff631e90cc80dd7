"""The steps of a part: accepted, arrived, done, could not, called off; each timed and told.

They move the part and not its ticket: a line of the ticket's timeline, with the part and the step.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bot.desk import parts
from bot.desk.community import Role, Staff
from bot.desk.errors import BadInput, IllegalMove, NotAllowed
from bot.desk.moves import Actor, Move, Status
from bot.desk.parts import PartKind, PartStatus, Step
from bot.desk.people import SYSTEM, Person
from bot.services import alarm_clock, notices, part_cards, subtask_views, ticket_rights
from bot.services.outbox import Message
from bot.services.ticket_moves import Desk, Line, enter, made
from bot.store.tables import SubtaskRow, TicketRow

_SUPERIORS = (Role.DESK, Role.ADMIN, Role.SECRETARY)


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


def say(session: Session, part: SubtaskRow, by: Person, desk: Desk, *, key: str, note: str) -> bool:
    """What was done, after “done”: whoever did it says so. Raises BadInput, NotAllowed."""
    ticket = _ticket_of(session, part)
    if made(session, ticket, Move.PART, key=key):
        return False
    if not note.strip():
        raise BadInput("what was done is empty")
    if by.staff is None or by.staff.code != part.staff or part.status != PartStatus.DONE.value:
        raise NotAllowed("only whoever has done the part says what was done")
    part.outcome = "；".join(filter(None, (part.outcome, note.strip())))
    facts = {"part": part.id, "step": "say"}
    here = Status(ticket.status)
    line = Line(move=Move.PART, by=by, before=here, note=note, facts=facts)
    enter(session, ticket, line, desk, key=key)
    card = part_cards.said_for_lead(ticket, part, desk.community)
    _tell_lead(session, ticket, part, card, by, key, desk)
    return True


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
        put(part, PartStatus.CANCELLED, ticket, desk)
        facts = {"part": part.id, "step": Step.CANCEL.value}
        line = Line(move=Move.PART, by=SYSTEM, before=Status(ticket.status), note=why, facts=facts)
        enter(session, ticket, line, desk, key=f"{key}:{part.id}")
        card = part_cards.called_off(ticket, part, why)
        tell_helper(session, ticket, part, card, "off", key, desk)
    session.flush()
    return ended


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
    ticket = _ticket_of(session, part)
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
            put(part, to, ticket, desk)
            session.flush()
            enter(session, ticket, line, desk, key=key)
    except StaleDataError:
        raise IllegalMove("somebody else has just moved this part") from None
    _tell(session, ticket, part, step, by, key, desk)
    return True


def _ticket_of(session: Session, part: SubtaskRow) -> TicketRow:
    ticket = session.get(TicketRow, part.ticket_id)
    assert ticket is not None  # it goes with its ticket
    return ticket


def put(part: SubtaskRow, to: PartStatus, ticket: TicketRow, desk: Desk) -> None:
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
        tell_helper(session, ticket, part, card, "cancel", key, desk)
        return
    card = part_cards.step_for_lead(ticket, part, step, desk.community)
    _tell_lead(session, ticket, part, card, by, key, desk)


def _tell_lead(
    session: Session,
    ticket: TicketRow,
    part: SubtaskRow,
    card: Message,
    by: Person,
    key: str,
    desk: Desk,
) -> None:
    """The lead and whoever asked, but not whoever has just said it."""
    maker = by.staff.code if by.staff else ""
    told = {maker}
    if ticket.assignee and ticket.assignee not in told:
        notices.handler(session, ticket, card, f"part{part.id}", key, desk)
        told.add(ticket.assignee)
    asker = subtask_views.asker(part, desk.community)
    if asker and asker.code not in told:
        notices.staff(session, asker.code, card, ticket, f"part{part.id}", key, desk)


def tell_helper(
    session: Session,
    ticket: TicketRow,
    part: SubtaskRow,
    card: Message,
    what: str,
    key: str,
    desk: Desk,
) -> None:
    notices.staff(session, part.staff, card, ticket, f"part{part.id}.{what}", key, desk)
