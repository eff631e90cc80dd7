"""The deeds on parts of a ticket: 协办, 吹哨, 回访. Each writes the part, a line of the ticket's
timeline and what people are told, or nothing; the same `key` again does nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from bot.desk import parts
from bot.desk.community import Role, Staff
from bot.desk.errors import BadInput, NobodyThere, NotAllowed, PartOpen
from bot.desk.moves import Move
from bot.desk.parts import PartKind, PartStatus
from bot.desk.people import SYSTEM, Person
from bot.desk.routing import Assistant
from bot.services import alarm_clock, cards, notices, part_cards, subtask_views
from bot.services.community import place_from
from bot.services.subtask_steps import (
    accept,
    arrive,
    call_off,
    cancel,
    cannot,
    done,
    say,
    tell_helper,
)
from bot.services.ticket_moves import Desk, make
from bot.store.once import InsertOnce
from bot.store.tables import SubtaskRow, TicketPersonRow, TicketRow

__all__ = [
    "Wish",
    "accept",
    "arrive",
    "ask",
    "by_rule",
    "call_off",
    "cancel",
    "cannot",
    "done",
    "refuse_while_open",
    "say",
]

_MOVES = {
    PartKind.ASSIST: Move.ASSIST,
    PartKind.WHISTLE: Move.WHISTLE,
    PartKind.REVISIT: Move.REVISIT,
}
_ASSIST = InsertOnce(TicketPersonRow)


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
        tell_helper(session, ticket, part, card, "asked", key, desk)
    if wish.kind is PartKind.WHISTLE:
        card = part_cards.whistled_for_resident(ticket, comers, asked[0], desk.community)
        notices.resident(session, ticket, card, "whistle", key, desk)
    return asked


def by_rule(
    session: Session,
    ticket: TicketRow,
    assistants: Sequence[Assistant],
    desk: Desk,
    *,
    key: str,
) -> None:
    """Co-handlers that the routing rules name; whoever has an open part already keeps that one."""
    busy = {part.staff for part in subtask_views.open_of(session, ticket)} | {ticket.assignee}
    task = f"协办{desk.community.category(ticket.matter).name}"
    for one in assistants:
        if one.staff not in busy:
            wish = Wish(kind=PartKind.ASSIST, task=task, required=one.required)
            ask(session, ticket, wish, [one.staff], SYSTEM, desk, key=f"{key}:{one.staff}")


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
