"""When the trouble happened that a text tells of: one time, as the resident said it and as a date.

Not every time in a message is that one: “I am home after three” and “can you come tomorrow” tell
when somebody may come.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from typing import Any

from bot.language.when import When, find_times

# {"text", "start", "end", "since": it goes on, "repeats": every day, every week}; times in ISO 8601
Happened = dict[str, Any]

_LONGEST = 200  # characters: what happened is told first, and reading takes time
_SIGN = re.compile("[天晚早夜午点前周星月年号日时分刚昨今明春夏秋冬末]")
_NO_NEWS = re.compile("现在|目前|此刻|眼下|这会儿|这时候")  # the ticket says when it was opened
_VISIT = re.compile(
    r"(?:以?后|之?前|左右|到)?[^，。！？；]{0,5}(?:在家|有空|方便|上门|联系|打电话|来修|来看|再来)"
)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def find(text: str, now: datetime) -> Happened | None:
    """The first time in the past that the text names; `now` is aware and local."""
    text = text[:_LONGEST]
    if not _SIGN.search(text):
        return None
    told = next((time for time in find_times(text, now) if _is_told(time, text, now)), None)
    if told is None:
        return None
    found = {"text": told.text, "start": told.start.isoformat(), "end": told.end.isoformat()}
    return {
        **found,
        **({"since": True} if told.open else {}),
        **({"repeats": True} if told.recurrence else {}),
    }


def in_words(happened: Happened, zone: tzinfo) -> str:
    """昨晚十点多（11月22日22点左右）."""
    if happened.get("repeats"):
        return str(happened["text"])
    start, end = (
        datetime.fromisoformat(happened[name]).astimezone(zone) for name in ("start", "end")
    )
    return f"{happened['text']}（{_dates(start, end, open_end=bool(happened.get('since')))}）"


def _is_told(time: When, text: str, now: datetime) -> bool:
    past = time.start <= now and not _NO_NEWS.fullmatch(time.text)
    return past and not _VISIT.match(text, time.span[1])


def _dates(start: datetime, end: datetime, *, open_end: bool) -> str:
    long_ago = end - start > 62 * _DAY
    if open_end:
        return f"{_day(start, year=long_ago)}起"
    if end - start <= _HOUR / 2:
        return f"{_day(start)}{start + (end - start) / 2:%H:%M}左右"
    if end - start <= _HOUR:
        return f"{_day(start)}{start.hour}点左右"
    last = end - timedelta(seconds=1)
    if end - start <= _DAY:
        return _day(start)
    return f"{_day(start, year=long_ago)}至{_day(last, year=long_ago)}"


def _day(moment: datetime, *, year: bool = False) -> str:
    day = f"{moment.month}月{moment.day}日"
    return f"{moment.year}年{day}" if year else day
