"""How hot a topic is."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.language import topics_heat
from bot.language.topics_heat import Heat, Window

END = datetime(2026, 11, 23, tzinfo=timezone.utc)
EIGHT_WEEKS = Window(END - timedelta(weeks=8), END)


def heat(*days_ago: float, reporters: str = "abcdefghijklmnop") -> Heat:
    reports = [(END - timedelta(days=d), r) for d, r in zip(days_ago, reporters, strict=False)]
    return topics_heat.of(reports, EIGHT_WEEKS)


def test_more_people_are_hotter() -> None:
    assert heat(1, 2, 3, 4).total > heat(1, 2, 3).total


def test_one_person_who_writes_four_times_is_not_four_people() -> None:
    assert heat(1, 2, 3, 4, reporters="aaaa").voices == pytest.approx(1.6, abs=0.05)
    assert heat(1, 2, 3, 4).voices > 3.8


def test_yesterday_is_hotter_than_last_month() -> None:
    assert heat(1, 1, 1).voices > heat(30, 30, 30).voices
    assert heat(56, 56, 56).voices == pytest.approx(1.5)


def test_what_comes_up_grows_and_what_fades_cools() -> None:
    assert heat(1, 2, 3).growth == 2.0
    assert heat(1, 2, 20, 21, 22).growth == pytest.approx(3 / 4)
    assert heat(20, 21, 22, 23).growth == 0.5
    assert heat(40, 41).growth == 1.0


def test_what_goes_on_for_weeks_is_broader_than_a_bad_day() -> None:
    assert heat(1, 1, 1, 1).breadth == pytest.approx(1 / 8)
    assert heat(1, 8, 15, 22).breadth == pytest.approx(1 / 2)
    assert heat(*range(0, 56, 4)).breadth == 1.0
