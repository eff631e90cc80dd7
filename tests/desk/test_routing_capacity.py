"""Nobody is given more than they can carry; what is urgent does not wait for that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.desk import routing
from bot.desk.community import Community, Place, Role, RoutingRule
from bot.desk.routing import Why
from tests.conftest import HOME, MONDAY_TEN
from tests.desk.deciding import changed, joined, on_leave, rule, ruled, send

FULL = {"xiaoli": 3, "laozhang": 3, "xiaohe": 3}


@pytest.fixture
def limited(demo: Community) -> Community:
    """小李 carries three tickets at once; what is hers goes to nobody else."""
    community = ruled(demo, rule(Role.GRID_WORKER, code="grid"))
    for code in FULL:
        community = changed(community, code, capacity=3)
    return community


def test_the_last_ticket_of_somebodys_capacity_is_theirs_and_the_next_one_waits(
    limited: Community,
) -> None:
    assert send(limited, load={"xiaoli": 2}).assignee == "xiaoli"
    decision = send(limited, load={"xiaoli": 3})
    assert (decision.assignee, decision.queued) == (None, True)
    assert "排队" in decision.reason


def test_what_waits_for_capacity_is_told_to_the_desk(limited: Community) -> None:
    assert set(send(limited, load=FULL).told) == {"xiaomeng", "xiaojiang"}


@pytest.mark.parametrize("urgency", ["urgent", "emergency"])
def test_what_is_urgent_does_not_ask_for_capacity(limited: Community, urgency: str) -> None:
    assert send(limited, load={"xiaoli": 99}, urgency=urgency).assignee == "xiaoli"


def test_an_equal_with_room_goes_before_one_without(limited: Community) -> None:
    community = joined(limited, "axin2", Role.GRID_WORKER, "xfl-1")
    decision = send(community, load={"xiaoli": 3, "axin2": 9})
    assert decision.assignee == "axin2"
    assert "小李手头工单已满" in decision.reason


def test_the_next_role_of_the_chain_takes_what_the_first_has_no_room_for(
    limited: Community,
) -> None:
    chain = RoutingRule(code="chain", roles=(Role.GRID_WORKER, Role.SECRETARY, Role.DESK))
    assert send(ruled(limited, chain), load=FULL).assignee == "chenshuji"


def test_the_desk_does_not_do_it_itself_because_others_are_busy(limited: Community) -> None:
    chain = RoutingRule(code="chain", roles=(Role.GRID_WORKER, Role.DESK))
    assert send(ruled(limited, chain), load=FULL).queued
    away = on_leave(ruled(limited, chain), *FULL)
    assert send(away).assignee == "xiaomeng"


def test_a_full_deputy_is_passed_over_like_anybody(limited: Community) -> None:
    decision = send(on_leave(limited, "xiaoli"), load=FULL)
    assert decision.queued
    whys = {(passed.staff, passed.why) for passed in decision.explanation.passed}
    assert whys == {("xiaoli", Why.ABSENT), ("xiaohe", Why.FULL)}


def test_a_conduct_report_never_waits_for_capacity(demo: Community) -> None:
    community = changed(demo, "yanjie", capacity=0)
    assert send(community, kind="conduct").assignee == "yanjie"


def test_whoever_only_looks_on_may_be_busy(demo: Community) -> None:
    community = changed(demo, "xiaoli", capacity=0)
    assert send(community, "property.leak").watchers == ("xiaoli",)


def test_load_is_asked_only_of_those_whom_it_can_decide_about(demo: Community) -> None:
    asked: list[str] = []

    def load(codes: object) -> dict[str, int]:
        asked.extend(codes)  # type: ignore[call-overload]
        return {}

    def place(matter: str, where: Place) -> None:
        request = routing.Request(matter=matter, kind="report", urgency="normal", place=where)
        routing.decide(request, community=demo, load=load, now=MONDAY_TEN)

    place("order.ebike", HOME)
    assert asked == []  # 小李 alone is in charge
    place("order.ebike", replace(HOME, building=None, estate=None, grid=None))
    assert sorted(asked) == ["laozhang", "xiaohe", "xiaoli"]
