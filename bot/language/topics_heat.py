"""How hot a topic is: how many people, how fresh, growing or not, for how long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

_WEEK = timedelta(days=7)
_LATELY = 2 * _WEEK
_AGAIN = 0.2  # what a further report of the same person counts, beside the first
_DOUBLED = 2.0  # more than doubled counts as doubled: three people after none are no landslide


@dataclass(frozen=True)
class Window:
    """What is looked at: from `start`, inclusive, to `end`, exclusive; both aware."""

    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class Heat:
    """voices: the people, somebody silent since the beginning of the window counts half; a further
    report of theirs counts a fifth more. growth: 0.5..2, the people of the last two weeks beside
    those of the two weeks before. breadth: 0..1, the share of the window's weeks with a report.
    total: voices × √growth × (1 + breadth)."""

    voices: float = 0.0
    growth: float = 1.0
    breadth: float = 0.0

    @property
    def total(self) -> float:
        return float(self.voices * self.growth**0.5 * (1 + self.breadth))


def of(reports: Iterable[tuple[datetime, str]], window: Window) -> Heat:
    """The heat of (time, reporter) pairs within the window."""
    times: dict[str, list[datetime]] = {}
    for at, reporter in reports:
        times.setdefault(reporter, []).append(at)
    length = window.end - window.start
    weeks = {(window.end - at) // _WEEK for own in times.values() for at in own}
    lately, before = window.end - _LATELY, window.end - 2 * _LATELY
    growth = (_people(times, lately, window.end) + 1) / (_people(times, before, lately) + 1)
    return Heat(
        voices=sum(
            0.5 ** ((window.end - max(own)) / length) * (1 + _AGAIN * (len(own) - 1))
            for own in times.values()
        ),
        growth=min(max(growth, 1 / _DOUBLED), _DOUBLED),
        breadth=min(len(weeks) / -(-length // _WEEK), 1.0),
    )


def _people(times: dict[str, list[datetime]], start: datetime, end: datetime) -> int:
    return sum(any(start <= at < end for at in own) for own in times.values())
