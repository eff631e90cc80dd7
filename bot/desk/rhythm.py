"""When something that is done again and again is to be done next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Every:
    """Again when so much time has passed; for the first time at once."""

    span: timedelta

    def is_due(self, done_at: datetime | None, now: datetime, zone: ZoneInfo) -> bool:
        return done_at is None or done_at + self.span <= now


@dataclass(frozen=True)
class At:
    """Every day at `clock`, local time, or on one `weekday` (0 Monday .. 6 Sunday).

    What was missed while nobody worked is done once, later.
    """

    clock: time
    weekday: int | None = None

    def is_due(self, done_at: datetime | None, now: datetime, zone: ZoneInfo) -> bool:
        return done_at is None or done_at < self.last(now, zone)

    def last(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The newest of its moments that is not after `now`."""
        day = now.astimezone(zone).date()
        if datetime.combine(day, self.clock, zone) > now:
            day -= _DAY
        if self.weekday is not None:
            day -= (day.weekday() - self.weekday) % 7 * _DAY
        return datetime.combine(day, self.clock, zone)


Rhythm = Every | At
