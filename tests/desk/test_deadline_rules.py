"""Which rule decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.desk import deadline_rules
from bot.desk.community import Community, DeadlineRule, Stage
from bot.desk.errors import UnknownThing
from bot.desk.reckoning import Clock
from bot.desk.spans import Span
from bot.desk.working_time import Days, Pattern, WorkingTime
from tests.desk.offices import at

TODAY = date(2026, 11, 23)


def rule(resolve: str = "", **more: Any) -> DeadlineRule:
    limits = {Stage.RESOLVE: Span.parse(resolve)} if resolve else {}
    limits |= {Stage(name): Span.parse(more.pop(name)) for name in [*more] if name in [*Stage]}
    return DeadlineRule(code=resolve, limits=limits, **more)


def ruled(demo: Community, *rules: DeadlineRule, **more: Any) -> Community:
    return replace(demo, deadlines=rules, **more)


def span(community: Community, matter: str = "property.leak", **more: Any) -> str:
    urgency, day = more.get("urgency", "normal"), more.get("day", TODAY)
    stage = more.get("stage", Stage.RESOLVE)
    found = deadline_rules.rule_for(stage, matter, urgency, community, day)
    return str(found.limits[stage])


@pytest.mark.parametrize("backwards", [False, True])
def test_the_most_exact_matter_decides_wherever_its_rule_stands(
    demo: Community, backwards: bool
) -> None:
    rules = [rule("100h"), rule("50h", matter="property.*"), rule("10h", matter="property.leak")]
    community = ruled(demo, *(reversed(rules) if backwards else rules))
    matters = ("property.leak", "property.pipe", "traffic.road")
    assert [span(community, matter) for matter in matters] == ["10h", "50h", "100h"]


def test_an_emergency_is_one_whatever_it_is_about(demo: Community) -> None:
    community = ruled(demo, rule("15d", matter="property.leak"), rule("2h", urgency="emergency"))
    assert span(community, urgency="emergency") == "2h"
    assert span(community, urgency="urgent") == "15d"


def test_of_a_stage_a_rule_does_not_name_the_next_one_decides(demo: Community) -> None:
    community = ruled(demo, rule("2h", urgency="emergency"), rule("7d", accept="4 working hours"))
    assert span(community, urgency="emergency", stage=Stage.ACCEPT) == "4 working hours"
    assert span(community, urgency="emergency") == "2h"


@pytest.mark.parametrize("stage", Stage)
def test_a_community_without_rules_still_has_deadlines(demo: Community, stage: Stage) -> None:
    community = ruled(demo)
    clock = Clock(start=at("11-23 10:00"))
    found = deadline_rules.reckon(stage, "other", "normal", clock, community)
    assert found.at > clock.start


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-12-31", "7d"), ("2027-01-01", "5d"), ("2027-04-01", "6d")]
)
def test_a_rule_holds_from_its_first_to_its_last_day(
    demo: Community, day: str, expected: str
) -> None:
    spring = {"valid_from": date(2027, 1, 1), "valid_until": date(2027, 3, 31)}
    community = ruled(
        demo, rule("5d", **spring), rule("7d"), rule("6d", valid_from=date(2027, 4, 1))
    )
    assert span(community, day=date.fromisoformat(day)) == expected


def test_of_two_alike_the_later_in_force_wins_and_then_the_later_written(demo: Community) -> None:
    old, new = rule("7d", valid_from=date(2026, 1, 1)), rule("5d", valid_from=date(2026, 6, 1))
    assert span(ruled(demo, new, old)) == "5d"
    assert span(ruled(demo, rule("7d"), rule("6d"))) == "6d"


def test_the_day_the_clock_started_chooses_the_rule(demo: Community) -> None:
    community = ruled(demo, rule("24h"), rule("1h", valid_from=date(2026, 11, 24)))
    # 16:30 UTC on the 23rd is the 24th in Beijing.
    early, late = at("11-23 23:59"), at("11-24 00:30")
    lengths = [
        deadline_rules.reckon(Stage.RESOLVE, "other", "normal", Clock(start=start), community).at
        - start
        for start in (early, late)
    ]
    assert lengths == [timedelta(hours=24), timedelta(hours=1)]


def test_a_rule_may_count_the_hours_of_other_people(demo: Community) -> None:
    community = ruled(
        demo,
        rule("1 working hour"),
        rule("1 working hour", matter="property.*", calendar="property"),
    )
    saturday = Clock(start=at("10-03 18:30"))  # within National Day
    due = [
        deadline_rules.reckon(Stage.RESOLVE, matter, "normal", saturday, community).at
        for matter in ("property.leak", "order.parking")
    ]
    assert due == [at("10-03 19:30"), at("10-08 09:30")]


def test_a_calendar_nobody_knows_is_named(demo: Community) -> None:
    with pytest.raises(UnknownThing, match="no calendar 'night'"):
        deadline_rules.calendar_of(rule("1h", calendar="night"), demo)


def known_until(demo: Community, day: date) -> Community:
    return replace(demo, statutory=Days(known_until=day))


@pytest.mark.parametrize(
    ("now", "until", "late"),
    [
        ("2026-06-01 10:00", "2026-12-31", False),
        ("2026-10-31 10:00", "2026-12-31", False),
        ("2026-11-01 10:00", "2026-12-31", True),
        ("2026-11-01 10:00", "2027-12-31", False),
        ("2027-03-01 10:00", "2026-12-31", True),
    ],
)
def test_from_november_on_the_next_years_table_is_missed(
    demo: Community, now: str, until: str, late: bool
) -> None:
    community = known_until(demo, date.fromisoformat(until))
    ahead = deadline_rules.horizon(community, at(now))
    assert (ahead.late, ahead.is_near) == (late, late or bool(ahead.rules))


def test_rules_that_reach_beyond_what_is_known_are_named(demo: Community) -> None:
    rules = (
        replace(rule("3 working days"), code="near"),
        replace(rule("90 working days"), code="far"),
        replace(rule("2000h"), code="natural"),
        replace(rule("90 working days", valid_until=date(2026, 1, 1)), code="gone"),
    )
    community = ruled(known_until(demo, date(2026, 12, 31)), *rules)
    assert deadline_rules.horizon(community, at("2026-10-12 10:00")).rules == ("far",)


def test_a_community_elsewhere_has_its_own_days_off_only(demo: Community) -> None:
    own = Days(off={date(2026, 11, 24): "泼水节"}, worked={date(2026, 11, 28): None})
    there = WorkingTime(patterns=(Pattern(code="a", name="a"),), days=own, statutory=False)
    calendar = replace(demo, working_time=there).calendars["a"]
    days = [date(2026, 11, 23) + timedelta(days=n) for n in range(7)]
    assert [calendar.is_working(day) for day in days] == [
        True,
        False,
        True,
        True,
        True,
        True,
        False,
    ]
    assert calendar.is_working(date(2026, 10, 1))


def test_own_days_stand_above_the_statutory_ones(demo: Community) -> None:
    own = Days(
        off={date(2026, 10, 10): "搬家"},
        worked={date(2026, 10, 7): 4},
        known_until=date(2027, 6, 30),
    )
    calendar = WorkingTime(days=own).calendars({}, demo.zone, demo.statutory)["office"]
    assert not calendar.is_working(date(2026, 10, 10)) and calendar.is_working(date(2026, 10, 7))
    assert not calendar.is_working(date(2026, 10, 6))
    assert calendar.known_until == date(2027, 6, 30)
