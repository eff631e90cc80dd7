"""The machinery of a move: is it legal, who was faster, what is noted, whose task it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bot.desk import duty, record, routing
from bot.desk.community import Community, Place
from bot.desk.errors import NotAllowed
from bot.desk.moves import Move, Status
from bot.desk.people import SYSTEM, Person
from bot.services import notices, ticket_deadlines
from bot.services.ticket_rights import allowed, already_moved
from bot.store.base import table
from bot.store.once import InsertOnce
from bot.store.tables import TicketPersonRow, TicketRow, TimelineRow


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What every deed needs: the rules, how to say a place, and the time (aware)."""

    community: Community
    describe: Callable[[Place], str]
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the timeline to be. facts: what changed, see bot.desk.record."""

    move: Move
    by: Person
    before: Status | None
    note: str = ""
    reason_code: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


IN_HAND = tuple(
    s.value for s in Status if s.is_open and s not in (Status.RESOLVED, Status.VERIFIED)
)
_LOADS = (
    select(TicketRow.assignee, func.count())
    .where(
        TicketRow.assignee.in_(bindparam("codes", expanding=True)), TicketRow.status.in_(IN_HAND)
    )
    .group_by(TicketRow.assignee)
)
_MANY = 500  # codes in one question; databases limit how many a statement may carry
_NOTE = insert(table(TimelineRow))
_WATCH = InsertOnce(TicketPersonRow)


def open_loads(session: Session, codes: Collection[str]) -> dict[str, int]:
    """How many tickets each of these has in hand; who has none is left out."""
    asked, found = list(codes), {}
    for start in range(0, len(asked), _MANY):
        some = {"codes": asked[start : start + _MANY]}
        rows = session.connection().execute(_LOADS, some)
        found.update({str(assignee): int(count) for assignee, count in rows})
    return found


def decide(session: Session, ticket: TicketRow, desk: Desk) -> routing.Decision:
    """Whose task it is now, by the rules; nothing is changed."""
    load = partial(open_loads, session)
    request = notices.request_of(ticket)
    return routing.decide(request, community=desk.community, load=load, now=desk.now)


def route(session: Session, ticket: TicketRow, desk: Desk, *, key: str) -> None:
    """Ask the rules whose task it is, and tell whoever it is, or whoever is to see to that."""
    give(session, ticket, decide(session, ticket, desk), desk, key=key)


def give(
    session: Session, ticket: TicketRow, decision: routing.Decision, desk: Desk, *, key: str
) -> None:
    """Do as the rules have decided."""
    before, known = Status(ticket.status), record.facts_of(ticket)
    ticket.assignee, ticket.reason = decision.assignee, decision.reason
    status = Status.ASSIGNED if decision.assignee else Status.TRIAGE
    ticket.accepted_at, ticket.status = None, status.value
    ticket.queued_at = (ticket.queued_at or desk.now) if decision.queued else None
    change = ticket_deadlines.Change(move=Move.ASSIGN, before=before, known=known, at=desk.now)
    facts = ticket_deadlines.put(session, ticket, change, desk.community)
    facts["routing"] = decision.explanation.as_json()
    line = Line(move=Move.ASSIGN, by=SYSTEM, before=before, note=decision.reason, facts=facts)
    enter(session, ticket, line, desk, key=key)
    # Who is told that nobody has it must be able to see what it is; conduct is for its readers.
    told = () if ticket.confidential else decision.told
    for code in dict.fromkeys((*decision.watchers, *told)):
        _WATCH(session, {"ticket_id": ticket.id, "staff": code, "part": "watch"})
    session.flush()
    notices.assigned(session, ticket, desk, key=key)
    notices.watchers(session, ticket, decision.watchers, desk, key=key)
    notices.told(session, ticket, decision, desk, key=key)
    if decision.assistants:
        from bot.services import subtasks  # which makes moves itself, so not before it is needed

        subtasks.by_rule(session, ticket, decision.assistants, desk, key=key)


def hand_to(
    session: Session, ticket: TicketRow, owner: str, by: Person, desk: Desk, *, key: str
) -> None:
    """Somebody opens it for a person of their choice: no rule is asked. Raises NotAllowed."""
    refuse_absent(owner, desk)
    before, known = Status(ticket.status), record.facts_of(ticket)
    ticket.assignee, ticket.reason = owner, f"{by.name}指派"
    ticket.status = Status.ASSIGNED.value
    change = ticket_deadlines.Change(move=Move.ASSIGN, before=before, known=known, at=desk.now)
    facts = ticket_deadlines.put(session, ticket, change, desk.community)
    line = Line(move=Move.ASSIGN, by=by, before=before, note=ticket.reason, facts=facts)
    enter(session, ticket, line, desk, key=key)
    session.flush()
    notices.assigned(session, ticket, desk, key=key)


def refuse_absent(code: str, desk: Desk) -> None:
    """Raises NotAllowed: nobody is given a ticket while on leave, by a person neither."""
    person = desk.community.person(code)
    if duty.is_absent(person, desk.now):
        raise NotAllowed(f"{person.name} is on leave")


def leave_to_desk(
    session: Session, ticket: TicketRow, reason: str, desk: Desk, *, key: str
) -> None:
    """Nobody's task until the desk has sorted it, for a reason that the rules do not know."""
    ticket.reason = reason
    line = Line(move=Move.ASSIGN, by=SYSTEM, before=Status(ticket.status), note=reason)
    enter(session, ticket, line, desk, key=key)
    session.flush()
    notices.assigned(session, ticket, desk, key=key)


def take_part(session: Session, ticket: TicketRow, staff: str, part: str) -> None:
    """Write down that somebody has a part in it: from now on they may see it."""
    session.flush()
    _WATCH(session, {"ticket_id": ticket.id, "staff": staff, "part": part})


def make(
    session: Session,
    ticket: TicketRow,
    move: Move,
    by: Person,
    desk: Desk,
    *,
    key: str,
    note: str = "",
    reason_code: str = "",
    change: Callable[[], None] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> bool:
    """Make `move` if the table allows it; False when this very message has made it before.

    Whatever else it changes is done in `change`, so that the timeline records it. facts: what the
    timeline is to remember beyond that, read after the change.
    """
    if made(session, ticket, move, key=key):
        return False
    before = Status(ticket.status)
    after = allowed(session, ticket, move, by, desk)
    id, known = ticket.id, record.facts_of(ticket)
    try:
        with session.begin_nested():
            ticket.status = after.value
            if after is not Status.TRIAGE:
                ticket.queued_at = None
            if change:
                change()
            moved = ticket_deadlines.Change(move=move, before=before, known=known, at=desk.now)
            changed = ticket_deadlines.put(session, ticket, moved, desk.community)
            line = Line(
                move=move,
                by=by,
                before=before,
                note=note,
                reason_code=reason_code,
                facts={**(facts or {}), **changed},
            )
            enter(session, ticket, line, desk, key=key)
            session.flush()
    except StaleDataError:
        now = session.get(TicketRow, id, populate_existing=True)
        assert now is not None  # tickets are never deleted
        raise already_moved(session, now, desk) from None
    return True


def made(session: Session, ticket: TicketRow, move: Move, *, key: str) -> bool:
    """Whether this very message has made this move before."""
    earlier = select(TimelineRow.id).where(
        TimelineRow.ticket_id == ticket.id,
        TimelineRow.move == move.value,
        TimelineRow.source_key == key,
    )
    return session.scalars(earlier).first() is not None


def enter(session: Session, ticket: TicketRow, line: Line, desk: Desk, *, key: str) -> None:
    """Write one line of the timeline of a ticket that has its id."""
    session.connection().execute(_NOTE, _values(ticket, line, desk, key))


def enter_many(session: Session, lines: Iterable[tuple[TicketRow, Line, str]], desk: Desk) -> None:
    """The same for many tickets; each comes with its key."""
    values = [_values(ticket, line, desk, key) for ticket, line, key in lines]
    if values:
        session.connection().execute(_NOTE, values)


def _values(ticket: TicketRow, line: Line, desk: Desk, key: str) -> dict[str, Any]:
    return {
        "ticket_id": ticket.id,
        "at": desk.now,
        "move": line.move.value,
        "actor": line.by.label,
        "from_status": line.before.value if line.before else None,
        "to_status": ticket.status,
        "reason_code": line.reason_code,
        "note": line.note,
        "facts": line.facts,
        "source_key": key,
    }
