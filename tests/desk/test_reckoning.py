"""From a span and a clock to the moment it is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.calendar import Calendar, DayEnd, Reading
from bot.desk.reckoning import Clock, Extension, Pause, Reckoning, reckon
from bot.desk.spans import Span
from tests.desk.offices import ALL, BEIJING, NIGHTS, OFFICE, SHORT_FRIDAYS, at
from tests.statutory import every_day

ZERO = timedelta(0)


def due(
    words: str, start: str, *pauses: tuple[str, str], calendar: Calendar = OFFICE, **more: Any
) -> Reckoning:
    breaks = tuple(Pause(start=at(a), end=at(b)) for a, b in pauses)
    clock = Clock(start=at(start), pauses=breaks, **more)
    return reckon(Span.parse(words), clock, calendar)


# 23 November 2026 is a Monday.
DUE = [
    # natural time runs day and night
    ("30min", "11-27 23:50", "11-28 00:20"),
    ("24h", "09-30 20:00", "10-01 20:00"),
    # natural days: the first is not counted, the last ends with its working hours (民法典 201, 203)
    ("7d", "11-23 10:00", "11-30 17:30"),
    ("1d", "11-23 23:59", "11-24 17:30"),
    # ... and a last day that is off gives way to the next working day
    ("5d", "11-23 10:00", "11-30 17:30"),
    ("15d", "09-20 09:00", "10-08 17:30"),
    # working days, the day itself not counted
    ("1 working day", "11-23 08:00", "11-24 17:30"),
    ("3 working days", "11-23 10:00", "11-26 17:30"),
    ("5 working days", "11-23 10:00", "11-30 17:30"),
    ("1 working day", "11-28 10:00", "11-30 17:30"),
    # over National Day: 28, 29, 30 September, 8, 9 and the worked Saturday 10 October
    ("6 working days", "09-25 10:00", "10-10 17:30"),
    ("7 working days", "09-25 10:00", "10-12 17:30"),
    # over the Spring Festival: Saturday 14 February is worked, so is Saturday the 28th
    ("2 working days", "02-12 10:00", "02-14 17:30"),
    ("3 working days", "02-12 10:00", "02-24 17:30"),
    ("13 working days", "02-06 10:00", "03-03 17:30"),
    # the same day, or the next working one when nobody works any more
    ("same day", "11-23 10:00", "11-23 17:30"),
    ("same day", "11-23 06:00", "11-23 17:30"),
    ("same day", "11-23 17:30", "11-24 17:30"),
    ("same day", "10-03 10:00", "10-08 17:30"),
    # working time
    ("4 working hours", "11-23 10:00", "11-23 15:30"),
    ("4 working hours", "11-27 17:00", "11-30 12:00"),
]


@pytest.mark.parametrize(("words", "start", "end"), DUE)
def test_a_span_is_over_when_the_law_and_the_office_hours_say(
    words: str, start: str, end: str
) -> None:
    assert due(words, start).at == at(end)


def test_every_day_of_three_years_three_working_days_are_three_working_days() -> None:
    days = [day for day in every_day() if OFFICE.is_working(day)]
    for day in every_day()[:-20]:
        start = datetime.combine(day, datetime.min.time(), BEIJING) + timedelta(hours=10)
        third = [other for other in days if other > day][2]
        found = reckon(Span.parse("3 working days"), Clock(start=start), OFFICE).at
        assert found == OFFICE.close(third), day


SAME = replace(OFFICE, reading=Reading(count_first=True))
MIDNIGHT = replace(OFFICE, reading=Reading(day_end=DayEnd.MIDNIGHT, move_rest_day=False))


@pytest.mark.parametrize(
    ("calendar", "words", "start", "end"),
    [
        (SAME, "1 working day", "11-23 10:00", "11-23 17:30"),
        (SAME, "3 working days", "11-23 10:00", "11-25 17:30"),
        (SAME, "3 working days", "11-23 18:00", "11-26 17:30"),
        (SAME, "1d", "11-23 18:00", "11-24 17:30"),
        (MIDNIGHT, "5d", "11-23 10:00", "11-29 00:00"),
        (MIDNIGHT, "3 working days", "11-23 10:00", "11-27 00:00"),
        (MIDNIGHT, "same day", "11-23 22:00", "11-24 00:00"),
        (SHORT_FRIDAYS, "4 working days", "11-23 10:00", "11-27 12:00"),
        (NIGHTS, "1 working day", "11-23 10:00", "11-25 08:00"),
    ],
)
def test_cities_may_read_days_in_another_way(
    calendar: Calendar, words: str, start: str, end: str
) -> None:
    assert due(words, start, calendar=calendar).at == at(end)


@pytest.mark.parametrize(
    ("words", "pauses", "end"),
    [
        # natural time: all of it; working time: what of it was working time
        ("24h", [("11-23 12:00", "11-23 15:00")], "11-24 13:00"),
        ("4 working hours", [("11-23 11:00", "11-23 14:00")], "11-23 17:00"),
        ("4 working hours", [("11-23 12:00", "11-23 13:30")], "11-23 15:30"),
        # working days are pushed by working time: an hour and a half, two days
        ("3 working days", [("11-23 12:00", "11-23 15:00")], "11-27 10:00"),
        ("3 working days", [("11-24 08:30", "11-25 17:30")], "11-30 17:30"),
        ("3 working days", [("11-28 08:00", "11-29 22:00")], "11-26 17:30"),
        # two pauses add up; one that begins when it was late already heals nothing
        ("24h", [("11-23 12:00", "11-23 15:00"), ("11-24 12:00", "11-24 14:00")], "11-24 15:00"),
        ("24h", [("11-24 10:00", "11-25 10:00")], "11-24 10:00"),
        # only what lies after the start counts
        ("24h", [("11-23 08:00", "11-23 12:00")], "11-24 12:00"),
    ],
)
def test_a_pause_moves_the_deadline_by_the_time_that_would_have_counted(
    words: str, pauses: list[tuple[str, str]], end: str
) -> None:
    assert due(words, "11-23 10:00", *pauses).at == at(end)


def test_a_pause_that_lasts_changes_nothing_yet() -> None:
    clock = Clock(start=at("11-23 10:00"), pauses=(Pause(start=at("11-23 12:00")),))
    assert reckon(Span.parse("24h"), clock, OFFICE).at == at("11-24 10:00")


EXTENDED = Extension(at=at("11-24 09:00"), to=at("12-01 17:30"))


def test_an_approved_extension_wins_and_later_pauses_move_it() -> None:
    before, later = ("11-23 11:00", "11-23 12:00"), ("11-25 08:30", "11-25 12:00")
    assert due("3 working days", "11-23 10:00", extension=EXTENDED).at == at("12-01 17:30")
    pushed = due("3 working days", "11-23 10:00", before, later, extension=EXTENDED)
    assert pushed.at == OFFICE.after(at("12-01 17:30"), timedelta(hours=3.5))


def test_an_extension_never_shortens_what_a_new_rule_gives() -> None:
    assert due("15 working days", "11-23 10:00", extension=EXTENDED).at == at("12-14 17:30")


@pytest.mark.parametrize(
    ("words", "start", "provisional"),
    [
        ("3 working days", "12-28 10:00", False),
        ("3 working days", "12-29 10:00", True),
        ("4 working hours", "12-31 16:00", True),
        ("7d", "12-29 10:00", True),
        ("24h", "12-31 10:00", False),
        ("3 working days", "2027-06-01 10:00", True),
    ],
)
def test_what_needs_days_nobody_knows_yet_is_provisional(
    words: str, start: str, provisional: bool
) -> None:
    assert due(words, start).provisional is provisional


def test_a_date_that_was_approved_is_not_provisional() -> None:
    far = Extension(at=at("12-30 10:00"), to=at("2027-01-20 17:30"))
    assert not due("3 working days", "12-29 10:00", extension=far).provisional


def test_the_last_moment_of_what_is_known_is_known() -> None:
    known = replace(MIDNIGHT, known_until=date(2026, 11, 24))
    assert not due("1 working day", "11-23 10:00", calendar=known).provisional


starts = st.datetimes(datetime(2024, 1, 1), datetime(2026, 10, 1), timezones=st.just(BEIJING))
spans = st.builds(Span, st.integers(1, 40), days=st.booleans(), working=st.booleans())
READINGS = [
    Reading(count_first=first, day_end=end, move_rest_day=moves)
    for first, end, moves in product((False, True), DayEnd, (False, True))
]
calendars = st.sampled_from([replace(one, reading=how) for one in ALL for how in READINGS])
hours = st.timedeltas(ZERO, timedelta(hours=60))


@given(spans, starts, starts, calendars)
def test_who_starts_later_is_not_due_earlier(
    span: Span, one: datetime, other: datetime, calendar: Calendar
) -> None:
    first, second = (reckon(span, Clock(start=start), calendar) for start in sorted((one, other)))
    assert first.at <= second.at


@given(spans, st.integers(0, 20), starts, calendars)
def test_a_longer_span_is_not_over_earlier(
    span: Span, more: int, start: datetime, calendar: Calendar
) -> None:
    longer = replace(span, count=span.count + more)
    short, long = (reckon(one, Clock(start=start), calendar) for one in (span, longer))
    assert start < short.at <= long.at


@given(spans, starts, calendars, st.lists(st.tuples(hours, hours), max_size=4))
def test_pauses_add_exactly_the_time_they_cost(
    span: Span, start: datetime, calendar: Calendar, breaks: list[tuple[timedelta, timedelta]]
) -> None:
    pauses, moment = [], start
    for run, rest in breaks:
        pauses.append(Pause(start=moment + run, end=moment + run + rest))
        moment += run + rest
    plain = reckon(span, Clock(start=start), calendar).at
    at_last = reckon(span, Clock(start=start, pauses=tuple(pauses)), calendar).at

    def counted(begin: datetime, end: datetime) -> timedelta:
        return calendar.working_time(begin, end) if span.working else end - begin

    used = [pause for pause in pauses if pause.start < at_last]
    lost = sum((counted(pause.start, pause.end or start) for pause in used), ZERO)
    assert counted(plain, at_last) == lost
