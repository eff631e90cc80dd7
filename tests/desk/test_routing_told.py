"""A ticket that nobody has is told to the next level up, to the desk, and never to nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.desk.community import Branch, Community, Help, Place, Post, Role, RoutingRule
from tests.conftest import HOME
from tests.desk.deciding import changed, joined, on_leave, rule, ruled, send, without

GRID_WORKERS = ("xiaoli", "laozhang", "xiaohe")
DESK = ("xiaomeng", "xiaojiang")


@pytest.fixture
def grid_only(demo: Community) -> Community:
    """Only grid workers are in the chain."""
    return ruled(demo, rule(Role.GRID_WORKER, code="grid"))


def test_when_the_whole_chain_is_away_the_branch_secretary_and_the_desk_are_told(
    grid_only: Community,
) -> None:
    decision = send(on_leave(grid_only, *GRID_WORKERS))
    assert decision.assignee is None and not decision.queued
    assert decision.told == ("chenshuji", *DESK)
    assert "已告诉陈书记" in decision.reason


def test_a_secretary_on_leave_is_told_through_the_deputy(grid_only: Community) -> None:
    decision = send(on_leave(grid_only, *GRID_WORKERS, "chenshuji"))
    assert decision.told[0] == "qinshuji"


def test_above_a_community_without_a_secretary_the_one_of_the_street_is_told(
    grid_only: Community,
) -> None:
    community = joined(grid_only, "gaoshuji", Role.SECRETARY, "hean")
    away = on_leave(community, *GRID_WORKERS, "chenshuji", "qinshuji")
    assert send(away).told == ("gaoshuji", *DESK)


def test_the_secretary_of_a_branch_beside_the_grid_is_nearer_than_that_of_the_community(
    grid_only: Community,
) -> None:
    branches = {
        "upper": Branch(code="upper", name="幸福里社区党委", area="xfl"),
        "first": Branch(code="first", name="第一网格党支部", area="xfl-1", parent="upper"),
    }
    community = replace(grid_only, branches=branches)
    community = joined(community, "gaogong2", Role.SECRETARY, "first")
    away = on_leave(community, *GRID_WORKERS)
    assert send(away).told == ("gaogong2", *DESK)
    assert send(on_leave(away, "gaogong2")).told == ("chenshuji", *DESK)
    elsewhere = Place(community="xfl", grid="xfl-2", building="xfl-b05")
    assert send(away, place=elsewhere).told == ("chenshuji", *DESK)


def test_a_branch_is_reached_over_its_parent_wherever_that_lies(grid_only: Community) -> None:
    branches = {
        "guild": Branch(code="guild", name="行业党委", area="hsj"),
        "first": Branch(code="first", name="第一网格党支部", area="xfl-1", parent="guild"),
    }
    community = without(replace(grid_only, branches=branches), Role.SECRETARY)
    community = joined(community, "weishuji", Role.SECRETARY, "guild")
    assert send(on_leave(community, *GRID_WORKERS)).told == ("weishuji", *DESK)


def test_an_unclear_matter_is_the_desks_and_no_secretarys(demo: Community) -> None:
    assert send(demo, confidence=0.0).told == DESK


def test_without_a_desk_the_administrator_is_told(demo: Community) -> None:
    assert send(on_leave(demo, *DESK), confidence=0.0).told == ("zhuren",)


def test_when_the_desk_and_the_administrator_are_on_leave_they_are_told_all_the_same(
    demo: Community,
) -> None:
    assert send(on_leave(demo, *demo.staff), confidence=0.0).told == DESK


@pytest.mark.parametrize("place", [HOME, Place(community="hsj"), Place()])
def test_where_there_is_neither_desk_nor_administrator_somebody_is_told(
    demo: Community, place: Place
) -> None:
    community = without(demo, Role.DESK, Role.ADMIN)
    assert send(community, confidence=0.0, place=place).told


def test_a_desk_that_serves_everywhere_is_above_every_street(demo: Community) -> None:
    community = joined(without(demo, Role.DESK), "chengyun", Role.DESK, "*")
    for place in (HOME, Place()):
        assert send(community, confidence=0.0, place=place).told == ("chengyun",)


def test_somebody_who_has_it_leaves_nobody_to_tell(demo: Community) -> None:
    assert send(demo).told == ()


def test_a_co_handler_who_is_needed_and_missing_is_told_to_the_desk(demo: Community) -> None:
    needed = RoutingRule(
        code="both",
        roles=(Role.GRID_WORKER,),
        assist=(Help(role=Role.PROPERTY), Help(role=Role.BUILDING_HEAD, required=False)),
    )
    community = ruled(demo, needed)
    decision = send(community)
    assert [(a.staff, a.required) for a in decision.assistants] == [
        ("liushifu", True),
        ("sunayi", False),
    ]
    assert (decision.told, decision.explanation.missing) == ((), ())
    away = on_leave(community, "liushifu", "fengshifu", "songshifu", "sunayi", "zhenglaoshi")
    decision = send(away)
    assert (decision.assignee, decision.assistants) == ("xiaoli", ())
    assert decision.explanation.missing == (Role.PROPERTY,)
    assert decision.told == DESK
    assert "协办的物业暂无人在岗" in decision.reason


def test_nobody_lends_a_hand_to_themselves_or_looks_on_as_well(demo: Community) -> None:
    eager = RoutingRule(
        code="eager",
        roles=(Role.PARTY_MEMBER,),
        assist=(Help(role=Role.BUILDING_HEAD), Help(role=Role.GRID_WORKER)),
        watch=(Role.GRID_WORKER, Role.SECRETARY),
    )
    decision = send(ruled(demo, eager))
    assert decision.assignee == "sunayi"  # who is the building head, too
    assert [assistant.staff for assistant in decision.assistants] == ["xiaoli"]
    assert decision.watchers == ("chenshuji",)


def test_a_person_may_hold_a_post_of_the_branch_for_members_of_it(demo: Community) -> None:
    branch = Branch(code="first", name="第一网格党支部", area="xfl-1")
    community = replace(demo, branches={"first": branch})
    posts = (Post(role=Role.PARTY_MEMBER, scope="first"),)
    community = changed(community, "gaogong", posts=posts, branch="first")
    community = without(changed(community, "sunayi", posts=()), Role.BUILDING_HEAD)
    decision = send(community, "neighbour.dispute")
    assert decision.assignee == "gaogong"
    assert "第一网格党支部 党员志愿者（退休工程师） 高工" in decision.reason
