"""Working time, over all of 2024 to 2026."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.calendar import Calendar
from bot.desk.errors import BadInput
from tests.desk.offices import (
    ALL,
    BEIJING,
    BY_TWO_PERIODS,
    MORNING,
    NIGHTS,
    OFFICE,
    SHORT_FRIDAYS,
    WEEKNIGHTS,
    at,
    working,
)
from tests.statutory import LAST, OFF, WORKED, every_day

A_DAY = timedelta(hours=7, minutes=30)


def minute_by_minute(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Slow and plain: looks at every minute of local time."""
    found, minute = 0, start
    while minute < end:
        today = minute.astimezone(BEIJING).date()
        clock = minute.astimezone(BEIJING).time()
        for opens, closes in calendar.periods(today):
            overnight = closes <= opens
            found += clock >= opens and (overnight or clock < closes)
        for opens, closes in calendar.periods(today - timedelta(days=1)):
            found += closes <= opens and clock < closes
        minute += timedelta(minutes=1)
    return timedelta(minutes=found)


def test_every_day_of_three_years_is_worked_or_off_as_the_notices_say() -> None:
    for day in every_day():
        expected = day in WORKED or (day.weekday() < 5 and day not in OFF)
        assert OFFICE.is_working(day) is expected, day


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_the_working_days_of_a_year_are_as_many_as_are_published(year: int, days: int) -> None:
    start, end = at(f"{year}-01-01"), at(f"{year + 1}-01-01")
    assert OFFICE.working_time(start, end) == days * A_DAY
    last = OFFICE.working_day(date(year - 1, 12, 31), days)
    assert (last.year, OFFICE.working_day(last, 1).year) == (year, year + 1)


def test_from_every_day_of_three_years_the_next_working_days_come_one_by_one() -> None:
    days = [day for day in every_day() if OFFICE.is_working(day)]
    for day in every_day()[:-40]:
        coming = [d for d in days if d > day][:15]
        assert [OFFICE.working_day(day, n) for n in range(1, 16)] == coming


@pytest.mark.parametrize("calendar", ALL)
def test_every_day_has_the_working_time_of_its_minutes(calendar: Calendar) -> None:
    for day in every_day()[::17]:
        start = datetime.combine(day, time(3, 14), BEIJING)
        end = start + timedelta(days=2, hours=9)
        assert calendar.working_time(start, end) == minute_by_minute(calendar, start, end)


AFTER = [
    # through lunch, to the minute lunch begins, from within lunch
    (OFFICE, "2026-11-23 10:00", 4.0, "2026-11-23 15:30"),
    (OFFICE, "2026-11-23 10:00", 2.0, "2026-11-23 12:00"),
    (OFFICE, "2026-11-23 12:40", 1.0, "2026-11-23 14:30"),
    # over night, over a weekend, from before the office opens
    (OFFICE, "2026-11-23 17:00", 1.0, "2026-11-24 09:00"),
    (OFFICE, "2026-11-27 17:00", 1.0, "2026-11-30 09:00"),
    (OFFICE, "2026-11-24 06:00", 0.5, "2026-11-24 09:00"),
    # 调休: Sunday 20 September 2026 is worked, the week of National Day is not
    (OFFICE, "2026-09-19 11:00", 3.5, "2026-09-20 12:00"),
    (OFFICE, "2026-09-30 17:00", 1.0, "2026-10-08 09:00"),
    (OFFICE, "2026-10-09 17:00", 8.0, "2026-10-10 17:30"),
    # the year turns
    (OFFICE, "2025-12-31 17:00", 1.0, "2026-01-04 09:00"),
    # night shifts: to midnight, past it, over the year's end, into a day off
    (NIGHTS, "2026-11-23 19:00", 4.0, "2026-11-24 00:00"),
    (NIGHTS, "2026-11-23 23:00", 10.0, "2026-11-24 21:00"),
    (NIGHTS, "2025-12-31 22:00", 5.0, "2026-01-01 03:00"),
    (WEEKNIGHTS, "2026-09-30 23:00", 7.0, "2026-10-01 06:00"),
    (WEEKNIGHTS, "2026-09-30 23:00", 7.5, "2026-10-08 22:30"),
    (WEEKNIGHTS, "2026-11-28 03:00", 4.0, "2026-11-30 23:00"),
    # a worked Saturday has the hours of the weekday it is said to have, here a Monday's
    (SHORT_FRIDAYS, "2026-10-09 08:30", 4.5, "2026-10-10 09:30"),
]


@pytest.mark.parametrize(("calendar", "start", "hours", "end"), AFTER)
def test_working_hours_run_only_while_somebody_works(
    calendar: Calendar, start: str, hours: float, end: str
) -> None:
    assert calendar.after(at(start), timedelta(hours=hours)) == at(end)


@pytest.mark.parametrize(
    ("calendar", "day", "close"),
    [
        (OFFICE, "2026-11-23", "2026-11-23 17:30"),
        (OFFICE, "2026-11-28", "2026-11-29 00:00"),
        (SHORT_FRIDAYS, "2026-11-27", "2026-11-27 12:00"),
        (NIGHTS, "2026-11-23", "2026-11-24 08:00"),
    ],
)
def test_a_day_ends_when_its_last_hours_do(calendar: Calendar, day: str, close: str) -> None:
    assert calendar.close(date.fromisoformat(day)) == at(close)


def test_beyond_what_is_published_there_are_only_weekends() -> None:
    for day in (LAST + timedelta(days=n) for n in range(1, 400)):
        assert OFFICE.is_working(day) is (day.weekday() < 5)


def test_a_day_off_says_why() -> None:
    reasons = [OFFICE.why_off(date(2026, 10, 7)), OFFICE.why_off(date(2026, 10, 11))]
    assert reasons == ["国庆节", "周末"]


def test_two_periods_that_meet_at_midnight_are_one_night() -> None:
    assert BY_TWO_PERIODS.after(at("2025-12-31 21:00"), timedelta(hours=5)) == at(
        "2026-01-01 02:00"
    )


def test_hours_written_twice_count_once() -> None:
    twice = working({0: (MORNING, (time(10), time(13)))}, off={}, worked={})
    assert twice.working_time(at("2026-11-23"), at("2026-11-24")) == timedelta(hours=4.5)


def test_a_calendar_without_hours_is_refused() -> None:
    with pytest.raises(BadInput, match="'office' has no working hours"):
        working({0: ()})


def test_a_span_that_no_year_can_hold_is_refused() -> None:
    with pytest.raises(BadInput, match="too little working time"):
        OFFICE.after(at("2026-01-01"), timedelta(days=365 * 20))


moments = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31), timezones=st.just(BEIJING))
lengths = st.timedeltas(timedelta(0), timedelta(hours=300))
calendars = st.sampled_from(ALL)


@given(calendars, moments, lengths)
def test_between_start_and_end_lies_exactly_the_span(
    calendar: Calendar, start: datetime, length: timedelta
) -> None:
    end = calendar.after(start, length)
    assert calendar.working_time(start, end) == length


@given(calendars, moments, lengths, lengths)
def test_one_span_after_another_is_both_together(
    calendar: Calendar, start: datetime, one: timedelta, other: timedelta
) -> None:
    assert calendar.after(calendar.after(start, one), other) == calendar.after(start, one + other)


@given(calendars, moments, moments, lengths)
def test_who_starts_later_is_not_due_earlier(
    calendar: Calendar, one: datetime, other: datetime, length: timedelta
) -> None:
    first, second = sorted((one, other))
    assert calendar.after(first, length) <= calendar.after(second, length)


@given(calendars, moments, moments, moments)
def test_working_time_adds_up(
    calendar: Calendar, one: datetime, two: datetime, three: datetime
) -> None:
    a, b, c = sorted((one, two, three))
    whole = calendar.working_time(a, b) + calendar.working_time(b, c)
    assert whole == calendar.working_time(a, c)
    assert calendar.working_time(c, a) == timedelta(0) or a == c
