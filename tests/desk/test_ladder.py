"""What a ladder file may say."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from bot.desk import ladder
from bot.desk.community import Community, Role
from bot.desk.errors import BadInput

ROLES = [role.value for role in Role]


def read(**rule: Any) -> ladder.LadderRule:
    return ladder.read({"rules": [{"code": "one", **rule}]}, ROLES).rules[0]


def test_the_ladder_of_the_demo_is_the_one_that_holds_without_a_file(demo: Community) -> None:
    assert demo.rules["ladder"]
    for matter, urgency in (("x", "emergency"), ("x", "urgent"), ("order.ebike", "normal")):
        theirs = demo.ladder.rule_for(matter, urgency)
        default = ladder.DEFAULT.rule_for(matter, urgency)
        assert (theirs.rungs, theirs.remind_share) == (default.rungs, default.remind_share)
    assert (
        demo.ladder.quiet
        == ladder.DEFAULT.quiet
        == ladder.Quiet(start=time(21, 30), end=time(7, 30))
    )


def test_the_urgency_says_more_than_the_matter() -> None:
    found = ladder.read(
        {
            "rules": [
                {"code": "exact", "matter": "order.ebike"},
                {"code": "urgent", "urgency": "urgent"},
                {"code": "group", "matter": "order.*"},
            ]
        },
        ROLES,
    )
    assert found.rule_for("order.ebike", "urgent").code == "urgent"
    assert found.rule_for("order.ebike", "normal").code == "exact"
    assert found.rule_for("order.parking", "normal").code == "group"
    assert found.rule_for("property.leak", "normal").rungs  # no rule fits: a ladder all the same


def test_reminders_are_one_share_or_hours_that_get_fewer() -> None:
    assert read(remind=["75%"]).remind_share == 0.75
    assert read(remind=["24h", "1.5h"]).remind_before == (timedelta(hours=24), timedelta(hours=1.5))
    assert read().reminders == 0


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"remind": ["75%", "2h"]}, "75%"),
        ({"remind": ["2h", "4h"]}, "fewer"),
        ({"remind": ["0h"]}, "0h"),
        ({"remind": "75%"}, "list"),
        ({"urgency": "hot"}, "urgency is 'hot'"),
        ({"at_night": "perhaps"}, "at_night"),
        ({"escalate": [{"after_hours": 2}]}, "to is"),
        ({"escalate": [{"after_hours": 2, "to": ["mayor"]}]}, "mayor"),
        ({"escalate": [{"after_hours": True, "to": ["desk"]}]}, "after_hours is True"),
        ({"escalate": [{"after_hours": -1, "to": ["desk"]}]}, "after_hours is -1"),
        ({"escalate": ["desk"]}, "after_hours and to"),
        (
            {"escalate": [{"after_hours": 2, "to": ["desk"]}, {"after_hours": 2, "to": ["admin"]}]},
            "get more",
        ),
    ],
)
def test_a_bad_rule_is_named_with_what_was_expected(rule: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match="rule one: ") as refused:
        read(**rule)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"rules": []},
        {"rules": [{"code": "a"}, {"code": "a"}]},
        {"rules": [{"matter": "*"}]},
        {"rules": [{"code": "a"}], "quiet": {"from": "21:30"}},
        {"rules": [{"code": "a"}], "quiet": {"from": "21:30", "to": "21:30"}},
        {"rules": [{"code": "a"}], "digest_hours": "often"},
    ],
)
def test_a_bad_file_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="expected"):
        ladder.read(values, ROLES)
