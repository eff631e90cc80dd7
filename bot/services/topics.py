"""Hot topics of this desk: which tickets are looked at, and what is kept of what is found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.desk.community import Community, Place
from bot.desk.moves import Status
from bot.desk.people import Person
from bot.language import topics_apart, topics_weeks
from bot.language.normal import normalise
from bot.language.topics import Report, Topic
from bot.language.topics_heat import Window
from bot.language.topics_names import short
from bot.services import ticket_lists
from bot.services.community import place_from
from bot.services.ticket_views import _restrict as for_person  # the one rule of who sees what
from bot.store.database import Database
from bot.store.tables import FollowerRow, TicketRow, TopicRow

WEEKS = 4
OF_A_TOPIC = "topic:"  # how the key of a ticket begins that was made of a topic
_KEPT = 30  # of a week; nobody reads further
_NO_REPORTS = (Status.DECLINED.value, Status.WITHDRAWN.value)
_OPEN = tuple(status.value for status in Status if status.is_open)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A topic for somebody: only tickets that they may see. task: the number of its task."""

    topic: TopicRow
    examples: Sequence[TicketRow]
    tickets: Sequence[TicketRow]
    task: str | None


def weekly(database: Database, community: Community, *, words: Path, now: datetime) -> int:
    """Find and keep the topics of this week; returns how many. Again, it brings them up to date.

    Opens its own transactions, none of them while it thinks. words: see `topics_apart`.
    """
    window = last_weeks(now)
    found = topics_apart.find(
        database.read(lambda session: reports(session, window, community)),
        words=words,
        window=window,
    )
    return len(database.run(lambda session: keep(session, found, community, now=now)))


def last_weeks(now: datetime, weeks: int = WEEKS) -> Window:
    return Window(now - timedelta(weeks=weeks), now)


def reports(session: Session, window: Window, community: Community) -> list[Report]:
    """What was reported within the window, and what was still open at its end.

    Never a conduct report or anything else confidential, nor a task that was made of a topic. What
    was merged counts: its writer met the same thing, as did whoever follows a ticket.
    """
    still_open = or_(TicketRow.status.in_(_OPEN), TicketRow.closed_at > window.end)
    wanted = (
        TicketRow.confidential.is_(False),
        TicketRow.status.not_in(_NO_REPORTS),
        TicketRow.opened_at < window.end,
        or_(TicketRow.opened_at >= window.start, still_open),
        ~TicketRow.source_key.startswith(OF_A_TOPIC),
    )
    also = _also(session, window.end)
    rows = session.scalars(select(TicketRow).where(*wanted).order_by(TicketRow.id))
    return [_report(row, community, also.get(row.id, ())) for row in rows]


def keep(
    session: Session, found: Sequence[Topic], community: Community, *, now: datetime
) -> list[TopicRow]:
    """Write down the topics of this week. Those that were there keep their id and their task."""
    week = topics_weeks.week_of(now, community.zone)
    shown = [(topic, [int(id) for id in topic.members]) for topic in found[:_KEPT]]
    tickets = [members for _topic, members in shown]
    there, before = _rows(session, week), _rows(session, _week_before(session, week))
    again = topics_weeks.continued([row.tickets for row in there], tickets)
    goes_on = topics_weeks.continued([row.tickets for row in before], tickets)
    for row in there:  # out of the way: no two may have one rank, not even for a moment
        row.rank = -row.id
    session.flush()
    kept = []
    for at, (topic, members) in enumerate(shown):
        row = there[again[at]] if at in again else TopicRow(week=week)
        _write(row, topic, members, now)
        row.rank = at + 1
        if at in goes_on:
            _go_on(row, before[goes_on[at]])
        session.add(row)
        kept.append(row)
    _forget([row for row in there if row not in kept], session, after=len(kept))
    session.flush()
    return kept


def of_week(session: Session, person: Person, week: date | None = None) -> list[Shown]:
    """The topics of a week, by default the last that was looked at, the hottest first."""
    rows = _rows(session, week or session.scalar(select(func.max(TopicRow.week))))
    ids = {id for row in rows for id in row.tickets}
    tasks = ticket_lists.numbers(session, person, [row.ticket_id for row in rows])
    seen = _visible(session, person, ids)
    return [
        Shown(
            topic=row,
            examples=[seen[id] for id in row.examples if id in seen],
            tickets=[seen[id] for id in row.tickets if id in seen],
            task=tasks.get(row.ticket_id or 0),
        )
        for row in rows
    ]


def weeks(session: Session, *, limit: int = 12) -> list[date]:
    """The weeks that have topics, the latest first."""
    query = select(TopicRow.week).distinct().order_by(TopicRow.week.desc()).limit(limit)
    return list(session.scalars(query))


def _report(row: TicketRow, community: Community, also: Any) -> Report:
    who = row.resident_id or (f"conversation {row.conversation_id}" if row.conversation_id else "")
    return Report(
        id=str(row.id),
        text=row.text,
        at=row.opened_at,
        reporter=str(who or f"ticket {row.id}"),
        places=tuple(_places(place_from(row.place), community)),
        matter=row.matter,
        also=tuple(also),
    )


def _places(place: Place, community: Community) -> list[str]:
    """The estate and the building by the names under which texts mention them; else the grid."""
    building = community.buildings.get(place.building or "")
    estate = building.estate if building else place.estate
    found = [short(normalise(estate))] if estate else []
    if building:
        found.append(normalise(building.estate + building.name.removeprefix(building.estate)))
    area = community.areas.get(place.grid or "")
    if not found and area:
        found.append(normalise(area.name))
    return found


def _also(session: Session, until: datetime) -> dict[int, list[tuple[datetime, str]]]:
    query = select(FollowerRow).where(FollowerRow.at < until).order_by(FollowerRow.id)
    found: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for row in session.scalars(query):
        who = row.resident_id or f"conversation {row.conversation_id}"
        found[row.ticket_id].append((row.at, str(who)))
    return found


def _rows(session: Session, week: date | None) -> list[TopicRow]:
    if week is None:
        return []
    query = select(TopicRow).where(TopicRow.week == week).order_by(TopicRow.rank)
    return list(session.scalars(query))


def _week_before(session: Session, week: date) -> date | None:
    """The last one with topics; a week in which nobody looked breaks no topic off."""
    query = select(func.max(TopicRow.week)).where(TopicRow.week < week)
    return cast("date | None", session.scalar(query))


def _write(row: TopicRow, topic: Topic, members: list[int], now: datetime) -> None:
    row.title, row.place, row.matter = topic.title, topic.place, topic.matter or ""
    row.heat, row.growth = topic.heat.total, topic.heat.growth
    row.size, row.reporters = len(members), topic.reporters
    row.first_at, row.last_at, row.found_at = topic.first_at, topic.last_at, now
    row.examples, row.tickets = [int(id) for id in topic.examples], members
    row.weeks, row.continues_id = 1, None


def _go_on(row: TopicRow, before: TopicRow) -> None:
    row.continues_id = before.id
    row.weeks = before.weeks + (row.week - before.week).days // 7
    row.ticket_id = row.ticket_id or before.ticket_id


def _forget(rows: Sequence[TopicRow], session: Session, *, after: int) -> None:
    """What is no topic any more goes, unless a task was made of it."""
    with_task = [row for row in rows if row.ticket_id]
    for rank, row in enumerate(with_task, start=after + 1):
        row.rank = rank
    for row in rows:
        if not row.ticket_id:
            session.delete(row)


def _visible(session: Session, person: Person, ids: set[int]) -> dict[int, TicketRow]:
    found: dict[int, TicketRow] = {}
    wanted, many = sorted(ids), 500  # databases limit how many keys a question may carry
    for start in range(0, len(wanted), many):
        query = select(TicketRow).where(TicketRow.id.in_(wanted[start : start + many]))
        rows = session.scalars(for_person(query, person))
        found.update((row.id, row) for row in rows)
    return found
