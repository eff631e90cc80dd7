"""What the readers of times give each other: where in a text a time stands, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from bot.language.when_days import Precision


@dataclass(frozen=True, kw_only=True)
class Recurrence:
    """How it repeats: 每周三晚上 is weekly on (2,) from 18:00 to 0:00.

    weekdays: 0 Monday .. 6 Sunday, empty: all. day: of the month. start, end: local time, the
    end exclusive and perhaps past midnight; None: all day.
    """

    every: str  # day, week, month, year
    weekdays: tuple[int, ...] = ()
    day: int | None = None
    start: time | None = None
    end: time | None = None


@dataclass(frozen=True)
class Found:
    """Before it points into the original: begin and stop are places in the normalised text."""

    begin: int
    stop: int
    start: datetime
    end: datetime
    precision: Precision
    recurrence: Recurrence | None = None
    open: bool = False
    about: bool = False
