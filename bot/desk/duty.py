"""Who is present, who is on duty, and when somebody is back on duty."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.desk.community import Schedule, Staff

_DAYS_AHEAD = 8  # a weekly schedule repeats, so one week and a day sees every period


def is_absent(person: Staff, now: datetime) -> bool:
    """On leave at `now` (aware)."""
    return any(absence.start <= now < absence.end for absence in person.absences)


def is_on_duty(schedule: Schedule, now: datetime, zone: ZoneInfo) -> bool:
    return next_duty(schedule, now, zone) == now


def next_duty(schedule: Schedule, now: datetime, zone: ZoneInfo) -> datetime | None:
    """`now` when on duty, else the start of the next period; None for an empty schedule."""
    local = now.astimezone(zone)
    for ahead in range(-1, _DAYS_AHEAD):  # a shift of yesterday may go on past midnight
        day = (local + timedelta(days=ahead)).date()
        for start, end in schedule.periods.get(day.weekday(), ()):
            begins = datetime.combine(day, start, zone)
            # 24:00 cannot be written as a time: an end of 00:00 is the end of the day.
            ends = datetime.combine(day, end, zone)
            if end <= start:
                ends += timedelta(days=1)
            if begins <= local < ends:
                return now
            if begins > local:
                return begins
    return None
