"""What holds for every ticket, whoever is away, busy, complained of or on the roster."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.desk import duty, kinds, routing
from bot.desk.community import Absence, Community, Help, Place, Role, Shift
from bot.desk.routing import Decision, Request
from tests.conftest import HOME, MONDAY_TEN

PLACES = (
    HOME,
    Place(building="hsj-b10"),
    Place(community="xfl", grid="xfl-3"),
    Place(community="hsj", estate="铁路宿舍"),
    Place(community="hsj"),
    Place(community="hean"),
    Place(),
)
LEAVE = Absence(start=MONDAY_TEN - timedelta(days=1), end=MONDAY_TEN + timedelta(days=7))
EASY = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def communities(draw: st.DrawFn, demo: Community) -> Community:
    """The demo with some away (sometimes all), some limited, some deputies and rosters changed."""
    codes = sorted(demo.staff)
    some = st.sets(st.sampled_from(codes))
    away = draw(some | st.just(set(codes)))
    limited = draw(some)
    deputies = draw(st.dictionaries(st.sampled_from(codes), st.sampled_from(codes)))
    staff = {
        code: replace(
            person,
            absences=(LEAVE,) if code in away else (),
            capacity=draw(st.integers(0, 3)) if code in limited else None,
            deputy=deputies.get(code, person.deputy),
        )
        for code, person in demo.staff.items()
    }
    on_duty = draw(st.lists(st.sampled_from(codes), max_size=3))
    roles = st.sampled_from(list(Role))
    rosters = tuple(
        Shift(
            role=draw(roles),
            scope=draw(st.sampled_from(("hean", "xfl", "xfl-1"))),
            staff=code,
            start=time(8),
            end=time(20),
            date=date(2026, 11, 23),
        )
        for code in on_duty
    )
    rules = tuple(replace(rule, assist=draw(st.sampled_from(((), (Help(role=Role.PROPERTY),)))))
                  for rule in demo.routing)  # fmt: skip
    return replace(demo, staff=staff, rosters=rosters, routing=rules)


@st.composite
def requests(draw: st.DrawFn, demo: Community) -> Request:
    return Request(
        matter=draw(st.sampled_from(sorted(demo.categories))),
        kind=draw(st.sampled_from(sorted(set(kinds.OF_INTENT.values())))),
        urgency=draw(st.sampled_from(("normal", "urgent", "emergency"))),
        place=draw(st.sampled_from(PLACES)),
        confidence=draw(st.sampled_from((0.1, 0.9))),
        confidential=draw(st.booleans()),
        against=frozenset(draw(st.sets(st.sampled_from(sorted(demo.staff)), max_size=3))),
    )


def decided(data: st.DataObject, demo: Community) -> tuple[Community, Request, Decision]:
    community, request = data.draw(communities(demo)), data.draw(requests(demo))
    loads = data.draw(st.dictionaries(st.sampled_from(sorted(demo.staff)), st.integers(0, 5)))

    def load(_codes: object) -> dict[str, int]:
        return loads

    decision = routing.decide(request, community=community, load=load, now=MONDAY_TEN)
    return community, request, decision


@EASY
@given(st.data())
def test_nobody_absent_and_nobody_complained_of_ever_has_a_part(
    demo: Community, data: st.DataObject
) -> None:
    community, request, decision = decided(data, demo)
    assistants = [assistant.staff for assistant in decision.assistants]
    part = [code for code in (decision.assignee, *decision.watchers, *assistants) if code]
    assert not any(duty.is_absent(community.person(code), MONDAY_TEN) for code in part)
    assert not request.against & set(part)
    assert len(part) == len(set(part))


@EASY
@given(st.data())
def test_somebody_has_it_or_somebody_is_told(demo: Community, data: st.DataObject) -> None:
    _, request, decision = decided(data, demo)
    assert decision.assignee or decision.told
    assert decision.reason
    assert not request.against & set(decision.told) or not request.is_hidden


@EASY
@given(st.data())
def test_conduct_goes_to_discipline_alone(demo: Community, data: st.DataObject) -> None:
    community, request, decision = decided(data, demo)
    if not request.is_hidden:
        return
    assert decision.watchers == () and decision.assistants == () and not decision.queued
    assert decision.assignee is None or community.person(decision.assignee).holds(Role.DISCIPLINE)


@EASY
@given(st.data())
def test_nobody_at_capacity_gets_what_can_wait(demo: Community, data: st.DataObject) -> None:
    community, request = data.draw(communities(demo)), data.draw(requests(demo))

    def load(codes: object) -> dict[str, int]:
        return dict.fromkeys(codes, 9)  # type: ignore[attr-defined]

    decision = routing.decide(request, community=community, load=load, now=MONDAY_TEN)
    if decision.assignee and request.urgency == "normal" and not request.is_hidden:
        assert community.person(decision.assignee).capacity is None
    if decision.queued:
        assert decision.assignee is None and request.urgency == "normal"


@EASY
@given(st.data())
def test_the_same_question_has_the_same_answer(demo: Community, data: st.DataObject) -> None:
    community, request, _ = decided(data, demo)
    backwards = dict(reversed(list(community.staff.items())))

    def answer(of: Community) -> str | None:
        return routing.decide(request, community=of, load=lambda _: {}, now=MONDAY_TEN).assignee

    assert answer(community) == answer(replace(community, staff=backwards))
