"""A topic of this week may go on from one of last week: their tickets overlap."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_OVERLAP = 1 / 3  # of the smaller one
_LEAST = 2  # tickets; one alone may have gone over by chance


def week_of(moment: datetime, zone: ZoneInfo) -> date:
    """The Monday of its week, in local time."""
    day = moment.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def continued(before: Sequence[Collection[int]], now: Sequence[Collection[int]]) -> dict[int, int]:
    """Which of `now` goes on from which of `before`, by their places in the lists.

    Where several would, those that share most go first; each is used once.
    """
    sets = [set(tickets) for tickets in before]
    shared = [
        (len(sets[old] & set(tickets)), old, new)
        for new, tickets in enumerate(now)
        for old in range(len(sets))
    ]
    found: dict[int, int] = {}
    for common, old, new in sorted(shared, key=lambda pair: (-pair[0], pair[1], pair[2])):
        enough = max(_OVERLAP * min(len(sets[old]), len(now[new])), _LEAST)
        if common >= enough and new not in found and old not in found.values():
            found[new] = old
    return found
