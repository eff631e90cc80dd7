"""The package's table beside the notices."""

from __future__ import annotations

from datetime import date

from bot.services import statutory_days
from tests.statutory import FIRST, LAST, OFF, WORKED, every_day


def test_the_package_agrees_with_the_notices_on_every_day_of_three_years() -> None:
    days = statutory_days.china()
    for day in every_day():
        assert (day in days.off, day in days.worked) == (day in OFF, day in WORKED), day
    # 2025-10-06 was 中秋 within the days of 国庆节.
    names = {day: why for day, why in days.off.items() if FIRST <= day <= LAST and why != OFF[day]}
    assert names == {date(2025, 10, 6): "中秋"}


def test_until_when_it_is_known_says_the_package_itself() -> None:
    days = statutory_days.china()
    assert days.known_until is not None and days.known_until >= LAST
    assert max(days.off).year == days.known_until.year
