"""Duty rosters: where they name somebody, they stand above the weekly hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from bot.desk import duty
from bot.desk.community import Community, Role, Shift
from bot.desk.roster import DAYS_AHEAD
from tests.conftest import MONDAY_TEN
from tests.desk.deciding import AT_NIGHT, changed, on_leave, rule, ruled, send

FIRE = {"matter": "safety.fire", "urgency": "emergency"}
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def shift(staff: str, **more: Any) -> Shift:
    whole_day = {"start": time(0), "end": time(0), "role": Role.DUTY, "scope": "hean"}
    return Shift(**{**whole_day, "staff": staff, **more})


def rostered(community: Community, *shifts: Shift) -> Community:
    return replace(community, rosters=shifts)


def local(demo: Community, day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), demo.zone)


@pytest.mark.parametrize("code", ["dingge", "baijie"])
def test_whoever_the_roster_names_goes_before_an_equal_with_less_to_do(
    demo: Community, code: str
) -> None:
    community = rostered(demo, shift(code, date=MONDAY))
    assert send(community, **FIRE, load={code: 9}).assignee == code


def test_on_another_day_the_weekly_hours_hold(demo: Community) -> None:
    community = rostered(demo, shift("dingge", date=TUESDAY))
    assert send(community, **FIRE, load={"dingge": 1}).assignee == "baijie"


def test_a_date_replaces_the_weekday(demo: Community) -> None:
    weekly = shift("dingge", days=(0,))
    assert send(rostered(demo, weekly), **FIRE, load={"dingge": 1}).assignee == "dingge"
    holiday = shift("baijie", date=MONDAY)
    community = rostered(demo, weekly, holiday)
    assert send(community, **FIRE, load={"baijie": 1}).assignee == "baijie"
    a_week_later = MONDAY_TEN + timedelta(days=7)
    assert send(community, **FIRE, now=a_week_later, load={"dingge": 1}).assignee == "dingge"


def test_a_night_shift_reaches_into_the_next_morning(demo: Community) -> None:
    night = shift("dingge", date=MONDAY, start=time(20), end=time(8))
    community = rostered(demo, night)
    assert send(community, **FIRE, now=AT_NIGHT, load={"dingge": 9}).assignee == "dingge"
    morning = local(demo, TUESDAY, "08:00")
    assert send(community, **FIRE, now=morning, load={"dingge": 9}).assignee == "baijie"


def test_a_roster_brings_in_somebody_without_the_post_for_that_shift(demo: Community) -> None:
    community = rostered(demo, shift("xiaomeng", date=MONDAY))
    assert send(community, **FIRE).assignee == "xiaomeng"
    later = MONDAY_TEN + timedelta(days=1)
    assert send(community, **FIRE, now=later).assignee in ("dingge", "baijie")


def test_no_roster_opens_conduct_reports_to_anybody(demo: Community) -> None:
    stand_in = shift("xiaoli", role=Role.DISCIPLINE, date=MONDAY)
    assert send(rostered(demo, stand_in), kind="conduct").assignee == "yanjie"
    assert send(on_leave(rostered(demo, stand_in), "yanjie"), kind="conduct").assignee is None


def test_who_is_on_the_roster_and_on_leave_is_replaced_by_the_deputy_for_the_shift(
    demo: Community,
) -> None:
    duty_only = ruled(demo, rule(Role.DUTY, code="duty"))
    community = rostered(
        changed(duty_only, "baijie", schedule="office"), shift("dingge", days=(1,))
    )
    decision = send(on_leave(community, "dingge"), **FIRE, now=AT_NIGHT)
    assert decision.assignee == "baijie"
    assert "丁哥请假，由白姐代办" in decision.reason
    assert "不在值班时间" not in decision.reason


def next_turn(community: Community, code: str, now: datetime) -> datetime | None:
    person = community.person(code)
    schedule = community.schedules[person.schedule]
    roster = community.index.roster(Role.DUTY, "hean")
    return duty.next_turn(person, schedule, roster, now, community.zone)


def test_who_is_not_named_is_back_when_the_roster_is_over(demo: Community) -> None:
    community = rostered(demo, shift("dingge", date=MONDAY, start=time(8), end=time(20)))
    assert next_turn(community, "dingge", MONDAY_TEN) == MONDAY_TEN
    assert next_turn(community, "baijie", MONDAY_TEN) == local(demo, MONDAY, "20:00")


def test_somebody_with_roster_duty_alone_is_back_with_their_next_shift(demo: Community) -> None:
    far = MONDAY + timedelta(days=3 * DAYS_AHEAD)
    shifts = [shift("dingge", days=tuple(range(7))), shift("xiaomeng", date=far, start=time(9))]
    community = rostered(changed(demo, "xiaomeng", schedule="weekend"), *shifts)
    assert next_turn(community, "xiaomeng", MONDAY_TEN) == local(demo, far, "09:00")
    assert next_turn(community, "xiaojiang", MONDAY_TEN) is None  # the roster names 丁哥 all week


def test_at_every_hour_of_a_week_the_next_turn_is_a_moment_on_duty(demo: Community) -> None:
    shifts = [
        shift("dingge", days=(0, 2, 4), start=time(8), end=time(20)),
        shift("baijie", days=(0, 2, 4), start=time(20), end=time(8)),
        shift("baijie", date=TUESDAY, start=time(6), end=time(9)),
    ]
    community = rostered(changed(demo, "dingge", schedule="office"), *shifts)
    for hour in range(7 * 24):
        now = MONDAY_TEN + timedelta(hours=hour)
        for code in ("dingge", "baijie"):
            moment = next_turn(community, code, now)
            assert moment is not None and moment >= now
            assert next_turn(community, code, moment) == moment, (code, now)
