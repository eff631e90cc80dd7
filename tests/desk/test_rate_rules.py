"""A community's own formulas for its rates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import yaml

from bot.desk import rate_rules
from bot.desk.errors import BadInput
from bot.desk.rate_rules import Belonging, Exclusion, Rate, RateRules, Silence
from tests.conftest import CHECKOUT


def test_what_is_not_said_stays_as_usual() -> None:
    assert rate_rules.read({}) == RateRules()
    assert rate_rules.read({"top_levels": 2}) == RateRules(top_levels=2)


def test_the_page_about_rates_shows_what_is_usual() -> None:
    page = (CHECKOUT / "docs" / "rates.md").read_text("utf-8")
    example = page.split("```yaml")[1].split("```")[0]
    assert rate_rules.read(yaml.safe_load(example)) == RateRules()


def test_everything_can_be_said() -> None:
    found = rate_rules.check(
        {
            "within": "24h",
            "resolved_counts": False,
            "top_levels": 4,
            "silence": "good",
            "answers_belong_to": "answered",
            "exclude": [
                {"code": "wish", "name": "心愿", "matter": "participation.*", "rates": ["solved"]}
            ],
        }
    )
    assert rate_rules.read(found) == RateRules(
        within=timedelta(hours=24),
        resolved_counts=False,
        top_levels=4,
        silence=Silence.GOOD,
        answers_belong_to=Belonging.ANSWERED,
        exclude=(
            Exclusion(code="wish", name="心愿", matter="participation.*", rates=(Rate.SOLVED,)),
        ),
    )


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"wihtin": "24h"}, "wihtin is not known, expected some of within"),
        ({"within": "soon"}, "'soon' is no span of time"),
        ({"within": "2 working days"}, "expected deadline, or natural time such as 24h"),
        ({"resolved_counts": "yes"}, "resolved_counts is 'yes', expected true or false"),
        ({"top_levels": 0}, "top_levels is 0, expected 1 to 5"),
        ({"silence": "gold"}, "silence is 'gold', expected left_out, good, bad"),
        ({"exclude": {}}, "exclude: expected a list"),
        ({"exclude": [{"code": "x"}]}, "expected at least code and name"),
        ({"exclude": [{"code": "x", "name": "y"}]}, "exclude: x: no condition"),
        ({"exclude": [{"code": "x", "name": "y", "staus": "z"}]}, "x: staus is not known"),
        ({"exclude": [{"code": "x", "name": "y", "status": "gone"}]}, "status is 'gone', expected"),
        (
            {"exclude": [{"code": "x", "name": "y", "kind": "praise", "rates": ["all"]}]},
            "x: rates is 'all', expected response, solved, satisfied",
        ),
        (
            {"exclude": [{"code": "x", "name": "y", "kind": "praise"}] * 2},
            "exclude: x occurs twice",
        ),
    ],
)
def test_what_is_wrong_is_named(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadInput, match=r"rates\.yml: ") as found:
        rate_rules.check(values)
    assert reason in str(found.value)
