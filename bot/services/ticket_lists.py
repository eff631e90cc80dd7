"""Tickets as the console lists them, each list for somebody, and what lies beside a ticket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.desk.errors import NotAllowed
from bot.desk.moves import Status
from bot.desk.people import Person
from bot.language.masking import mask
from bot.services import ticket_views
from bot.services.ticket_views import _restrict as for_person  # the one rule of who sees what
from bot.store.tables import (
    OutboxRow,
    PhotoRow,
    ResidentRow,
    TicketPersonRow,
    TicketRow,
)

OPEN = tuple(status.value for status in Status if status.is_open)
_DONE = (Status.RESOLVED.value, Status.VERIFIED.value)
_IN_HAND = tuple(status for status in OPEN if status not in _DONE)
_CHUNK = 500
_SEARCHED = 10_000  # how far back a search for words goes in one page


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list is about; what is None or empty does not matter.

    late_at: only those whose deadline was before this moment. before: the id paging got to.
    nobodys: only those without an assignee. text: words of the ticket, or of its number.
    """

    statuses: tuple[str, ...] = ()
    matter: str | None = None
    assignee: str | None = None
    nobodys: bool = False
    grid: str | None = None
    late_at: datetime | None = None
    text: str = ""
    before: int | None = None
    limit: int = 50


def search(session: Session, person: Person, wanted: Wanted) -> list[TicketRow]:
    """The newest tickets that `person` may see and that are wanted."""
    query = for_person(select(TicketRow), person).order_by(TicketRow.id.desc())
    for condition in _conditions(wanted):
        query = query.where(condition)
    if not wanted.text:
        return list(session.scalars(query.limit(wanted.limit)))
    found = (ticket for ticket in _searched(session, query) if _mentions(ticket, wanted.text))
    return list(islice(found, wanted.limit))


def in_hand(session: Session, person: Person, *, limit: int = 200) -> list[TicketRow]:
    """What `person` has to do, the next deadline first."""
    assert person.staff is not None
    mine = select(TicketRow).where(
        TicketRow.assignee == person.staff.code, TicketRow.status.in_(_IN_HAND)
    )
    # Asked one after the other, an index gives the soonest of very many without sorting them.
    running = for_person(mine.where(TicketRow.next_deadline_at.is_not(None)), person)
    soonest = running.order_by(TicketRow.next_deadline_at, TicketRow.id).limit(limit)
    found = list(session.scalars(soonest))
    if len(found) < limit:
        parked = for_person(mine.where(TicketRow.next_deadline_at.is_(None)), person)
        found += session.scalars(parked.order_by(TicketRow.id).limit(limit - len(found)))
    return found


def beside(session: Session, person: Person, *, limit: int = 20) -> list[TicketRow]:
    """What `person` has done and waits to be rated, and what `person` only watches; open ones."""
    assert person.staff is not None
    code = person.staff.code
    watched = select(TicketPersonRow.ticket_id).where(TicketPersonRow.staff == code)
    done = (TicketRow.assignee == code) & TicketRow.status.in_(_DONE)
    query = select(TicketRow).where(
        TicketRow.status.in_(OPEN),
        or_(done, TicketRow.id.in_(watched) & TicketRow.assignee.is_distinct_from(code)),
    )
    newest = for_person(query, person).order_by(TicketRow.id.desc()).limit(limit)
    return list(session.scalars(newest))


def for_deed(session: Session, number: str, person: Person) -> TicketRow:
    """A ticket that `person` wants to move; raises NotAllowed, whether it exists or not.

    Whoever was once told of it gets it too, so that a late tap hears who has it now. A conduct
    report is only for those who may see it.
    """
    try:
        return ticket_views.detail(session, number, person)[0]
    except NotAllowed:
        late = select(TicketRow).where(TicketRow.number == number)
        ticket: TicketRow | None = session.scalars(late).first()
        if ticket is None or ticket.confidential or not _was_told(session, ticket, person):
            raise
        return ticket


def photos(session: Session, ticket: TicketRow) -> list[PhotoRow]:
    query = select(PhotoRow).where(PhotoRow.ticket_id == ticket.id).order_by(PhotoRow.id)
    return list(session.scalars(query))


def may_see_photo(session: Session, path: str, person: Person) -> bool:
    """Whether a photo of this name belongs to a ticket that `person` may see."""
    tickets_of = select(PhotoRow.ticket_id).where(PhotoRow.path == path)
    query = for_person(select(TicketRow.id).where(TicketRow.id.in_(tickets_of)), person)
    return session.scalars(query).first() is not None


def numbers(session: Session, person: Person, ids: Iterable[int | None]) -> dict[int, str]:
    """The numbers of those of these tickets that `person` may see."""
    wanted = [id for id in ids if id is not None]
    query = select(TicketRow.id, TicketRow.number).where(TicketRow.id.in_(wanted))
    return {id: str(number) for id, number in session.execute(for_person(query, person))}


def by_numbers(session: Session, person: Person, wanted: Iterable[str]) -> dict[str, TicketRow]:
    """Those of these tickets that `person` may see."""
    found: dict[str, TicketRow] = {}
    numbers = list(wanted)
    for start in range(0, len(numbers), _CHUNK):
        query = select(TicketRow).where(TicketRow.number.in_(numbers[start : start + _CHUNK]))
        found.update((str(row.number), row) for row in session.scalars(for_person(query, person)))
    return found


def reporter(session: Session, ticket: TicketRow) -> str:
    """The name of the resident it comes from, as far as it is known."""
    resident = session.get(ResidentRow, ticket.resident_id) if ticket.resident_id else None
    return resident.name if resident else ""


def _conditions(wanted: Wanted) -> Iterator[Any]:
    if wanted.statuses:
        yield TicketRow.status.in_(wanted.statuses)
    if wanted.matter:
        yield TicketRow.matter == wanted.matter
    if wanted.assignee:
        yield TicketRow.assignee == wanted.assignee
    if wanted.nobodys:
        yield TicketRow.assignee.is_(None)
    if wanted.grid:
        yield TicketRow.grid == wanted.grid
    if wanted.late_at:
        yield TicketRow.next_deadline_at < wanted.late_at
    if wanted.before is not None:
        yield TicketRow.id < wanted.before
    if wanted.text:
        said = func.lower(TicketRow.number + " " + TicketRow.text)
        yield said.contains(wanted.text.lower(), autoescape=True)


def _searched(session: Session, query: Any) -> Iterator[TicketRow]:
    for start in range(0, _SEARCHED, _CHUNK):
        rows = session.scalars(query.offset(start).limit(_CHUNK)).all()
        yield from rows
        if len(rows) < _CHUNK:
            return


def _mentions(ticket: TicketRow, text: str) -> bool:
    # In the masked text too: nobody may find out a telephone number by searching for its digits.
    return text.casefold() in f"{ticket.number} {mask(ticket.text)}".casefold()


def _was_told(session: Session, ticket: TicketRow, person: Person) -> bool:
    if person.staff is None:
        return False
    told = select(OutboxRow.id).where(
        OutboxRow.ticket_id == ticket.id, OutboxRow.staff == person.staff.code
    )
    return session.scalars(told).first() is not None
