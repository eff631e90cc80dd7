"""What the timeline remembers: every move with the facts it changed, and how to read it back.

A ticket's row is the newest state; its timeline alone gives the state as of any moment. Rates and
deadlines of the past are computed from that, so that nobody can change them afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from bot.desk.moves import Move, Status


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a timeline. at: aware. facts: names of FACTS with JSON values, where changed."""

    at: datetime
    move: Move
    actor: str  # staff:xiaoli | resident:17 | system
    before: Status | None
    after: Status
    reason_code: str = ""
    note: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class State:
    """A ticket as of one moment, as far as rules and figures need it; moments are aware."""

    status: Status
    kind: str = "report"
    matter: str = ""
    urgency: str = "normal"
    grid: str | None = None
    assignee: str | None = None
    confidential: bool = False
    opened_at: datetime | None = None
    queued_at: datetime | None = None
    accept_by: datetime | None = None
    contact_by: datetime | None = None
    resolve_by: datetime | None = None
    review_at: datetime | None = None
    provisional: bool = False
    accepted_at: datetime | None = None
    contacted_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    solved: bool | None = None
    satisfaction: int | None = None
    parent_id: int | None = None


FACTS = tuple(name for name in State.__dataclass_fields__ if name != "status")
_MOMENTS = frozenset(
    name for name, f in State.__dataclass_fields__.items() if "datetime" in str(f.type)
)


def facts_of(ticket: Any) -> dict[str, Any]:
    """The values of FACTS of anything that has them as attributes (a row, a State)."""
    return {name: getattr(ticket, name) for name in FACTS}


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that differ, as JSON values; what `fold` reads."""
    return {
        name: _as_json(value) for name, value in after.items() if value != before.get(name, _UNSET)
    }


def fold(entries: Iterable[Entry], *, as_of: datetime | None = None) -> State | None:
    """The state after the entries (in their order) up to and with `as_of`; None before the first.

    Written together with the row by one transaction, it equals the row at the end.
    """
    status: Status | None = None
    facts: dict[str, Any] = {}
    for entry in entries:
        if as_of is not None and entry.at > as_of:
            break
        status = entry.after
        facts.update(entry.facts)
    if status is None:
        return None
    known = {name: _from_json(name, facts[name]) for name in FACTS if name in facts}
    return State(status=status, **known)


_UNSET = object()


def _as_json(value: Any) -> Any:
    return value.astimezone(timezone.utc).isoformat() if isinstance(value, datetime) else value


def _from_json(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if value is not None and name in _MOMENTS else value
