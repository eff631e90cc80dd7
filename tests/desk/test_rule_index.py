"""Which rule decides, on which day; found without looking at all of them."""

from __future__ import annotations

from datetime import date, datetime, timezone
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.community import Community, Role, RoutingRule
from bot.desk.rule_index import RuleIndex
from tests.desk.deciding import rule, ruled, send

TODAY = date(2026, 11, 23)
MATTERS = ("utility.gas", "utility.water", "order.pets", "other", "a.b.c")
PATTERNS = (
    *MATTERS,
    "utility.*",
    "order.*",
    "*",
    "*.gas",
    "utility.[gw]*",
    "a.b.*",
    "a.*",
    "?ther",
)
AREAS = ("b1", "g1", "c1", "s1")


def test_a_rule_holds_from_its_first_to_its_last_day_in_local_time(demo: Community) -> None:
    community = ruled(
        demo,
        rule(Role.GRID_WORKER, code="old", valid_until=date(2026, 11, 23)),
        rule(Role.SECRETARY, code="new", valid_from=date(2026, 11, 24)),
    )
    before_midnight = datetime(2026, 11, 23, 15, 59, tzinfo=timezone.utc)  # in Beijing
    midnight = datetime(2026, 11, 23, 16, 0, tzinfo=timezone.utc)
    assert send(community, now=before_midnight).explanation.rule == "old"
    decision = send(community, now=midnight)
    assert (decision.assignee, decision.explanation.rule) == ("chenshuji", "new@2026-11-24")


def test_of_two_versions_in_force_the_later_one_decides(demo: Community) -> None:
    community = ruled(
        demo,
        rule(Role.SECRETARY, code="r", valid_from=date(2026, 6, 1)),
        rule(Role.GRID_WORKER, code="r"),
    )
    assert send(community).explanation.rule == "r@2026-06-01"


def test_a_decision_says_by_which_import_it_was_made(demo: Community) -> None:
    assert send(demo).explanation.community == demo.version


def test_a_longer_pattern_is_more_specific() -> None:
    rules = RuleIndex([rule(Role.DESK, matter=m) for m in ("a.*", "a.b.*", "*")])
    found = rules.deciding("a.b.c", "report", "normal", (), TODAY)
    assert found and found.matter == "a.b.*"


@st.composite
def rules(draw: st.DrawFn) -> RoutingRule:
    return RoutingRule(
        code=draw(st.uuids().map(str)),
        roles=(Role.DESK,),
        matter=draw(st.sampled_from(PATTERNS)),
        kind=draw(st.sampled_from(("*", "report", "praise"))),
        urgency=draw(st.sampled_from(("*", "urgent"))),
        area=draw(st.sampled_from(("*", *AREAS, "elsewhere"))),
        valid_from=draw(st.none() | st.dates(date(2026, 11, 20), date(2026, 11, 26))),
        valid_until=draw(st.none() | st.dates(date(2026, 11, 20), date(2026, 11, 26))),
    )


@given(
    st.lists(rules(), max_size=12),
    st.sampled_from(MATTERS),
    st.sampled_from(("report", "praise")),
    st.sampled_from(("normal", "urgent")),
    st.integers(0, len(AREAS)),
)
def test_the_index_finds_a_rule_exactly_when_a_search_through_all_does(
    given_rules: list[RoutingRule], matter: str, kind: str, urgency: str, near: int
) -> None:
    areas = AREAS[near:]
    fitting = [
        r
        for r in given_rules
        if fnmatchcase(matter, r.matter)
        and r.kind in ("*", kind)
        and r.urgency in ("*", urgency)
        and r.area in ("*", *areas)
        and (r.valid_from is None or r.valid_from <= TODAY)
        and (r.valid_until is None or r.valid_until >= TODAY)
    ]
    found = RuleIndex(given_rules).deciding(matter, kind, urgency, areas, TODAY)
    assert (found in fitting) if fitting else found is None
    if found and any(r.urgency != "*" for r in fitting):
        assert found.urgency != "*"
    elif found and any(r.kind != "*" for r in fitting):
        assert found.kind != "*"


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_way_of_writing_a_pattern_is_found_where_it_matches(pattern: str) -> None:
    index = RuleIndex([rule(Role.DESK, matter=pattern)])
    for matter in MATTERS:
        found = index.deciding(matter, "report", "normal", (), TODAY)
        assert (found is not None) is fnmatchcase(matter, pattern), (pattern, matter)
