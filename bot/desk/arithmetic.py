"""How a deadline came about, in Chinese, step by step: what was counted, skipped and why.

11月23日10:00起，3个工作日（当日不计）· 跳过11月28–29日周末 · 12月1日17:30到期
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby

from bot.desk.calendar import Calendar, Period
from bot.desk.reckoning import (
    Pause,
    Reckoning,
    last_day,
    last_natural_day,
    pauses_after,
    time_lost,
)
from bot.desk.spans import hours_and_minutes

_MOST_RUNS = 6  # stretches of days off that are named; more would not be read
_DAY = timedelta(days=1)
_WEEKDAYS = "一二三四五六日"


def steps(found: Reckoning) -> tuple[str, ...]:
    """One short line a step, the last one saying when it is due."""
    return tuple(_steps(found))


def sentence(found: Reckoning) -> str:
    return "，".join(steps(found))


def _steps(found: Reckoning) -> Iterator[str]:
    span, clock, calendar = found.span, found.clock, found.calendar
    say = _Sayer(calendar, clock.start)
    not_counted = span.days and span.count and not calendar.reading.count_first
    yield f"{say.moment(clock.start)}起，{span.chinese}" + "（当日不计）" * bool(not_counted)
    if span.working:
        yield from _working_steps(found, say)
    elif span.days and calendar.reading.move_rest_day:
        yield from _moved_step(found, say)
    for pause in pauses_after(clock.pauses, clock.start):
        if pause.start < found.at:
            yield _pause_step(pause, found, say)
    if clock.extension:
        yield f"{say.moment(clock.extension.at)}批准延期到{say.due(clock.extension.to)}"
    yield f"{say.due(found.at)}到期" + _provisional(found)


def _working_steps(found: Reckoning, say: _Sayer) -> Iterator[str]:
    calendar, start = found.calendar, found.clock.start
    first, last = calendar.day(start), last_day(found.at, calendar)
    if not found.span.days and found.at - start != found.span.length:
        yield f"只计工作时间{_hours(calendar.periods(last) or calendar.periods(first))}"
    if runs := list(_days_off(calendar, first, last)):
        named = "、".join(f"{say.days(run)}{why}" for why, run in runs[:_MOST_RUNS])
        more = f"等{sum(len(run) for _, run in runs)}天" if len(runs) > _MOST_RUNS else ""
        yield f"跳过{named}{more}"
    shifted = [d for d in _range(first, last) if d in calendar.worked and calendar.is_working(d)]
    if shifted:
        named = "、".join(f"{say.day(d)}（周{_WEEKDAYS[d.weekday()]}）" for d in shifted)
        yield f"{named}调休上班，计入"


def _moved_step(found: Reckoning, say: _Sayer) -> Iterator[str]:
    calendar = found.calendar
    meant = last_natural_day(found.span, found.clock.start, calendar)
    if not calendar.is_working(meant):
        moved = calendar.working_day(meant, 1)
        yield f"{say.day(meant)}是{calendar.why_off(meant)}，顺延到{say.day(moved)}"


def _pause_step(pause: Pause, found: Reckoning, say: _Sayer) -> str:
    if pause.end is None:
        return f"{say.moment(pause.start)}起{pause.why}，暂停计时"
    period = f"{say.moment(pause.start)}–{say.end(pause.start, pause.end)}{pause.why}"
    lost = time_lost(pause, found.span, found.calendar)
    if not lost:
        return f"{period}，不在工作时间，不顺延"
    return f"{period}，顺延{hours_and_minutes(lost)}" + "工作时间" * found.span.working


def _provisional(found: Reckoning) -> str:
    if not found.provisional:
        return ""
    year = found.calendar.known_until.year + 1
    return f"（暂定：{year}年放假安排公布后重算）"


def _days_off(calendar: Calendar, first: date, last: date) -> Iterator[tuple[str, list[date]]]:
    """Why and which days, a run of neighbours at a time."""
    off = [
        (day, calendar.why_off(day)) for day in _range(first, last) if not calendar.is_working(day)
    ]
    for (why, _), run in groupby(
        enumerate(off), key=lambda item: (item[1][1], item[1][0].toordinal() - item[0])
    ):
        yield why, [day for _, (day, _) in run]


def _range(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _hours(periods: tuple[Period, ...]) -> str:
    return "、".join(
        f"{start:%H:%M}–{'24:00' if end.hour == end.minute == 0 else format(end, '%H:%M')}"
        for start, end in periods
    )


class _Sayer:
    """Says days and moments in the calendar's own time, naming the year when it is another."""

    def __init__(self, calendar: Calendar, start: datetime) -> None:
        self._zone, self._year = calendar.zone, calendar.day(start).year

    def day(self, day: date) -> str:
        year = f"{day.year}年" if day.year != self._year else ""
        return f"{year}{day.month}月{day.day}日"

    def days(self, run: list[date]) -> str:
        first, last = run[0], run[-1]
        if first == last:
            return self.day(first)
        if (first.year, first.month) == (last.year, last.month):
            return f"{self.day(first)[:-1]}–{last.day}日"
        return f"{self.day(first)}–{self.day(last)}"

    def moment(self, moment: datetime) -> str:
        local = moment.astimezone(self._zone)
        return f"{self.day(local.date())}{local:%H:%M}"

    def end(self, start: datetime, end: datetime) -> str:
        """The end of a period, without its day where that is the day of the start."""
        same = start.astimezone(self._zone).date() == end.astimezone(self._zone).date()
        return f"{end.astimezone(self._zone):%H:%M}" if same else self.moment(end)

    def due(self, moment: datetime) -> str:
        """The end of something: midnight is 24:00 of the day that is over."""
        local = moment.astimezone(self._zone)
        if local.time() == time():
            return f"{self.day(local.date() - _DAY)}24:00"
        return self.moment(moment)
