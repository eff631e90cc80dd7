"""Leave and duty hours, in the local time of the community."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta, timezone

import pytest

from bot.desk import duty
from bot.desk.community import Absence, Community, Schedule
from tests.conftest import MONDAY_TEN

EVERY_DAY = range(7)


def hours(*periods: tuple[str, str], days: range | tuple[int, ...] = EVERY_DAY) -> Schedule:
    spans = tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in periods)
    return Schedule(code="test", name="测试", periods=dict.fromkeys(days, spans))


def local(demo: Community, day: int, clock: str) -> datetime:
    """A moment of November 2026 in the community; the 23rd is a Monday."""
    return datetime.combine(
        datetime(2026, 11, day), time.fromisoformat(clock), demo.zone
    ).astimezone(timezone.utc)


def test_leave_begins_with_its_first_moment_and_is_over_at_its_end(demo: Community) -> None:
    leave = Absence(start=MONDAY_TEN, end=MONDAY_TEN + timedelta(hours=4))
    xiaoli = replace(demo.person("xiaoli"), absences=(leave,))
    assert not duty.is_absent(xiaoli, leave.start - timedelta(seconds=1))
    assert duty.is_absent(xiaoli, leave.start)
    assert duty.is_absent(xiaoli, leave.end - timedelta(seconds=1))
    assert not duty.is_absent(xiaoli, leave.end)


@pytest.mark.parametrize(
    ("schedule", "day", "asked", "back_day", "back"),
    [
        ("office", 23, "12:10", 23, "13:30"),  # lunch
        ("office", 23, "12:00", 23, "13:30"),  # the end belongs to the break
        ("office", 27, "17:30", 30, "08:30"),  # Friday evening: after the weekend
        ("grid", 27, "18:00", 28, "09:00"),  # grid workers also come on Saturday
        ("weekend", 29, "17:00", 5 + 30, "09:00"),  # Sunday evening: six days later
        ("property-night", 23, "08:00", 23, "20:00"),
    ],
)
def test_who_is_off_duty_is_back_when_the_next_period_begins(
    demo: Community, schedule: str, day: int, asked: str, back_day: int, back: str
) -> None:
    begins = local(demo, 1, back) + timedelta(days=back_day - 1)
    found = duty.next_duty(demo.schedules[schedule], local(demo, day, asked), demo.zone)
    assert found == begins


def test_the_hours_of_a_once_a_week_schedule_come_again_next_week(demo: Community) -> None:
    mondays = hours(("08:00", "09:00"), days=(0,))
    assert duty.next_duty(mondays, MONDAY_TEN, demo.zone) == local(demo, 30, "08:00")


def test_somebody_who_is_always_on_duty_is_so_around_midnight(demo: Community) -> None:
    for clock in ("23:59:59", "00:00", "00:00:01"):
        assert duty.is_on_duty(demo.schedules["always"], local(demo, 24, clock), demo.zone)


def test_a_night_shift_in_two_periods_is_on_duty_all_night(demo: Community) -> None:
    night = demo.schedules["property-night"]
    for clock in ("20:00", "23:59", "00:00", "07:59"):
        assert duty.is_on_duty(night, local(demo, 24, clock), demo.zone), clock
    for clock in ("08:00", "12:00", "19:59"):
        assert not duty.is_on_duty(night, local(demo, 24, clock), demo.zone), clock


def test_a_period_over_midnight_goes_on_after_midnight(demo: Community) -> None:
    night = hours(("20:00", "08:00"))
    assert duty.is_on_duty(night, local(demo, 23, "22:00"), demo.zone)
    assert duty.is_on_duty(night, local(demo, 24, "03:00"), demo.zone)
    assert not duty.is_on_duty(night, local(demo, 24, "08:00"), demo.zone)


def test_duty_hours_are_local_hours(demo: Community) -> None:
    half_past_eight_in_beijing = datetime(2026, 11, 23, 0, 30, tzinfo=timezone.utc)
    office = demo.schedules["office"]
    assert duty.is_on_duty(office, half_past_eight_in_beijing, demo.zone)
    assert not duty.is_on_duty(office, half_past_eight_in_beijing - timedelta(seconds=1), demo.zone)


def test_somebody_without_any_hours_is_never_back(demo: Community) -> None:
    assert duty.next_duty(hours(days=()), MONDAY_TEN, demo.zone) is None


def test_whenever_somebody_is_said_to_be_back_they_are_on_duty(demo: Community) -> None:
    for schedule in demo.schedules.values():
        for quarter in range(7 * 24 * 4):
            now = MONDAY_TEN + timedelta(minutes=15 * quarter)
            back = duty.next_duty(schedule, now, demo.zone)
            assert back is not None
            assert back >= now
            assert duty.is_on_duty(schedule, back, demo.zone), (schedule.code, now, back)
