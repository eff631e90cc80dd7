"""Whose task it is, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.desk import kinds, routing
from bot.desk.community import Community, Place, Post, Role, Schedule
from tests.conftest import HOME, MONDAY_TEN
from tests.desk.deciding import AT_NIGHT, changed, on_leave, rule, ruled, send

NOWHERE = Place()
SOMEWHERE_IN_XFL = Place(community="xfl", confidence=0.8)
EVERY_KIND = tuple(kinds.OF_INTENT.values())


@pytest.mark.parametrize("backwards", [False, True])
def test_the_most_specific_matter_wins_wherever_its_rule_stands(
    demo: Community, backwards: bool
) -> None:
    rules = [
        rule(Role.DESK),
        rule(Role.SECRETARY, matter="order.*"),
        rule(Role.GRID_WORKER, matter="order.ebike"),
    ]
    community = ruled(demo, *(reversed(rules) if backwards else rules))
    assert send(community, "order.ebike").assignee == "xiaoli"
    assert send(community, "order.pets").assignee == "chenshuji"
    assert send(community, "traffic.road").assignee == "xiaomeng"


def test_urgency_counts_before_kind_and_kind_before_matter(demo: Community) -> None:
    community = ruled(
        demo,
        rule(Role.GRID_WORKER, matter="order.ebike", area="xfl-1"),
        rule(Role.SECRETARY, kind="praise"),
        rule(Role.DUTY, urgency="emergency"),
    )
    assert send(community).assignee == "xiaoli"
    assert send(community, kind="praise").assignee == "chenshuji"
    assert send(community, kind="praise", urgency="emergency").assignee in ("dingge", "baijie")


def test_between_rules_for_the_same_matter_the_nearer_area_wins(demo: Community) -> None:
    community = ruled(
        demo,
        rule(Role.DESK, area="hean"),
        rule(Role.SECRETARY, area="xfl"),
        rule(Role.GRID_WORKER, area="xfl-1"),
    )
    assert send(community).assignee == "xiaoli"
    assert send(community, place=replace(HOME, building=None, grid="xfl-2")).assignee == "chenshuji"
    assert send(community, place=Place(community="hsj")).assignee == "xiaomeng"


def test_without_a_fitting_rule_the_desk_sorts_it(demo: Community) -> None:
    decision = send(ruled(demo, rule(Role.GRID_WORKER, matter="traffic.*")))
    assert decision.assignee is None
    assert "受理台" in decision.reason


@pytest.mark.parametrize(
    ("building", "helper"),
    [
        ("xfl-b03", "sunayi"),  # of the grid
        ("xfl-b05", "zhenglaoshi"),  # of the building
        ("xfl-b08", "gaogong"),  # of the building, though his grid is another
        ("hsj-b10", "tangdaifu"),
    ],
)
def test_a_neighbours_quarrel_goes_to_the_party_member_nearest_to_the_door(
    demo: Community, building: str, helper: str
) -> None:
    door = Place(building=building)
    assert send(demo, "neighbour.dispute", place=door).assignee == helper


def test_an_estate_without_a_building_goes_to_somebody_of_that_estate(demo: Community) -> None:
    estate = Place(community="hsj", grid="hsj-1", estate="槐树街小区")
    busy = {"zhaojie": 9}  # busier than those of the other grids, and still the one
    assert send(demo, "neighbour.dispute", place=estate, load=busy).assignee == "zhaojie"


def test_a_place_known_only_as_community_goes_to_a_grid_worker_of_it(demo: Community) -> None:
    busy = {"xiaoli": 5, "laozhang": 1, "xiaohe": 2}
    assert send(demo, place=SOMEWHERE_IN_XFL, load=busy).assignee == "laozhang"
    away = on_leave(demo, "laozhang", "xiaoli", "xiaohe")
    assert send(away, place=SOMEWHERE_IN_XFL, load=busy).assignee == "chenshuji"


def test_the_deputy_steps_in_for_somebody_on_leave_and_the_reason_says_so(
    demo: Community,
) -> None:
    decision = send(on_leave(demo, "xiaoli"))
    assert decision.assignee == "xiaohe"
    assert "小李请假，由小何代办" in decision.reason


def test_when_the_deputy_is_away_too_the_next_role_of_the_chain_has_it(demo: Community) -> None:
    assert send(on_leave(demo, "xiaoli", "xiaohe")).assignee == "chenshuji"


def test_a_deputy_may_be_of_another_community(demo: Community) -> None:
    community = on_leave(ruled(demo, rule(Role.SECRETARY)), "chenshuji")
    assert send(community).assignee == "qinshuji"


def test_nobody_who_is_on_leave_is_ever_responsible_or_looks_on(demo: Community) -> None:
    for code in demo.staff:
        away = on_leave(demo, code)
        for matter in demo.categories:
            decision = send(away, matter, urgency=demo.category(matter).urgency)
            assert code not in (decision.assignee, *decision.watchers), matter


def test_when_everybody_is_on_leave_the_ticket_waits_to_be_sorted(demo: Community) -> None:
    decision = send(on_leave(demo, *demo.staff))
    assert decision.assignee is None
    assert decision.watchers == ()


def test_at_night_the_one_on_duty_goes_before_the_one_who_sleeps(demo: Community) -> None:
    leak = {"matter": "property.leak", "urgency": "urgent"}
    assert send(demo, **leak).assignee == "liushifu"
    assert send(demo, **leak, now=AT_NIGHT, load={"songshifu": 9}).assignee == "songshifu"


def test_who_is_off_duty_still_gets_it_and_everybody_reads_from_when(demo: Community) -> None:
    decision = send(demo, "order.pets", now=AT_NIGHT)
    assert decision.assignee == "xiaoli"
    assert "11月24日08:30上班后接单" in decision.reason


def test_somebody_without_duty_hours_comes_last(demo: Community) -> None:
    never = Schedule(code="never", name="无", periods={})
    community = replace(demo, schedules={**demo.schedules, "never": never})
    community = changed(community, "dingge", schedule="never")
    fire = {"matter": "safety.fire", "urgency": "emergency", "load": {"baijie": 50}}
    assert send(community, **fire).assignee == "baijie"
    alone = on_leave(changed(community, "dingge", schedule="never", deputy=None), "baijie")
    assert send(changed(alone, "baijie", deputy=None), **fire).assignee == "dingge"


def test_among_those_on_duty_whoever_has_least_in_hand_gets_it(demo: Community) -> None:
    fire = {"matter": "safety.fire", "urgency": "emergency"}
    assert send(demo, **fire, load={"dingge": 3, "baijie": 2}).assignee == "baijie"
    assert send(demo, **fire, load={"dingge": 1, "baijie": 2}).assignee == "dingge"


def test_a_department_gets_only_what_it_is_in_charge_of(demo: Community) -> None:
    assert send(demo, "traffic.signal").assignee == "zhoujingguan"
    assert send(demo, "traffic.road").assignee == "shigong"


@pytest.mark.parametrize(
    "conduct", [{"kind": "conduct"}, {"matter": "admin.conduct"}], ids=["kind", "matter"]
)
def test_a_conduct_report_goes_to_the_discipline_contact_whatever_the_rules_say(
    demo: Community, conduct: dict[str, str]
) -> None:
    leaky = ruled(demo, rule(Role.GRID_WORKER, **conduct, watch=(Role.SECRETARY, Role.DUTY)))
    for community in (demo, leaky, ruled(demo)):
        decision = send(community, **conduct, urgency="emergency", confidence=0.0)
        assert (decision.assignee, decision.watchers) == ("yanjie", ())


def test_a_conduct_report_does_not_go_to_a_deputy_of_another_post(demo: Community) -> None:
    community = on_leave(changed(demo, "yanjie", deputy="xiaoli"), "yanjie")
    assert send(community, kind="conduct").assignee is None


def test_a_deputy_who_is_a_discipline_contact_too_takes_conduct_reports(demo: Community) -> None:
    second = changed(demo, "zhuren", posts=(Post(role=Role.DISCIPLINE, scope="hsj"),))
    community = on_leave(changed(second, "yanjie", deputy="zhuren"), "yanjie")
    assert send(community, kind="conduct").assignee == "zhuren"


def test_a_conduct_report_that_has_to_wait_is_not_promised_to_the_desk(demo: Community) -> None:
    decision = send(on_leave(demo, "yanjie"), kind="conduct")
    assert decision.assignee is None
    assert "受理台" not in decision.reason


def test_a_matter_that_was_hardly_understood_is_sorted_by_hand(demo: Community) -> None:
    assert send(demo, confidence=0.19).assignee is None
    assert send(demo, confidence=0.2).assignee == "xiaoli"
    strict = replace(demo, settings={**demo.settings, "triage_below": "0.6"})
    assert send(strict, confidence=0.5).assignee is None


def test_the_grid_worker_looks_on_while_property_repairs(demo: Community) -> None:
    decision = send(demo, "property.leak", urgency="urgent")
    assert (decision.assignee, decision.watchers) == ("liushifu", ("xiaoli",))


def test_nobody_looks_on_twice_or_at_their_own_task(demo: Community) -> None:
    eager = rule(Role.GRID_WORKER, watch=(Role.GRID_WORKER, Role.SECRETARY, Role.SECRETARY))
    assert send(ruled(demo, eager)).watchers == ("chenshuji",)


def test_the_reason_names_area_matter_person_and_who_looks_on(demo: Community) -> None:
    reason = send(demo, "property.elevator", urgency="urgent").reason
    for words in ("幸福里第一网格", "电梯故障", "物业维修工程师 刘师傅", "小李", "关注"):
        assert words in reason


def test_the_reason_names_the_role_when_the_title_is_that_of_another(demo: Community) -> None:
    assert "责任党员 孙阿姨" in send(demo, "neighbour.dispute").reason


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("place", [HOME, SOMEWHERE_IN_XFL, NOWHERE], ids=["door", "area", "none"])
@pytest.mark.parametrize("now", [MONDAY_TEN, AT_NIGHT], ids=["morning", "night"])
def test_every_matter_of_the_demo_reaches_somebody_who_is_in_charge(
    demo: Community, kind: str, place: Place, now: datetime
) -> None:
    for category in demo.categories.values():
        urgency = category.urgency if kind == "report" else "normal"
        decision = send(demo, category.code, kind=kind, urgency=urgency, place=place, now=now)
        assert decision.assignee, category.code
        confidential = routing.is_confidential(category.code, kind)
        assert (decision.assignee == "yanjie") is confidential, category.code
