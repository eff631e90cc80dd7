"""Reasons are data: the product's, and what a community makes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.desk import reasons
from bot.desk.community import Community
from bot.desk.errors import BadInput, UnknownThing
from bot.desk.moves import Move
from bot.desk.reasons import Group


def with_own(demo: Community, **groups: Any) -> Community:
    return replace(demo, rules={"reasons": reasons.check(groups)})


@pytest.mark.parametrize("group", Group)
def test_every_group_has_reasons_that_differ_and_fit_a_button(
    demo: Community, group: Group
) -> None:
    found = reasons.of(demo, group)
    codes, names = {r.code for r in found}, {r.name for r in found}
    assert len(found) == len(codes) == len(names) >= 4
    # The longest thing before a code: a verb, a number and a date.
    taps = [f"ask_extension:20261123-123456789:20261201:{code}" for code in codes]
    assert max(len(tap.encode()) for tap in taps) <= 64
    assert max(len(name) for name in names) <= 20


def test_every_refusal_to_take_a_case_says_why_and_where_to_turn(demo: Community) -> None:
    for reason in reasons.of(demo, Group.DECLINE):
        assert reason.text.endswith("。") and reason.refer.endswith("。"), reason.code


def test_whatever_is_typed_instead_of_chosen_has_a_code(demo: Community) -> None:
    typed = (Group.RETURN, Group.UNSOLVED, Group.EXTENSION, Group.HOLD, Group.REJECT)
    for group in typed:
        assert reasons.one(demo, group, reasons.OTHER).note, group


def test_a_community_adds_changes_and_takes_away(demo: Community) -> None:
    own = with_own(
        demo,
        hold=[
            {"code": "heating", "name": "等供暖季结束"},
            {"code": "money", "name": "等街道拨款"},
            {"code": "law", "gone": True},
        ],
    )
    names = {reason.code: reason.name for reason in reasons.of(own, Group.HOLD)}
    assert names["heating"] == "等供暖季结束" and names["money"] == "等街道拨款"
    assert "law" not in names and "plan" in names
    assert reasons.name_of(own, Move.HOLD, "law") == "law", "old timelines stay readable"
    assert reasons.of(demo, Group.HOLD) != reasons.of(own, Group.HOLD)


def test_the_clock_has_codes_of_its_own(demo: Community) -> None:
    assert reasons.name_of(demo, Move.CLOSE, reasons.NO_ANSWER) == "居民没有评价"


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ([], "expected groups"),
        ({"whim": []}, "'whim', expected one of decline"),
        ({"hold": {}}, "hold: expected a list"),
        ({"hold": [{"code": "x1"}]}, "at least code and name"),
        ({"hold": [{"code": "Ab", "name": "x"}]}, "lower case"),
        ({"hold": [{"code": "a" * 21, "name": "x"}]}, "2 to 20"),
        ({"hold": [{"code": "ab", "name": "x", "txt": "y"}]}, "txt is not known"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_where_it_is_wrong(own: Any, expected: str) -> None:
    with pytest.raises(BadInput, match=expected):
        reasons.check(own)


def test_a_code_that_is_none_is_unknown(demo: Community) -> None:
    with pytest.raises(UnknownThing):
        reasons.one(demo, Group.HOLD, "whim")
