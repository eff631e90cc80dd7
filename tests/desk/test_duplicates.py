"""Which reports may be about the same thing, and what a neighbour may read of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.desk import duplicates
from bot.desk.community import Community, Place
from bot.desk.duplicate_rules import USUAL, DuplicateRule, Near
from bot.desk.duplicates import Report
from bot.language.alike import likeness
from tests.conftest import HOME, MONDAY_TEN

LIFT = Report(
    matter="property.elevator", place=HOME, text="电梯停了，老人下不来", opened_at=MONDAY_TEN
)
UNIT = DuplicateRule(code="x", near=Near.UNIT)
GRID = DuplicateRule(code="x", near=Near.GRID)


def alike(new: Report, known: Report, rule: DuplicateRule) -> bool:
    return duplicates.likeness_of(new, known, rule, likeness) > 0


def test_the_same_lift_in_other_words_is_the_same() -> None:
    assert alike(LIFT, replace(LIFT, text="2单元电梯坏了没人修"), UNIT)


def test_the_lift_of_another_entrance_is_another_lift() -> None:
    other = replace(LIFT, place=replace(HOME, unit="3"))
    assert not alike(LIFT, other, UNIT)
    assert alike(LIFT, replace(LIFT, place=replace(HOME, unit=None, room=None)), UNIT)


def test_the_same_words_in_another_building_or_estate_are_another_matter() -> None:
    house = replace(HOME, building="xfl-b04")
    assert not alike(LIFT, replace(LIFT, place=house), UNIT)
    assert alike(LIFT, replace(LIFT, place=house), GRID)  # heard and seen from both
    assert not alike(LIFT, replace(LIFT, place=replace(house, estate="幸福里南区")), GRID)


def test_other_words_about_the_same_matter_are_another_matter() -> None:
    lamp = replace(LIFT, matter="property.facility", text="楼道灯坏了")
    assert not alike(lamp, replace(lamp, text="单元门关不上，锁坏了"), UNIT)


def test_the_name_of_the_estate_makes_nothing_alike() -> None:
    lamp = replace(LIFT, matter="property.facility", text="幸福里小区楼道灯不亮")
    assert not alike(lamp, replace(lamp, text="幸福里小区的单元门锁掉了"), UNIT)


def test_a_place_that_is_known_only_roughly_needs_words_that_are_more_alike() -> None:
    rough = Place(grid="xfl-1", estate="幸福里小区")
    noise = Report(matter="x", place=HOME, text="烧烤摊油烟味大", opened_at=MONDAY_TEN)
    there = replace(noise, place=rough, text="饭店油烟太呛了")
    assert alike(noise, there, GRID)
    assert not alike(noise, there, replace(GRID, near=Near.BUILDING))
    assert not alike(noise, replace(there, place=Place(community="xfl")), GRID)


def test_what_was_reported_before_the_window_is_over_and_done() -> None:
    before = replace(LIFT, opened_at=MONDAY_TEN - timedelta(hours=73))
    assert not alike(LIFT, before, replace(UNIT, hours=72))
    assert alike(LIFT, before, replace(UNIT, hours=74))


def test_no_hours_switch_it_off(demo: Community) -> None:
    assert not alike(LIFT, LIFT, replace(UNIT, hours=0))
    off = replace(demo, duplicates=(DuplicateRule(code="all", hours=0),))
    assert duplicates.matters_to_ask("property.elevator", ("property.elevator",), off) == []


def test_the_demo_says_what_the_desk_does_without_rules(demo: Community) -> None:
    assert demo.duplicates == USUAL


@pytest.mark.parametrize("matter", ["admin.conduct", "welfare.assistance", "safety.fire", "other"])
def test_what_is_delicate_or_dangerous_is_never_asked_about(demo: Community, matter: str) -> None:
    assert duplicates.matters_to_ask(matter, (matter, "property.leak"), demo) == []


def test_what_the_words_may_mean_as_well_is_looked_for(demo: Community) -> None:
    readings = ("utility.power", "utility.streetlight", "order.ads")
    found = duplicates.matters_to_ask("utility.power", readings, demo)
    assert found == ["utility.power", "utility.streetlight"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("电梯停着不走，我是501的王阿姨，电话13800000000", "电梯停着不走"),
        ("我家老人瘫痪在床，电梯坏了下不了楼", "电梯坏了下不了楼"),
        ("5楼502室往下漏水", ""),
        ("垃圾三天没人收，招苍蝇", "垃圾三天没人收，招苍蝇"),
    ],
)
def test_nobody_is_named_to_a_neighbour(text: str, told: str) -> None:
    assert duplicates.told(text) == told
