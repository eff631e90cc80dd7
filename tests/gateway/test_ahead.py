"""Dates to come, as handlers type them."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.gateway import ahead
from tests.conftest import MONDAY_TEN

BEIJING = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("延5天", "5"),
        ("再给我十五天", "15"),
        ("两天", "2"),
        ("一个星期", "7"),
        ("两周", "14"),
        ("12月1日", "20261201"),
        ("到12月1号吧", "20261201"),
        ("1月8日", "20270108"),
        ("2027-01-08", "20270108"),
        ("过一阵子", None),
        ("13月45日", None),
    ],
)
def test_a_typed_date_is_read(text: str, token: str | None) -> None:
    assert ahead.token(text, MONDAY_TEN, BEIJING) == token


def test_days_count_from_the_start_and_a_date_ends_with_work() -> None:
    assert ahead.moment("7", MONDAY_TEN, BEIJING) == MONDAY_TEN + timedelta(days=7)
    day = ahead.moment("20261201", MONDAY_TEN, BEIJING)
    assert day and day.isoformat() == "2026-12-01T18:00:00+08:00"


@pytest.mark.parametrize("token", ["0", "401", "x", "20261301", "2026-12-01", ""])
def test_what_no_button_carries_is_no_date(token: str) -> None:
    assert ahead.moment(token, MONDAY_TEN, BEIJING) is None
