"""From a span, a clock and a calendar to the moment it is due, with the arithmetic.

Whole days are read as the calendar says (`bot.desk.calendar.Reading`). While a clock is paused
nothing runs: the deadline moves by the time of the pause that would have counted, working time for
working spans and natural time for the others. A pause that begins after the deadline heals nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone

from bot.desk.calendar import Calendar, DayEnd
from bot.desk.spans import Span

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Pause:
    """The clock stood still from `start` to `end` (aware); None: it still does. why: Chinese."""

    start: datetime
    end: datetime | None = None
    why: str = "暂停"


@dataclass(frozen=True, kw_only=True)
class Extension:
    """At `at` somebody approved the new deadline `to` (both aware)."""

    at: datetime
    to: datetime


@dataclass(frozen=True, kw_only=True)
class Clock:
    """When it started (aware), its pauses in order, and the extension that was approved last."""

    start: datetime
    pauses: tuple[Pause, ...] = ()
    extension: Extension | None = None


@dataclass(frozen=True, kw_only=True)
class Reckoning:
    """Due `at` (aware). provisional: it needs days whose holidays are not published yet.

    While the clock is paused, `at` is what it would be if the clock went on at once.
    """

    at: datetime
    provisional: bool
    span: Span
    clock: Clock
    calendar: Calendar


def reckon(span: Span, clock: Clock, calendar: Calendar) -> Reckoning:
    """When a clock that may run for `span` is due.

    An approved extension wins; it never shortens what the rule gives by now.
    """
    at = _pushed(end_of(span, clock.start, calendar), clock.pauses, clock.start, span, calendar)
    fixed = False
    if clock.extension:
        granted = clock.extension
        extended = _pushed(granted.to, clock.pauses, granted.at, span, calendar)
        fixed = extended == granted.to >= at
        at = max(at, extended)
    unknown = last_day(at, calendar) > calendar.known_until
    return Reckoning(
        at=at,
        provisional=unknown and not fixed and _asks_the_calendar(span, calendar),
        span=span,
        clock=clock,
        calendar=calendar,
    )


def end_of(span: Span, start: datetime, calendar: Calendar) -> datetime:
    """When `span` from `start` (aware) is over, if nothing stops the clock."""
    if not span.days:
        return calendar.after(start, span.length) if span.working else start + span.length
    return _end_of_day(_last_day(span, start, calendar), calendar)


def last_day(at: datetime, calendar: Calendar) -> date:
    """The day on which what is due `at` ends: 24:00 is the end of a day, not the next one."""
    return calendar.day(at - timedelta(microseconds=1))


def pauses_after(pauses: Iterable[Pause], start: datetime) -> tuple[Pause, ...]:
    """The parts of these pauses that lie after `start`."""
    later = (pause for pause in pauses if pause.end is None or pause.end > start)
    return tuple(replace(pause, start=max(pause.start, start)) for pause in later)


def time_lost(pause: Pause, span: Span, calendar: Calendar) -> timedelta:
    """How much of the span's kind of time a pause that is over has cost."""
    if pause.end is None:
        return timedelta(0)
    if span.working:
        return calendar.working_time(pause.start, pause.end)
    return pause.end - pause.start


def last_natural_day(span: Span, start: datetime, calendar: Calendar) -> date:
    """The last of so many natural days, whether anybody works on it or not."""
    today = calendar.day(start)
    is_first = calendar.reading.count_first and start < _end_of_day(today, calendar)
    return today + timedelta(days=span.count - is_first)


def _last_day(span: Span, start: datetime, calendar: Calendar) -> date:
    if not span.working:
        last = last_natural_day(span, start, calendar)
        moves = calendar.reading.move_rest_day and not calendar.is_working(last)
        return calendar.working_day(last, 1) if moves else last
    today = calendar.day(start)
    if span.count and not calendar.reading.count_first:
        return calendar.working_day(today, span.count)
    is_first = calendar.is_working(today) and start < _end_of_day(today, calendar)
    first = today if is_first else calendar.working_day(today, 1)
    return calendar.working_day(first, span.count - 1) if span.count > 1 else first


def _end_of_day(day: date, calendar: Calendar) -> datetime:
    if calendar.reading.day_end is DayEnd.CLOSE:
        return calendar.close(day)
    midnight = datetime.combine(day + _DAY, time(), calendar.zone)
    return midnight.astimezone(timezone.utc)


def _pushed(
    at: datetime, pauses: tuple[Pause, ...], start: datetime, span: Span, calendar: Calendar
) -> datetime:
    """`at`, moved by what the pauses after `start` have cost."""
    for pause in pauses_after(pauses, start):
        if pause.start >= at:
            break
        lost = time_lost(pause, span, calendar)
        at = calendar.after(at, lost) if span.working else at + lost
    return at


def _asks_the_calendar(span: Span, calendar: Calendar) -> bool:
    reading = calendar.reading
    closes = reading.move_rest_day or reading.day_end is DayEnd.CLOSE
    return span.working or (span.days and closes)
