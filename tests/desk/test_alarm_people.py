"""Who is told of an alarm: the nearest who is there, and never nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.desk.alarm_people import Audience, Task, audience
from bot.desk.alarms import Saying
from bot.desk.community import Absence, Community, Place, Post, Role, Shift
from bot.desk.ladder import DEFAULT
from bot.desk.moves import Move
from bot.desk.routing import Request
from bot.services import community_files
from tests.conftest import DEMO, HOME, MONDAY_TEN

DEMO_COMMUNITY = community_files.read(DEMO).community
UP = [(Move.ESCALATE, rung) for rung in range(4)]
RUNGS = DEFAULT.rule_for("property.leak", "normal").rungs
AWAY = (Absence(start=MONDAY_TEN - timedelta(days=1), end=MONDAY_TEN + timedelta(days=1)),)


def without(community: Community, *codes: str) -> Community:
    gone = {code: replace(community.person(code), absences=AWAY) for code in codes}
    return replace(community, staff={**community.staff, **gone})


def told(
    community: Community,
    move: Move = Move.OVERDUE,
    rung: int | None = None,
    *,
    handler: str | None = "liushifu",
    watchers: tuple[str, ...] = (),
    **request: Any,
) -> Audience:
    of = {"matter": "property.leak", "kind": "report", "urgency": "normal", "place": HOME}
    task = Task(request=Request(**{**of, **request}), handler=handler, watchers=watchers)
    saying = Saying(move=move, step=0, rung=rung)
    return audience(task, saying, RUNGS, community, MONDAY_TEN)


def test_the_watcher_and_the_grid_worker_are_the_first_rung(demo: Community) -> None:
    found = told(demo, Move.ESCALATE, 0, watchers=("laozhang",))
    assert found == Audience(first=("laozhang", "xiaoli"), beside=("liushifu",))


def test_then_the_secretary_of_the_place_then_the_desk_then_the_street(demo: Community) -> None:
    there = replace(HOME, community="hsj", grid="hsj-1", estate="槐树街小区", building="hsj-b01")
    assert told(demo, Move.ESCALATE, 1).first == ("chenshuji",)
    assert told(demo, Move.ESCALATE, 1, place=there).first == ("qinshuji",)
    assert told(demo, Move.ESCALATE, 2).first == ("xiaomeng",)  # the one who is on duty
    assert told(demo, Move.ESCALATE, 3).first == ("zhuren",)


def test_a_level_on_leave_is_passed_over_unless_it_has_a_deputy(demo: Community) -> None:
    assert told(without(demo, "chenshuji"), Move.ESCALATE, 1).first == ("qinshuji",)
    both = without(demo, "chenshuji", "qinshuji")
    assert told(both, Move.ESCALATE, 1).first == ("xiaomeng",)


def test_who_is_late_is_not_asked_to_press_themselves(demo: Community) -> None:
    assert told(demo, Move.ESCALATE, 1, handler="chenshuji").first == ("xiaomeng",)


def test_where_nobody_knows_the_place_the_street_is_told(demo: Community) -> None:
    found = told(demo, Move.ESCALATE, 0, place=Place(), handler=None)
    assert found.first == ("xiaomeng",)


def test_the_secretary_of_the_branch_beside_the_place_is_found(demo: Community) -> None:
    of_branch = (Post(role=Role.SECRETARY, scope="xfl-1-cell"),)
    nearer = replace(demo.person("laozhang"), posts=of_branch)
    moved = replace(demo, staff={**demo.staff, "laozhang": nearer})
    assert told(moved, Move.ESCALATE, 1).first == ("laozhang",)


def test_whom_the_roster_names_is_told_and_not_who_has_the_post(demo: Community) -> None:
    tonight = Shift(
        role=Role.DESK, scope="hean", staff="xiaojiang", start=time(0), end=time(0), days=(0,)
    )
    assert told(replace(demo, rosters=(tonight,)), Move.ESCALATE, 2).first == ("xiaojiang",)


def test_a_conduct_report_never_reaches_who_it_is_about(demo: Community) -> None:
    second = replace(demo.person("zhuren"), posts=demo.person("yanjie").posts)
    two = replace(demo, staff={**demo.staff, "zhuren": second})
    found = told(two, confidential=True, handler="yanjie", against=frozenset({"yanjie"}))
    assert found == Audience(first=("zhuren",))
    up = told(two, Move.ESCALATE, 2, confidential=True, handler="yanjie")
    assert up == Audience(first=("zhuren",))


@given(
    st.sets(st.sampled_from(sorted(DEMO_COMMUNITY.staff))),
    st.sampled_from([None, *sorted(DEMO_COMMUNITY.staff)]),
    st.sampled_from([(Move.REMIND, None), (Move.OVERDUE, None), *UP]),
    st.sampled_from([HOME, Place(), Place(community="hsj")]),
    st.booleans(),
)
def test_whoever_is_on_leave_somebody_is_told_and_of_conduct_only_its_reader(
    away: set[str],
    handler: str | None,
    step: tuple[Move, int | None],
    place: Place,
    confidential: bool,
) -> None:
    community = without(DEMO_COMMUNITY, *away)
    found = told(
        community, step[0], step[1], handler=handler, place=place, confidential=confidential
    )
    assert found.first
    if confidential:
        assert (*found.first, *found.beside) == ("yanjie",)
    elif not set(community.staff) <= away and set(found.first) & away:
        # Somebody on leave is only told where neither desk nor street has anybody else.
        assert {"xiaomeng", "xiaojiang", "zhuren"} <= away
