"""Chores of the workers: of several workers one at a time does each, for as long as its lease.

A worker that dies leaves its lease behind; when that is over, another one goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from bot.desk.rhythm import At, Rhythm
from bot.store.base import table
from bot.store.tables import ChoreRow

LEASE = timedelta(minutes=1)  # kept up by who works; after it, who died is not waited for
_ROW = table(ChoreRow)
_IS_FREE = or_(_ROW.c.leased_until.is_(None), _ROW.c.leased_until < bindparam("now"))
_FREE = select(_ROW.c.name, _ROW.c.done_at).where(_IS_FREE)


def know(session: Session, rhythms: Mapping[str, Rhythm], *, now: datetime) -> None:
    """Rows for new chores. What has its hour is done at that hour first, not at the first start."""
    known = set(session.scalars(select(ChoreRow.name)))
    for name, rhythm in rhythms.items():
        if name not in known:
            session.add(ChoreRow(name=name, done_at=now if isinstance(rhythm, At) else None))


def due(
    session: Session, rhythms: Mapping[str, Rhythm], *, now: datetime, zone: ZoneInfo
) -> dict[str, datetime | None]:
    """The chores that are due and that nobody does, with when they were last done."""
    return {
        name: done_at
        for name, done_at in session.connection().execute(_FREE, {"now": now})
        if name in rhythms and rhythms[name].is_due(done_at, now, zone)
    }


def take(session: Session, name: str, *, worker: str, last: datetime | None, now: datetime) -> bool:
    """Lease a chore that was last done at `last`; False when somebody else was faster."""
    known = _ROW.c.done_at.is_not_distinct_from(last)
    taken = update(_ROW).where(_ROW.c.name == name, _IS_FREE, known)
    leased = taken.values(leased_by=worker, leased_until=now + LEASE)
    done: Any = session.connection().execute(leased, {"now": now})
    return bool(done.rowcount)


def keep(session: Session, name: str, *, worker: str, now: datetime) -> bool:
    """Still at it; False when the lease was over and somebody else has it."""
    return _change(session, _held(name, worker), leased_until=now + LEASE)


def done(session: Session, name: str, *, worker: str, at: datetime) -> bool:
    """at: when it was begun, for its rhythm counts from there."""
    return _change(session, _held(name, worker), done_at=at, leased_by=None, leased_until=None)


def release(session: Session, name: str, *, worker: str) -> None:
    """Not done, and free for others."""
    _change(session, _held(name, worker), leased_by=None, leased_until=None)


def _held(name: str, worker: str) -> tuple[Any, ...]:
    return _ROW.c.name == name, _ROW.c.leased_by == worker


def _change(session: Session, which: Iterable[Any], **values: Any) -> bool:
    changed: Any = session.connection().execute(update(_ROW).where(*which).values(**values))
    return bool(changed.rowcount)
