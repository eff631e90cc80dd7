"""Who is present, who is on duty, and when somebody is back on duty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.desk.community import Schedule, Staff
from bot.desk.roster import DAYS_AHEAD, Roster, span


def is_absent(person: Staff, now: datetime) -> bool:
    """On leave at `now` (aware)."""
    return any(absence.start <= now < absence.end for absence in person.absences)


def back_from_leave(person: Staff, now: datetime) -> datetime | None:
    """When the leave that runs at `now` is over, with all that follows without a gap; else None."""
    back = None
    while ends := [a.end for a in person.absences if a.start <= (back or now) < a.end]:
        back = max(ends)
    return back


def is_on_duty(schedule: Schedule, now: datetime, zone: ZoneInfo) -> bool:
    return any(begins <= now < ends for begins, ends in _periods(schedule, now, zone, ahead=1))


def next_duty(schedule: Schedule, now: datetime, zone: ZoneInfo) -> datetime | None:
    """`now` when on duty, else the start of the next period; None for an empty schedule."""
    local = now.astimezone(zone)
    for begins, ends in _periods(schedule, now, zone, ahead=DAYS_AHEAD):
        if begins <= local < ends:
            return now
        if begins > local:
            return begins
    return None


def next_turn(
    person: Staff, schedule: Schedule, roster: Roster, now: datetime, zone: ZoneInfo
) -> datetime | None:
    """The same for a post that has a roster: where the roster names somebody, it alone counts.

    Where it says nothing, the weekly schedule does.
    """

    def is_on(moment: datetime) -> bool:
        named = roster.named(moment)
        return person.code in named if named else is_on_duty(schedule, moment, zone)

    if is_on(now):
        return now
    later = {begins for begins, _ in _periods(schedule, now, zone, ahead=DAYS_AHEAD)}
    for turn in roster.turns(now):
        later |= {turn.begins, turn.ends}
    soon = next((m for m in sorted(later) if m > now and is_on(m)), None)
    return soon or roster.next_dated(person.code, now)


def _periods(
    schedule: Schedule, now: datetime, zone: ZoneInfo, *, ahead: int
) -> Iterator[tuple[datetime, datetime]]:
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=n) for n in range(-1, ahead)):  # a shift may pass midnight
        for start, end in schedule.periods.get(day.weekday(), ()):
            yield span(day, start, end, zone)
