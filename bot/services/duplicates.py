"""Is there already a ticket about the same thing? Asked before one is opened, and by the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, false, func, or_, select
from sqlalchemy.orm import Session

from bot.desk import duplicates, kinds
from bot.desk.community import Place
from bot.desk.duplicate_rules import Near
from bot.desk.duplicates import Report
from bot.desk.moves import Status
from bot.language.alike import likeness
from bot.services.community import place_from
from bot.services.ticket_moves import Desk
from bot.services.tickets import Draft
from bot.store.base import Moment, table
from bot.store.tables import FollowerRow, TicketRow

_A_DAY = timedelta(days=1)  # the first number of a day need not be the first ticket of it
_NEWEST = 50  # of those at one place; what is older than so many others is another thing
_IN_WORK = tuple(
    s.value for s in Status if s.is_open and s not in (Status.RESOLVED, Status.VERIFIED)
)
_T = table(TicketRow).c
_F = table(FollowerRow).c
_COLUMNS = (
    _T.id,
    _T.number,
    _T.status,
    _T.matter,
    _T.text,
    _T.place,
    _T.assignee,
    _T.resident_id,
    _T.opened_at,
    _T.next_deadline_at,
    _T.resolve_by,
)


def _question(with_grid: bool) -> Any:
    """The newest open reports of these matters in these buildings (or, of the grid, anywhere)."""
    there = _T.building.in_(bindparam("buildings", expanding=True))
    if with_grid:
        there = or_(there, and_(_T.building.is_(None), _T.grid == bindparam("grid")))
    # Numbers begin with the day: their index says cheaply from which row on to look at all.
    numbered = table(TicketRow).alias().c
    first = (
        select(numbered.id)
        .where(numbered.number >= bindparam("day"))
        .order_by(numbered.number)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(*_COLUMNS)
        .where(
            _T.id >= func.coalesce(first, 0),
            _T.matter.in_(bindparam("matters", expanding=True)),
            there,
            _T.status.in_(_IN_WORK),
            _T.opened_at >= bindparam("since", type_=Moment),
            _T.confidential == false(),
            _T.urgency != "emergency",
            _T.kind == kinds.REPORT,
            _T.id != bindparam("id"),
        )
        .order_by(_T.id.desc())
        .limit(_NEWEST)
    )


_IN_BUILDING, _IN_GRID = _question(with_grid=False), _question(with_grid=True)
_FOLLOWERS = (
    select(
        _F.ticket_id,
        func.count(),
        func.max(case((_F.resident_id == bindparam("resident"), 1), else_=0)),
    )
    .where(_F.ticket_id.in_(bindparam("ids", expanding=True)))
    .group_by(_F.ticket_id)
)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A ticket that may be about the same thing, with what a neighbour may know of it.

    own: the very resident reported it, or follows it. reporters: how many have met it so far.
    text: without what tells of anybody. place: without the room. until: aware.
    """

    id: int
    number: str
    status: Status
    matter: str
    place: Place
    text: str
    assignee: str | None
    opened_at: datetime
    until: datetime
    reporters: int
    own: bool
    alike: float


def candidates(session: Session, draft: Draft, desk: Desk) -> list[Candidate]:
    """At most three, their own first, then the likeliest; [] where nobody needs to be asked.

    Never of a conduct report and never of an emergency: there nobody is asked first.
    """
    category = desk.community.category(draft.matter)
    urgency = draft.urgency or category.urgency
    if draft.kind != kinds.REPORT or urgency == "emergency" or draft.to_desk:
        return []
    new = Report(matter=category.code, place=draft.place, text=draft.text, opened_at=desk.now)
    return _alike(session, new, draft.readings, desk, resident=draft.resident_id)


def of_ticket(session: Session, ticket: TicketRow, desk: Desk) -> list[Candidate]:
    """For the desk: which open tickets may be about the same thing as this one."""
    hidden = ticket.confidential or ticket.urgency == "emergency" or ticket.kind != kinds.REPORT
    if hidden or ticket.status not in _IN_WORK:
        return []
    here = Report(
        matter=ticket.matter,
        place=place_from(ticket.place),
        text=ticket.text,
        opened_at=ticket.opened_at,
    )
    return _alike(session, here, ticket.readings, desk, but=ticket.id)


def public_place(place: dict[str, Any]) -> Place:
    """Where it is, as a neighbour may know it: not behind which door, and in nobody's words."""
    return place_from({**place, "room": None, "detail": ""})


def _alike(
    session: Session,
    new: Report,
    readings: Any,
    desk: Desk,
    *,
    resident: int | None = None,
    but: int = 0,
) -> list[Candidate]:
    matters = duplicates.matters_to_ask(new.matter, tuple(readings), desk.community)
    if not matters or not (new.place.building or new.place.grid):
        return []
    rule = duplicates.rule_for(new.matter, desk.community)
    buildings = duplicates.buildings_to_ask(new.place, rule.near, desk.community)
    roughly = rule.near is Near.GRID or not new.place.building
    since = new.opened_at - rule.window
    asked = {
        "day": f"{(since - _A_DAY).astimezone(desk.community.zone):%Y%m%d}",
        "matters": matters,
        "buildings": buildings,
        "since": since,
        "id": but,
        **({"grid": new.place.grid} if roughly else {}),
    }
    session.flush()
    rows = session.connection().execute(_IN_GRID if roughly else _IN_BUILDING, asked).all()
    scored = ((_score(new, row, desk), row) for row in rows)
    # What is filed alike comes before what only resembles it.
    best = sorted(
        ((score, row) for score, row in scored if score > 0),
        key=lambda s: (s[1].matter != new.matter, -s[0], -s[1].id),
    )
    found = best[: duplicates.AT_MOST]
    known = _followers(session, [row.id for _, row in found], resident)
    return sorted(
        (_candidate(row, score, known.get(row.id, (0, 0)), resident) for score, row in found),
        key=lambda candidate: not candidate.own,
    )


def _score(new: Report, row: Any, desk: Desk) -> float:
    known = Report(
        matter=row.matter, place=place_from(row.place), text=row.text, opened_at=row.opened_at
    )
    rule = duplicates.rule_for(new.matter, desk.community)
    return duplicates.likeness_of(new, known, rule, likeness)


def _followers(
    session: Session, ids: list[int], resident: int | None
) -> dict[int, tuple[int, int]]:
    if not ids:
        return {}
    rows = session.connection().execute(_FOLLOWERS, {"ids": ids, "resident": resident or 0})
    return {id: (count, mine) for id, count, mine in rows}


def _candidate(
    row: Any, score: float, followers: tuple[int, int], resident: int | None
) -> Candidate:
    count, mine = followers
    return Candidate(
        id=row.id,
        number=row.number,
        status=Status(row.status),
        matter=row.matter,
        place=public_place(row.place),
        text=duplicates.told(row.text),
        assignee=row.assignee,
        opened_at=row.opened_at,
        until=row.next_deadline_at or row.resolve_by,
        reporters=count + 1,
        own=bool(mine) or (resident is not None and row.resident_id == resident),
        alike=score,
    )
