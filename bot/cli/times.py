"""Moments and days as people type them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.desk.errors import BadInput

_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_LENGTH_OF_A_DAY = len("2026-11-23")


def moment(text: str, zone: ZoneInfo) -> datetime:
    """An ISO time, or 2019/2/28 11:25:05; without a zone it is local. Raises BadInput."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = _loose(text.replace("/", "-").strip())
    return found if found.tzinfo else found.replace(tzinfo=zone)


def end(text: str, zone: ZoneInfo) -> datetime:
    """The same as the end of a period: a day without a time is meant with all its hours."""
    found = moment(text, zone)
    return found + timedelta(days=1) if len(text.strip()) <= _LENGTH_OF_A_DAY else found


def first_of_month(day: datetime, zone: ZoneInfo) -> datetime:
    local = day.astimezone(zone)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _loose(text: str) -> datetime:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 (the caller adds the zone)
        except ValueError:
            continue
    raise BadInput(f"time {text[:40]!r}: expected ISO 8601, as in 2026-11-23T10:00:00+08:00")
