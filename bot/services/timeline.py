"""Timelines read back from the database, for rules and figures that look into the past."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.desk.moves import Move, Status
from bot.desk.record import Entry
from bot.store.base import table
from bot.store.tables import TimelineRow

_T = table(TimelineRow).c
_LINES = select(
    _T.ticket_id,
    _T.at,
    _T.move,
    _T.actor,
    _T.from_status,
    _T.to_status,
    _T.reason_code,
    _T.note,
    _T.facts,
).order_by(_T.ticket_id, _T.id)
_OF_ONE = _LINES.where(_T.ticket_id == bindparam("ticket"))  # asked in the midst of every move
_MANY = 500  # keys in one question; databases limit how many a statement may carry


def entries(session: Session, ticket_id: int) -> list[Entry]:
    """The timeline of one ticket, in the order in which it was written."""
    return entries_of(session, [ticket_id]).get(ticket_id, [])


def entries_of(session: Session, ticket_ids: Iterable[int]) -> dict[int, list[Entry]]:
    """The timelines of many tickets."""
    session.flush()
    return written(session, ticket_ids)


def written(session: Session, ticket_ids: Iterable[int]) -> dict[int, list[Entry]]:
    """The same in the midst of a change, without writing what the session has not written yet."""
    found: dict[int, list[Entry]] = defaultdict(list)
    ids = list(ticket_ids)
    for start in range(0, len(ids), _MANY):
        some = _LINES.where(_T.ticket_id.in_(ids[start : start + _MANY]))
        for line in session.connection().execute(some).mappings():
            found[line["ticket_id"]].append(_entry(line))
    return dict(found)


def written_of(session: Session, ticket_id: int) -> list[Entry]:
    """`written` for one ticket."""
    lines = session.connection().execute(_OF_ONE, {"ticket": ticket_id}).mappings()
    return [_entry(line) for line in lines]


def _entry(line: Mapping[str, Any]) -> Entry:
    before = line["from_status"]
    return Entry(
        at=line["at"],
        move=Move(line["move"]),
        actor=line["actor"],
        before=Status(before) if before else None,
        after=Status(line["to_status"]),
        reason_code=line["reason_code"],
        note=line["note"],
        facts=line["facts"],
    )
