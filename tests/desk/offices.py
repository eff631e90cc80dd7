"""Calendars of the tests, with the real days off of 2024 to 2026, and short ways to say moments."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.desk.calendar import Calendar
from tests.statutory import LAST, OFF, WORKED

BEIJING = ZoneInfo("Asia/Shanghai")
MORNING, AFTERNOON = (time(8, 30), time(12)), (time(13, 30), time(17, 30))


def working(week: dict[int, Any], **more: Any) -> Calendar:
    values = {"off": OFF, "worked": dict.fromkeys(WORKED, 0), "known_until": LAST, **more}
    return Calendar(code="office", name="办公", zone=BEIJING, week=week, **values)


OFFICE = working(dict.fromkeys(range(5), (MORNING, AFTERNOON)))
NIGHTS = working(dict.fromkeys(range(7), ((time(20), time(8)),)), off={}, worked={})
WEEKNIGHTS = working(dict.fromkeys(range(5), ((time(22), time(6)),)))
BY_TWO_PERIODS = working(
    dict.fromkeys(range(7), ((time(0), time(8)), (time(20), time(0)))), off={}, worked={}
)
SHORT_FRIDAYS = working({**dict.fromkeys(range(4), (MORNING, AFTERNOON)), 4: (MORNING,)})
ALL = [OFFICE, NIGHTS, WEEKNIGHTS, BY_TWO_PERIODS, SHORT_FRIDAYS]


def at(text: str) -> datetime:
    """A moment in Beijing; a short one (11-23 10:00) is of 2026."""
    text = text if text[4:5] == "-" else f"2026-{text}"
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)
