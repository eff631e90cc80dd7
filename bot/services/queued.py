"""Tickets that wait because everybody who could take them has enough: first come, first served."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk import routing
from bot.desk.community import Community
from bot.desk.moves import Status
from bot.desk.routing import Decision
from bot.services import notices
from bot.services.ticket_moves import Desk, decide, give, open_loads
from bot.store.base import table
from bot.store.tables import TicketRow

_T = table(TicketRow).c
_WAITS = (_T.queued_at.is_not(None), _T.status == Status.TRIAGE.value)
_IN_TURN = (
    select(
        _T.id, _T.matter, _T.kind, _T.urgency, _T.place, _T.matter_confidence, _T.confidential,
        _T.against,
    )
    .where(*_WAITS)
    .order_by(_T.queued_at, _T.id)
)  # fmt: skip
_ANY = select(_T.id).where(*_WAITS).limit(1)
_AT_ONCE = 50  # tickets given out in one go


def route(session: Session, ticket: TicketRow, desk: Desk, *, key: str) -> None:
    """Whose task a new ticket is; room that somebody has goes to those who wait for it first."""
    decision = decide(session, ticket, desk)
    if _takes_room(decision, ticket, desk.community) and is_anything(session):
        give_out(session, desk)
        decision = decide(session, ticket, desk)
    give(session, ticket, decision, desk, key=key)


def is_anything(session: Session) -> bool:
    """Whether anything waits at all: one look into an index of few rows."""
    return session.connection().execute(_ANY).first() is not None


def ready(session: Session, desk: Desk, *, limit: int = _AT_ONCE) -> list[int]:
    """Ids of the tickets that wait and that somebody has room for by now, the oldest first."""
    found: list[int] = []
    rows = session.connection().execute(_IN_TURN)
    for id in _with_room(rows, _Loads(session), desk):
        found.append(id)
        if len(found) == limit:
            break
    return found


def give_out(session: Session, desk: Desk) -> int:
    """Give those that are ready to whoever has room; returns how many there were."""
    given = [give_one(session, id, desk) for id in ready(session, desk)]
    return sum(given)


def give_one(session: Session, id: int, desk: Desk) -> bool:
    """Give one of those that wait to whoever has room; False when somebody else was faster."""
    ticket = session.get(TicketRow, id)
    if ticket is None or ticket.queued_at is None or ticket.status != Status.TRIAGE.value:
        return False
    decision = decide(session, ticket, desk)
    if decision.queued:
        return False
    key = f"queue:{desk.now.isoformat()}"
    give(session, ticket, decision, desk, key=key)
    notices.handed_on(session, ticket, desk, key=key)
    return True


class _Loads:
    """How many tickets people have in hand, with those that are about to be given to them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, int] = {}

    def __call__(self, codes: Collection[str]) -> Mapping[str, int]:
        unknown = [code for code in codes if code not in self._known]
        counted = open_loads(self._session, unknown) if unknown else {}
        self._known.update({code: counted.get(code, 0) for code in unknown})
        return self._known

    def add(self, code: str) -> None:
        self([code])
        self._known[code] += 1


def _with_room(rows: Iterable[Any], loads: _Loads, desk: Desk) -> Iterator[int]:
    for row in rows:
        request = notices.request_of(row)
        decision = routing.decide(request, community=desk.community, load=loads, now=desk.now)
        if not decision.queued:
            if decision.assignee:
                loads.add(decision.assignee)
            yield row.id


def _takes_room(decision: Decision, ticket: TicketRow, community: Community) -> bool:
    person = community.staff.get(decision.assignee or "")
    return bool(person and person.capacity is not None and ticket.urgency == "normal")
