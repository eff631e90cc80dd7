"""Who has to check what, by rules and samples."""

from __future__ import annotations

from typing import Any

import pytest

from bot.desk import closure
from bot.desk.errors import BadInput


def checked(*rules: dict[str, Any], number: str = "20261123-0001", **more: str) -> bool:
    about = {"matter": "safety.fire", "urgency": "normal", "kind": "report", **more}
    return closure.must_be_checked({"rules": list(rules)}, number=number, **about)


def test_the_first_rule_that_fits_says() -> None:
    assert checked({"matter": "safety.*"})
    assert not checked({"matter": "safety.*", "share": 0}, {"matter": "*"})
    assert checked({"matter": "order.*"}, {"urgency": "urgent"}, urgency="urgent")
    assert not checked({"urgency": "urgent"})
    assert not checked()


@pytest.mark.parametrize("kind", ["praise", "suggestion", "conduct"])
def test_thanks_ideas_and_conduct_are_not_checked(kind: str) -> None:
    assert not checked({"matter": "*"}, kind=kind)


def test_a_sample_is_a_share_and_always_the_same_one() -> None:
    numbers = [f"20261123-{n:04d}" for n in range(2000)]
    drawn = [n for n in numbers if checked({"share": 0.1}, number=n)]
    assert 140 <= len(drawn) <= 260
    assert drawn == [n for n in numbers if checked({"share": 0.1}, number=n)]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({}, "expected rules"),
        ({"rules": ["x"]}, "rule 1"),
        ({"rules": [{}, {"sahre": 1}]}, "rule 2: {'sahre'}"),
        ({"rules": [{"share": 2}]}, "expected 0 to 1"),
        ({"rules": [{"share": "half"}]}, "expected 0 to 1"),
    ],
)
def test_rules_that_do_not_fit_are_refused(own: Any, expected: str) -> None:
    with pytest.raises(BadInput, match=expected):
        closure.check_rules(own)
