"""Until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.desk import deadlines
from bot.desk.community import Community, DeadlineRule
from bot.desk.deadlines import Deadlines
from bot.desk.moves import Status
from tests.conftest import MONDAY_TEN

FRIDAY_EVENING = MONDAY_TEN + timedelta(days=4, hours=10)
LIMITS = Deadlines(MONDAY_TEN + timedelta(hours=1), MONDAY_TEN + timedelta(hours=9))


def ruled(demo: Community, *rules: DeadlineRule) -> Community:
    return replace(demo, deadlines=rules)


def within(hours: float, **more: Any) -> DeadlineRule:
    return DeadlineRule(code=str(hours), accept_hours=hours / 2, resolve_hours=hours, **more)


def hours_to_solve(community: Community, matter: str, urgency: str = "normal") -> float:
    limits = deadlines.for_ticket(matter, urgency, community, MONDAY_TEN)
    return (limits.resolve_by - MONDAY_TEN) / timedelta(hours=1)


@pytest.mark.parametrize("backwards", [False, True])
def test_the_most_exact_matter_decides_wherever_its_rule_stands(
    demo: Community, backwards: bool
) -> None:
    rules = [
        within(100),
        within(50, matter="property.*"),
        within(10, matter="property.leak"),
    ]
    community = ruled(demo, *(reversed(rules) if backwards else rules))
    assert hours_to_solve(community, "property.leak") == 10
    assert hours_to_solve(community, "property.pipe") == 50
    assert hours_to_solve(community, "traffic.road") == 100


def test_an_emergency_is_one_whatever_it_is_about(demo: Community) -> None:
    community = ruled(demo, within(100, matter="property.quality"), within(2, urgency="emergency"))
    assert hours_to_solve(community, "property.quality", "emergency") == 2
    assert hours_to_solve(community, "property.quality") == 100


def test_a_community_without_rules_still_has_deadlines(demo: Community) -> None:
    limits = deadlines.for_ticket("other", "normal", ruled(demo), MONDAY_TEN)
    assert MONDAY_TEN < limits.accept_by < limits.resolve_by


def test_hours_are_natural_hours_and_run_through_the_weekend(demo: Community) -> None:
    community = ruled(demo, within(48))
    limits = deadlines.for_ticket("other", "normal", community, FRIDAY_EVENING)
    assert limits.resolve_by == FRIDAY_EVENING + timedelta(days=2)


def test_first_the_clock_runs_for_accepting_then_for_solving() -> None:
    assert deadlines.next_deadline(Status.ASSIGNED, LIMITS) == LIMITS.accept_by
    assert deadlines.next_deadline(Status.ACCEPTED, LIMITS) == LIMITS.resolve_by


@pytest.mark.parametrize("status", [Status.WAITING, Status.HELD, Status.RESOLVED, Status.CLOSED])
def test_no_clock_runs_while_it_is_not_the_handlers_turn(status: Status) -> None:
    assert deadlines.next_deadline(status, LIMITS) is None


@pytest.mark.parametrize("urgency", ["normal", "urgent", "emergency"])
def test_whatever_the_matter_the_more_urgent_one_is_due_earlier(
    demo: Community, urgency: str
) -> None:
    for matter in demo.categories:
        limits = deadlines.for_ticket(matter, urgency, demo, MONDAY_TEN)
        assert MONDAY_TEN < limits.accept_by < limits.resolve_by
        assert hours_to_solve(demo, matter, urgency) <= hours_to_solve(demo, matter, "normal")
