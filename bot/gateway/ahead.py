"""A date to come, as a button carries it and as somebody types it: 7 (days), 20261201."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.language import when_words

_END_OF_WORK = time(18)
_DAYS = re.compile(r"([0-9一二两三四五六七八九十]{1,3})\s*(?:天|日后|个工作日)")
_WEEKS = re.compile(r"([0-9一二两三四])\s*(?:个?星期|周|个?礼拜)")
_DATE = re.compile(r"(?:(20\d\d)[年/-])?(\d{1,2})[月/-](\d{1,2})[日号]?")
_MOST_DAYS = 400


def token(text: str, now: datetime, zone: ZoneInfo) -> str | None:
    """What a typed date or span says, as `moment` reads it; None where it says none."""
    found = _DATE.search(text)
    if found:
        return _date(found, now.astimezone(zone))
    for pattern, times in ((_WEEKS, 7), (_DAYS, 1)):
        said = pattern.search(text)
        number = when_words.value(said[1]) if said else None
        if number:
            return str(int(number) * times)
    return None


def moment(token: str, start: datetime, zone: ZoneInfo) -> datetime | None:
    """So many days after `start` (aware), or the end of work on a day; None for anything else."""
    if re.fullmatch(r"\d{1,3}", token):
        return start + timedelta(days=int(token)) if 0 < int(token) <= _MOST_DAYS else None
    if not re.fullmatch(r"\d{8}", token):
        return None
    try:
        day = date.fromisoformat(f"{token[:4]}-{token[4:6]}-{token[6:]}")
    except ValueError:
        return None
    return datetime.combine(day, _END_OF_WORK, zone)


def _date(found: re.Match[str], today: datetime) -> str | None:
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        said = today.date().replace(year=year or today.year, month=month or 1, day=day or 1)
    except ValueError:
        return None
    if year is None and said < today.date():
        said += timedelta(days=365)  # the next one of this name, give or take a leap day
    return f"{said:%Y%m%d}"
