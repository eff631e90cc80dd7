"""Who hears what of the alarms of one look: a card for one of them, a digest for many.

Whoever was told much just now is left in peace for a while; what comes due meanwhile is put off
until then, and told together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.desk import alarms
from bot.desk.alarm_people import Audience
from bot.desk.alarms import Bell, Saying, Told
from bot.desk.moves import Move, Status
from bot.services import alarm_cards, outbox, part_cards, task_cards
from bot.services.alarm_cards import Item
from bot.services.community import place_from
from bot.services.outbox import Button
from bot.services.ticket_moves import Desk
from bot.store.tables import OutboxRow, SubtaskRow, TicketRow

_LATELY = 100  # messages back that may have been alarms of the last hour
_LAST = (
    select(OutboxRow.key, OutboxRow.created_at)
    .where(OutboxRow.staff == bindparam("code"))
    .order_by(OutboxRow.id.desc())
    .limit(_LATELY)
    .subquery()
)
_TOLD = select(_LAST.c.key, _LAST.c.created_at).where(_LAST.c.created_at > bindparam("since"))
# What ends the alarm, by the state of the ticket; everything else is behind 更多.
_MOVES = {
    Status.ASSIGNED.value: (Move.ACCEPT, Move.RETURN),
    Status.ACCEPTED.value: (Move.CONTACT, Move.RESOLVE),
    Status.CONTACTED.value: (Move.RESOLVE,),
}


@dataclass(frozen=True)
class Clock:
    """Something that has come due: a ticket, or a part of one."""

    ticket: TicketRow
    part: SubtaskRow | None
    bell: Bell
    deadline: datetime | None

    @property
    def row(self) -> TicketRow | SubtaskRow:
        return self.part or self.ticket

    def key(self, step: int) -> str:
        """The same step of the same deadline is said once, whoever comes again."""
        of = f"part{self.part.id}:" if self.part else ""
        assert self.deadline is not None
        return f"alarm:{of}{self.deadline.astimezone(timezone.utc).isoformat()}:{step}"

    @property
    def handler(self) -> str | None:
        return self.part.staff if self.part else self.ticket.assignee


@dataclass(frozen=True)
class Alarm:
    """known: codes of those who are on the ticket already, and can open it."""

    clock: Clock
    saying: Saying
    audience: Audience
    known: frozenset[str]


def told_since(session: Session, since: datetime) -> list[str]:
    """Codes of those who were told of alarms since then, once for every message."""
    query = select(OutboxRow.staff, OutboxRow.key).where(OutboxRow.created_at >= since)
    return [staff for staff, key in session.execute(query) if staff and _is_alarm(key)]


class Heard:
    """What people were told lately, asked for once each."""

    def __init__(self, session: Session, desk: Desk) -> None:
        self._session, self._desk = session, desk
        self._until: dict[str, datetime | None] = {}

    def peace_until(self, code: str) -> datetime | None:
        if code not in self._until:
            self._until[code] = self._ask(code)
        return self._until[code]

    def _ask(self, code: str) -> datetime | None:
        pause, now = self._desk.community.ladder.digest, self._desk.now
        values = {"code": code, "since": now - pause}
        rows = self._session.connection().execute(_TOLD, values)
        told = [Told(at, key.startswith("digest:")) for key, at in rows if _is_alarm(key)]
        return alarms.peace_until(told, pause, now)


def _is_alarm(key: str) -> bool:
    return key.startswith(("alarm:", "digest:"))


def tell(session: Session, said: Sequence[Alarm], heard: Heard, desk: Desk) -> int:
    """One message a person; what rings at night comes by itself, unless it is many as well."""
    lists: dict[str, list[tuple[Alarm, Item]]] = defaultdict(list)
    for alarm in said:
        item = _item(alarm, desk, acts=True)
        for code in alarm.audience.first:
            lists[code].append((alarm, item))
        for code in alarm.audience.beside:
            if heard.peace_until(code) is None or alarm.clock.bell.rule.at_night:
                lists[code].append((alarm, _item(alarm, desk, acts=False)))
    for code, news in lists.items():
        _tell_one(session, code, news, desk)
    return len(lists)


def _tell_one(session: Session, code: str, news: Sequence[tuple[Alarm, Item]], desk: Desk) -> None:
    if len(news) == 1:
        ((alarm, item),) = news
        message = alarm_cards.one(item, code, desk.community, desk.now)
        key = f"alarm:{alarm.clock.ticket.id}:{code}:{alarm.clock.key(alarm.saying.step)}"
        ticket: int | None = alarm.clock.ticket.id
    else:
        message = alarm_cards.digest([item for _, item in news], code, desk.community)
        key, ticket = f"digest:{code}:{desk.now.isoformat()}", None
    outbox.to_staff(session, code, message, key=key, now=desk.now, ticket_id=ticket)


def _item(alarm: Alarm, desk: Desk, *, acts: bool) -> Item:
    clock, ticket = alarm.clock, alarm.clock.ticket
    assert clock.deadline is not None
    return Item(
        number=str(ticket.number),
        subject=_subject(ticket, desk),
        urgency=ticket.urgency,
        status=ticket.status,
        move=alarm.saying.move,
        deadline=clock.deadline,
        due=_due(clock),
        handler=clock.handler,
        acts=acts,
        is_part=clock.part is not None,
        told=tuple(_name(code, desk) for code in alarm.audience.first),
        buttons=_buttons(clock),
    )


def _subject(ticket: TicketRow, desk: Desk) -> str:
    # One ticket whose matter an import has removed must not silence all the others.
    category = desk.community.categories.get(ticket.matter)
    return desk.describe(place_from(ticket.place)) + (category.name if category else ticket.matter)


def _buttons(clock: Clock) -> tuple[Button, ...]:
    """For whoever has the task."""
    if clock.part:
        return part_cards.buttons(clock.ticket, clock.part)
    moves = _MOVES.get(clock.ticket.status, ())
    return tuple(task_cards.button(move, clock.ticket) for move in moves)


def _due(clock: Clock) -> str:
    if clock.part:
        arrives = clock.part.arrive_by is not None and clock.part.arrived_at is None
        return "到场" if arrives else "办好"
    to_contact = clock.deadline == clock.ticket.contact_by
    return alarm_cards.due_of(clock.ticket.status, to_contact=to_contact)


def names(codes: Iterable[str], desk: Desk) -> str:
    return "、".join(_name(code, desk) for code in codes)


def _name(code: str, desk: Desk) -> str:
    person = desk.community.staff.get(code)
    return person.name if person else code
