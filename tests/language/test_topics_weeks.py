"""A topic goes on over the weeks."""

from __future__ import annotations

from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from bot.language import topics_weeks

BEIJING = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("moment", "monday"),
    [
        (datetime(2026, 11, 23, 2, 0), date(2026, 11, 23)),
        (datetime(2026, 11, 22, 15, 59), date(2026, 11, 16)),
        (datetime(2026, 11, 22, 16, 0), date(2026, 11, 23)),  # midnight in Beijing
    ],
)
def test_a_week_begins_on_monday_in_local_time(moment: datetime, monday: date) -> None:
    assert topics_weeks.week_of(moment.replace(tzinfo=timezone.utc), BEIJING) == monday


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ([], [[1, 2, 3]], {}),
        ([[1, 2, 3]], [[2, 3, 4, 5]], {0: 0}),
        ([[1, 2, 3]], [[3, 4, 5, 6]], {}),  # one ticket alone
        ([list(range(20))], [[*range(17, 20), *range(20, 40)]], {}),  # 3 of 20
        ([[1, 2], [3, 4, 5]], [[3, 4, 5], [1, 2]], {0: 1, 1: 0}),
        ([[1, 2, 3, 4]], [[1, 2], [3, 4]], {0: 0}),  # it split: one of the two goes on
        ([[1, 2], [3, 4, 5]], [[1, 2, 3, 4, 5]], {0: 1}),  # two became one: the larger goes on
    ],
)
def test_who_shares_enough_goes_on(
    before: list[list[int]], now: list[list[int]], expected: dict[int, int]
) -> None:
    assert topics_weeks.continued(before, now) == expected
