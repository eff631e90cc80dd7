"""When something happened, as residents say it: 昨晚十点多, 每天凌晨, 从上周三开始, 半小时前.

No library in general use reads intervals and repetitions of colloquial Chinese and is light; the
grammar here is that of messages to a community: mostly the past, seldom exact. Everything is
resolved against a `now` that is passed in, and points into the resident's own text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.language.normal import trace
from bot.language.when_clock import Clock, Part, clock, part
from bot.language.when_days import DAY, Days, Precision, read
from bot.language.when_found import Found, Recurrence
from bot.language.when_lengths import by_length
from bot.language.when_words import WEEKDAYS, value

__all__ = ["Precision", "Recurrence", "When", "find_times"]

_MOST_CHARACTERS = 1000
_MOST_FOUND = 20
_EVERY = re.compile(
    "(?P<often>每天|天天(?!向上|快乐|开心)|每日|每(?=[个到逢]?[晚早夜清凌上下中傍深半])(?:到|逢)?|一到(?=[晚早夜凌半深]))"
    "|(?P<weekly>每(?:个|到|逢)?(?=周末|(?:周|星期|礼拜)[一二三四五六日天])|每(?:周|个?星期|个?礼拜)"
    "(?P<weekday>[一二三四五六日天末])?|逢(?=周末|周[一二三四五六日]))"
    "|(?P<monthly>每个?月(?:(?P<day>\\d{1,2}|[一二三四五六七八九十]{1,3})(?:号|日))?|月月)"
    "|(?P<yearly>每年|年年|每到(?=[春夏秋冬]|过年|春节|国庆))"
    "|(?P<work>(?<![\\d个一二两三四五六七八九十])工作日|(?:周|星期)一(?:到|至|-)(?:周|星期)?五)"
)
_WEEKDAY_AFTER = re.compile("(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末])")
_HABIT = re.compile("\\s?(?:总是?|老是?|经常|常常|时常|都(?!没|快|已))")
_OPEN_BEFORE = re.compile("(?:从|自从?|打从?|由)\\s?$")
_OPEN_AFTER = re.compile(
    "\\s?(?:就?开始|起(?!来|床|火)|以来|(?P<later>以后|之后|后(?=就|一直|，))|(?:一直)?到现在|至今|到今天|一直)"
)
_LINK = re.compile("[的，（ ]?")
_RANGE = re.compile("\\s?(?:-|~|到|至|——?)\\s?")
_ABOUT = re.compile("\\s?(?:左右|前后|上下|多(?!少|久|次|人)|来钟|大概|许)")
_TO_COME = re.compile(
    "^.{0,6}?(?:要(?!求)|会(?!议)|将|打算|计划|准备|预计|能不能|可以|可不可以|来(?!了|的|过))"
)
_SOON = timedelta(minutes=15)
_BY_THE_CLOCK = (Precision.HOUR, Precision.MINUTE)


@dataclass(frozen=True, kw_only=True)
class When:
    """text[span[0]:span[1]] of the resident's own text means [start, end), both aware.

    open: it goes on since `start`; `end` is then the `now` it was read at. about: 左右, 多.
    Of what repeats start and end are the latest time it was due.
    """

    start: datetime
    end: datetime
    precision: Precision
    span: tuple[int, int]
    text: str
    recurrence: Recurrence | None = None
    open: bool = False
    about: bool = False


def find_times(text: str, now: datetime) -> list[When]:
    """Every time a text names, in its order, none overlapping; `now` is aware and local."""
    assert now.tzinfo is not None, "now must be aware"
    traced = trace(text[:_MOST_CHARACTERS])
    results: list[When] = []
    for found in _scan(traced.text, now):
        span = traced.span(found.begin, found.stop)
        results.append(
            When(
                start=found.start,
                end=found.end,
                precision=found.precision,
                span=span,
                text=text[span[0] : span[1]],
                recurrence=found.recurrence,
                open=found.open,
                about=found.about,
            )
        )
    return results[:_MOST_FOUND]


def _scan(text: str, now: datetime) -> list[Found]:
    found: list[Found] = []
    at = 0
    while at < len(text):
        one = _at(text, at, now)
        if one:
            one = _joined(text, one, now)
            found.append(one)
            at = one.stop
        else:
            at += 1
    return found


def _at(text: str, at: int, now: datetime) -> Found | None:
    for reader in (_repeated, by_length, _single):
        if found := reader(text, at, now):
            return found
    return None


def _joined(text: str, found: Found, now: datetime) -> Found:
    """With what stands around it: 从 … 开始 leaves it open, 到 … makes it a range."""
    if found.recurrence:
        return found
    link = _RANGE.match(text, found.stop)
    until = _single(text, link.end(), now, after=found) if link else None
    if until and (until.start > found.start or until.end > found.end):
        end = until.start if until.precision in _BY_THE_CLOCK else until.end
        return replace(found, stop=until.stop, end=end, about=until.about)
    before = _OPEN_BEFORE.search(text[max(0, found.begin - 3) : found.begin])
    after = _OPEN_AFTER.match(text, found.stop)
    if after and after["later"] and found.precision in (*_BY_THE_CLOCK, Precision.PART):
        after = None  # 晚上十点以后 is a habit, not since then
    if (before or after) and found.start <= now and not found.open:
        begin = found.begin - (len(before[0]) if before else 0)
        stop = after.end() if after else found.stop
        return replace(found, begin=begin, stop=stop, end=max(now, found.start), open=True)
    return found


def _single(text: str, at: int, now: datetime, after: Found | None = None) -> Found | None:
    """A day, a part of it, a clock time, or several of these together: 昨晚十点多.

    after: the beginning of a range, whose day and half of the day hold on.
    """
    future = bool(_TO_COME.match(text[at : at + 24].split("，")[0])) and not after
    days_found = read(text, at, now.date(), future=future)
    stop, days = days_found if days_found else (at, None)
    part_found = part(text, _skip(text, stop, days is not None), alone=days is None)
    if part_found:
        stop = part_found[0]
    said = part_found[1] if part_found else None
    clock_found = clock(text, _skip(text, stop, stop > at), said=bool(said or days or after))
    if clock_found:
        stop = clock_found[0]
    exact = clock_found[1] if clock_found else None
    if not (days or said or exact):
        return None
    about = _ABOUT.match(text, stop)
    stop = about.end() if about else stop
    near = bool(about) or bool(exact and exact.about)
    start, end, precision = _interval(days, said, exact, now, future=future, after=after)
    if about and precision is Precision.MINUTE:
        start, end = start - _SOON, end + _SOON
    recurrence = None
    if said and not days and _HABIT.match(text, stop):
        recurrence = _recurrence("day", said, exact)
    return Found(at, stop, start, end, precision, recurrence, about=near)


def _skip(text: str, at: int, started: bool) -> int:
    """昨天的晚上, 昨天 晚上, 周三（晚上）."""
    found = _LINK.match(text, at) if started else None
    return found.end() if found else at


def _interval(
    days: Days | None,
    said: Part | None,
    exact: Clock | None,
    now: datetime,
    *,
    future: bool,
    after: Found | None,
) -> tuple[datetime, datetime, Precision]:
    zone = now.tzinfo
    first = days.first if days else (after.start if after else now).date()
    if exact:
        if bare := days is None and after is None:
            first, exact = _latest(exact, said, now, future=future)
        begin = after.start if after else None
        start, end = exact.interval(said, first, zone, after=begin, sure=bare)
        return start, end, exact.precision
    if said:
        start, end = said.interval(first, zone)
        if days and days.until - days.first > DAY:  # 国庆期间晚上, 周末晚上
            return start, said.interval(days.until - DAY, zone)[1], Precision.PART
        if days is None and not future and start > now:  # 晚上, said in the morning
            start, end = said.interval(first - DAY, zone)
        return start, end, Precision.PART
    assert days
    midnight = time(tzinfo=zone)
    return (
        datetime.combine(days.first, midnight),
        datetime.combine(days.until, midnight),
        days.precision,
    )


def _latest(exact: Clock, said: Part | None, now: datetime, *, future: bool) -> tuple[date, Clock]:
    """十点 without a day: the last time it was ten o'clock, in the morning or at night."""
    today = now.date()
    halves = [exact] if said else exact.halves()
    options = [(today + step * DAY, half) for step in (-1, 0, 1) for half in halves]
    starts = [
        (half.interval(said, day, now.tzinfo, sure=True)[0], day, half) for day, half in options
    ]
    starts.sort(key=lambda option: option[0])
    if future:
        later = [option for option in starts if option[0] >= now]
        return later[0][1:] if later else (today, exact)
    earlier = [option for option in starts if option[0] <= now]
    return earlier[-1][1:] if earlier else (today, exact)


def _repeated(text: str, at: int, now: datetime) -> Found | None:
    """每天凌晨, 每周三晚上七点, 每月15号, 工作日早上."""
    found = _EVERY.match(text, at)
    if not found:
        return None
    stop = found.end()
    weekday = found["weekday"]
    if found["weekly"] and not weekday and (day := _WEEKDAY_AFTER.match(text, stop)):
        weekday, stop = day["weekday"], day.end()
    if found["yearly"]:
        days = read(text, stop, now.date(), future=False)
        if not days:
            return None
        start, end, precision = _interval(days[1], None, None, now, future=False, after=None)
        return Found(at, days[0], start, end, precision, Recurrence(every="year"))
    part_found = part(text, _skip(text, stop, True), alone=False)
    stop = part_found[0] if part_found else stop
    said = part_found[1] if part_found else None
    clock_found = clock(text, _skip(text, stop, True), said=True)
    stop = clock_found[0] if clock_found else stop
    exact = clock_found[1] if clock_found else None
    if found["often"] and not (said or exact or found["often"] in ("每天", "天天", "每日")):
        return None
    every = "day" if found["often"] or found["work"] else "week" if found["weekly"] else "month"
    recurrence = _recurrence(every, said, exact)
    if found["work"]:
        recurrence = replace(recurrence, every="week", weekdays=(0, 1, 2, 3, 4))
    if weekday:
        recurrence = replace(recurrence, weekdays=_weekdays(weekday))
    if found["day"]:
        recurrence = replace(recurrence, day=value(found["day"]))
    if exact and (until := _until(text, stop, exact, said)):
        stop, recurrence = until[0], replace(recurrence, end=until[1])
    start, end, precision = _last_due(recurrence, said, exact, now)
    return Found(at, stop, start, end, precision, recurrence)


def _until(text: str, at: int, exact: Clock, said: Part | None) -> tuple[int, time] | None:
    """(where it ends, the time) of 到凌晨2点 after 每天晚上11点."""
    link = _RANGE.match(text, at)
    if not link:
        return None
    later = part(text, link.end(), alone=False)
    found = clock(text, later[0] if later else link.end(), said=True)
    if not found:
        return None
    some_day = date(2000, 1, 1)
    start = exact.interval(said, some_day, None)[0]
    end = found[1].interval(later[1] if later else None, some_day, None, after=start)[0]
    return found[0], end.time()


def _weekdays(sign: str) -> tuple[int, ...]:
    return (5, 6) if sign == "末" else (WEEKDAYS[sign],)


def _recurrence(every: str, said: Part | None, exact: Clock | None) -> Recurrence:
    some_day = date(2000, 1, 1)
    start = end = None
    if exact:
        start = exact.interval(said, some_day, None)[0].time()
        end = exact.interval(said, some_day, None)[1].time()
    elif said:
        first, last = said.interval(some_day, None)
        start, end = first.time(), last.time()
    return Recurrence(every=every, start=start, end=end)


def _last_due(
    recurrence: Recurrence, said: Part | None, exact: Clock | None, now: datetime
) -> tuple[datetime, datetime, Precision]:
    """The latest day on which it was due and had begun."""
    for back in range(400):
        day = now.date() - back * DAY
        if recurrence.weekdays and day.weekday() not in recurrence.weekdays:
            continue
        if recurrence.day and day.day != recurrence.day:
            continue
        days = Days(day, day + DAY)
        start, end, precision = _interval(days, said, exact, now, future=False, after=None)
        if start <= now:
            return start, end, precision
    return now, now, Precision.DAY  # the 31st of February
