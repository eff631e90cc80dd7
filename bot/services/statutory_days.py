"""The statutory days off of China and the days worked for them, from the package chinesecalendar.

The package ships the State Council's notices as tables and is renewed each November. What it knows,
and until when, is asked of the package: its last year with a holiday is known to its end. (The
notice for the year after may still move the last days of December; whatever it changes changes the
table, and with it every deadline that was reckoned by the old one.)
"""

from __future__ import annotations

from datetime import date
from functools import cache

from chinese_calendar.constants import Holiday, holidays, workdays

from bot.desk.working_time import Days


@cache
def china() -> Days:
    """All that the installed package knows."""
    return Days(
        off={day: Holiday(name).chinese for day, name in holidays.items()},
        worked=dict.fromkeys(workdays),
        known_until=date(max(holidays).year, 12, 31),
    )
