"""Several streets in one installation: nothing is given to just any of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.desk.community import Area, AreaKind, Community, Place, Role
from bot.desk.errors import BadInput
from bot.services import community_checks
from tests.desk.deciding import joined, on_leave, send

NOWHERE = Place()


@pytest.fixture
def two_streets(demo: Community) -> Community:
    other = Area(code="other", kind=AreaKind.STREET, name="和平街道")
    community = replace(demo, areas={**demo.areas, "other": other})
    for code, role in (("hetao", Role.DESK), ("heping", Role.LIAISON), ("hejian", Role.ADMIN)):
        community = joined(community, code, role, "other")
    return community


def test_an_unknown_place_is_for_the_desk_to_find_out(two_streets: Community) -> None:
    decision = send(two_streets, "traffic.road", place=NOWHERE)
    assert decision.assignee is None and not decision.queued
    assert set(decision.told) == {"xiaomeng", "xiaojiang", "hetao"}
    assert "不知道在哪个街道" in decision.reason


def test_of_a_known_street_only_its_own_people_are_told(two_streets: Community) -> None:
    assert send(two_streets, confidence=0.0, place=Place(community="other")).told == ("hetao",)
    assert "hetao" not in send(two_streets, confidence=0.0).told


def test_whoever_serves_everywhere_gets_what_has_no_place(two_streets: Community) -> None:
    community = joined(two_streets, "chengyun", Role.LIAISON, "*")
    assert send(community, "traffic.road", place=NOWHERE).assignee == "chengyun"


def test_when_every_desk_is_away_every_desk_is_told_all_the_same(two_streets: Community) -> None:
    away = on_leave(two_streets, *two_streets.staff)
    assert set(send(away, place=NOWHERE).told) == {"xiaomeng", "xiaojiang", "hetao"}


def test_a_conduct_report_without_a_place_needs_a_contact_for_everywhere(
    two_streets: Community,
) -> None:
    with pytest.raises(BadInput, match=r"discipline@\*"):
        community_checks.check(two_streets, {})
    community = joined(two_streets, "jiwei", Role.DISCIPLINE, "*")
    community_checks.check(community, {})
    assert send(community, kind="conduct", place=NOWHERE).assignee == "jiwei"
    assert send(community, kind="conduct").assignee == "yanjie"
    report = {"kind": "conduct", "against": frozenset(["yanjie"])}
    assert send(community, **report).assignee == "jiwei"
