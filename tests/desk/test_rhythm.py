"""What is done again and again, and what was missed."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.desk.rhythm import At, Every
from tests.conftest import MONDAY_TEN

BEIJING = ZoneInfo("Asia/Shanghai")
NIGHTLY, ON_MONDAYS = At(time(3, 30)), At(time(6), weekday=0)


def test_every_so_often_counts_from_the_last_time() -> None:
    often = Every(timedelta(minutes=5))
    assert often.is_due(None, MONDAY_TEN, BEIJING)
    assert not often.is_due(MONDAY_TEN - timedelta(minutes=4), MONDAY_TEN, BEIJING)
    assert often.is_due(MONDAY_TEN - timedelta(minutes=5), MONDAY_TEN, BEIJING)


def test_what_has_its_hour_is_done_once_after_it_in_local_time() -> None:
    night = datetime(2026, 11, 23, 3, 30, tzinfo=BEIJING)
    assert NIGHTLY.last(MONDAY_TEN, BEIJING) == night
    assert NIGHTLY.is_due(night - timedelta(seconds=1), MONDAY_TEN, BEIJING)
    assert not NIGHTLY.is_due(night, MONDAY_TEN, BEIJING)
    assert NIGHTLY.last(night - timedelta(seconds=1), BEIJING) == night - timedelta(days=1)


def test_a_week_has_one_moment_and_a_missed_one_is_made_up_for() -> None:
    monday = datetime(2026, 11, 23, 6, tzinfo=BEIJING)
    for days in range(7):
        assert ON_MONDAYS.last(monday + timedelta(days=days, hours=17), BEIJING) == monday
    assert ON_MONDAYS.last(monday - timedelta(hours=1), BEIJING) == monday - timedelta(days=7)
    assert ON_MONDAYS.is_due(monday - timedelta(days=20), monday + timedelta(days=3), BEIJING)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(timezone.utc)),
    st.times(),
    st.none() | st.integers(0, 6),
)
def test_the_last_moment_is_the_newest_one_of_its_kind(
    now: datetime, clock: time, weekday: int | None
) -> None:
    last = At(clock, weekday).last(now, BEIJING)
    assert now - timedelta(days=7 if weekday is not None else 1) < last <= now
    assert weekday is None or last.weekday() == weekday
