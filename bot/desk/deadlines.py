"""Until when: the deadlines of a ticket, from the community's rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from bot.desk.community import Community, DeadlineRule
from bot.desk.moves import Status

# Used where a community has no rule at all: one day to accept, a week to solve.
_FALLBACK = DeadlineRule(code="fallback", accept_hours=24, resolve_hours=168)
_TO_ACCEPT = frozenset({Status.TRIAGE, Status.ASSIGNED})
_TO_RESOLVE = frozenset({Status.ACCEPTED, Status.CONTACTED})


@dataclass(frozen=True)
class Deadlines:
    accept_by: datetime
    resolve_by: datetime


def for_ticket(matter: str, urgency: str, community: Community, opened_at: datetime) -> Deadlines:
    """Both deadlines, by the most specific rule; natural hours from `opened_at` (aware)."""
    fitting = [
        rule
        for rule in community.deadlines
        if fnmatchcase(matter, rule.matter) and rule.urgency in ("*", urgency)
    ]
    rule = max(fitting, key=_specificity, default=_FALLBACK)
    return Deadlines(
        accept_by=opened_at + timedelta(hours=rule.accept_hours),
        resolve_by=opened_at + timedelta(hours=rule.resolve_hours),
    )


def next_deadline(status: Status, deadlines: Deadlines) -> datetime | None:
    """The deadline that runs now; None while no clock runs."""
    if status in _TO_ACCEPT:
        return deadlines.accept_by
    if status in _TO_RESOLVE:
        return deadlines.resolve_by
    return None


def _specificity(rule: DeadlineRule) -> tuple[int, int]:
    # Urgency says more about time than the matter does: a leak that is an emergency is one first.
    exact = 0 if rule.matter == "*" else 1 if "*" in rule.matter else 2
    return int(rule.urgency != "*"), exact
