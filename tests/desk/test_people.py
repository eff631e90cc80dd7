"""What somebody is to a ticket, and whether they may see it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.desk import people
from bot.desk.community import Community, Place
from bot.desk.moves import Actor
from bot.desk.people import SYSTEM, Person
from tests.conftest import HOME, staff

WANGAYI, YANGXIANSHENG = Person(resident_id=1), Person(resident_id=2)
# 王阿姨's ticket: 小李 has it, 陈书记 looks on.
HERS = {"assignee": "xiaoli", "helpers": ["chenshuji"], "resident_id": 1, "confidential": False}
CONDUCT = {"assignee": "yanjie", "helpers": [], "resident_id": 1, "confidential": True}


def seers(demo: Community, ticket: dict[str, Any]) -> set[str]:
    """The members of staff who may see the ticket."""
    return {code for code in demo.staff if people.may_see(staff(demo, code), **ticket)}


def part(person: Person, **more: Any) -> frozenset[Actor]:
    return people.actors(person, **{**HERS, "helpers": [], **more})


def test_handler_watchers_and_desk_see_a_ticket_and_no_other_staff(demo: Community) -> None:
    assert seers(demo, HERS) == {"xiaoli", "chenshuji", "xiaomeng", "xiaojiang", "zhuren"}


def test_only_the_discipline_contact_sees_a_conduct_report(demo: Community) -> None:
    assert seers(demo, CONDUCT) == {"yanjie"}
    assert not people.may_see(SYSTEM, **CONDUCT)


def test_handling_or_watching_does_not_open_a_conduct_report(demo: Community) -> None:
    leaked = {**CONDUCT, "assignee": "xiaoli", "helpers": ["zhuren"]}
    assert seers(demo, leaked) == {"yanjie"}


@pytest.mark.parametrize("ticket", [HERS, CONDUCT], ids=["ordinary", "conduct"])
def test_residents_see_their_own_tickets_and_nobody_elses(ticket: dict[str, Any]) -> None:
    assert people.may_see(WANGAYI, **ticket)
    assert not people.may_see(YANGXIANSHENG, **ticket)


def test_a_ticket_without_a_reporter_belongs_to_no_resident() -> None:
    assert not people.may_see(WANGAYI, **{**HERS, "resident_id": None})


def test_everybody_has_their_part(demo: Community) -> None:
    assert part(WANGAYI) == {Actor.RESIDENT}
    assert part(YANGXIANSHENG) == set()
    assert part(staff(demo, "xiaoli")) == {Actor.HANDLER}
    assert part(staff(demo, "laozhang")) == set()
    assert part(staff(demo, "xiaomeng")) == {Actor.DESK}
    assert part(staff(demo, "chenshuji")) == set()
    above = ["chenshuji", "zhuren"]
    assert part(staff(demo, "zhuren"), superiors=above) == {Actor.DESK, Actor.SUPERIOR}
    assert part(staff(demo, "chenshuji"), superiors=above) == {Actor.SUPERIOR}
    assert part(staff(demo, "xiaomeng"), assignee="xiaomeng") == {Actor.DESK, Actor.HANDLER}
    assert part(staff(demo, "laozhang"), helpers=["laozhang"]) == {Actor.HELPER}
    assert part(SYSTEM) == {Actor.SYSTEM}


def test_the_secretary_of_the_place_decides_and_where_there_is_none_the_administrator(
    demo: Community,
) -> None:
    assert people.superiors(HOME, demo, confidential=False) == ("chenshuji", "zhuren")
    elsewhere = Place(community="hsj", confidence=1.0)
    assert people.superiors(elsewhere, demo, confidential=False) == ("qinshuji", "zhuren")
    assert people.superiors(Place(), demo, confidential=False) == ("zhuren",)
    assert people.superiors(HOME, demo, confidential=True) == ("yanjie",)


def test_the_desk_has_no_part_in_a_conduct_report(demo: Community) -> None:
    assert part(staff(demo, "zhuren"), confidential=True) == set()
    assert part(staff(demo, "xiaomeng"), confidential=True) == set()
    assert part(staff(demo, "laozhang"), helpers=["laozhang"], confidential=True) == set()


def test_the_timeline_names_whoever_acted(demo: Community) -> None:
    assert staff(demo, "xiaoli").label == "staff:xiaoli"
    assert WANGAYI.label == "resident:1"
    assert SYSTEM.label == "system"
    assert Person(resident_id=0).label == "resident:0"
