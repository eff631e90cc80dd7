"""Conduct reports: for the discipline contact alone, and never for whoever is complained of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.desk import conduct
from bot.desk.community import Branch, Community, Post, Role
from bot.desk.routing import Decision, Why
from tests.desk.deciding import changed, joined, on_leave, send


def report(community: Community, *against: str) -> Decision:
    return send(community, "admin.conduct", kind="conduct", against=frozenset(against))


@pytest.fixture
def two_levels(demo: Community) -> Community:
    """A discipline contact in the community, and 严姐 above, in the street."""
    return joined(demo, "xiaoyan", Role.DISCIPLINE, "xfl")


def test_the_nearest_discipline_contact_reads_it(two_levels: Community) -> None:
    assert report(two_levels).assignee == "xiaoyan"


def test_whoever_is_complained_of_never_gets_it_and_the_next_level_up_does(
    two_levels: Community,
) -> None:
    decision = report(two_levels, "xiaoyan")
    assert decision.assignee == "yanjie"
    assert [(p.staff, p.why) for p in decision.explanation.passed] == [
        ("xiaoyan", Why.COMPLAINED_OF)
    ]


def test_nor_does_the_deputy_whom_they_chose(two_levels: Community) -> None:
    community = changed(two_levels, "xiaoyan", deputy="yanjie")
    community = changed(community, "yanjie", posts=(Post(role=Role.DISCIPLINE, scope="hsj"),))
    decision = report(on_leave(community, "xiaoyan"), "xiaoyan")
    assert decision.assignee is None


def test_a_deputy_who_is_complained_of_does_not_stand_in(two_levels: Community) -> None:
    community = changed(two_levels, "xiaoyan", deputy="yanjie")
    community = changed(community, "yanjie", posts=(Post(role=Role.DISCIPLINE, scope="hsj"),))
    assert report(on_leave(community, "xiaoyan")).assignee == "yanjie"
    assert report(on_leave(community, "xiaoyan"), "yanjie").assignee is None


def test_when_the_only_contact_is_complained_of_it_waits_and_somebody_else_learns_that_one_waits(
    demo: Community,
) -> None:
    decision = report(demo, "yanjie")
    assert decision.assignee is None
    assert decision.watchers == ()
    assert decision.told == ("zhuren",)
    assert "等上级指定纪检联络员" in decision.reason


def test_when_the_administrator_is_complained_of_too_the_desk_learns_that_one_waits(
    demo: Community,
) -> None:
    assert set(report(demo, "yanjie", "zhuren").told) == {"xiaomeng", "xiaojiang"}


def test_a_contact_on_leave_is_told_first_and_the_administrator_that_one_waits(
    demo: Community,
) -> None:
    decision = report(on_leave(demo, "yanjie"))
    assert decision.assignee is None
    assert decision.told == ("yanjie", "zhuren")
    assert "等纪检联络员回来" in decision.reason


def test_members_of_the_branch_complained_of_do_not_read_it(two_levels: Community) -> None:
    branches = {
        "party": Branch(code="party", name="幸福里社区党委", area="xfl"),
        "cell": Branch(code="cell", name="幸福里第一支部", area="xfl-1", parent="party"),
    }
    community = changed(replace(two_levels, branches=branches), "xiaoyan", branch="cell")
    assert report(community).assignee == "xiaoyan"
    assert report(community, "cell").assignee == "yanjie"
    assert report(community, "party").assignee == "yanjie"


def test_inspecting_a_unit_does_not_make_one_a_member_of_it_but_another_post_does(
    two_levels: Community,
) -> None:
    assert report(two_levels, "xfl").assignee == "xiaoyan"
    both = (Post(role=Role.DISCIPLINE, scope="xfl"), Post(role=Role.PROPERTY, scope="幸福里小区"))
    community = changed(two_levels, "xiaoyan", posts=both)
    for unit in ("幸福里小区", "xfl-1", "xfl"):
        assert report(community, unit).assignee == "yanjie", unit
    assert report(community, "hsj").assignee == "xiaoyan"


@pytest.mark.parametrize("code", ["xiaoli", "laozhang"])
def test_nobody_complained_of_gets_or_watches_an_ordinary_ticket_of_it_either(
    demo: Community, code: str
) -> None:
    for matter in ("order.ebike", "property.leak"):
        decision = send(demo, matter, against=frozenset([code]))
        assert code not in (decision.assignee, *decision.watchers)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("小李收了我家红包", {"xiaoli"}),
        ("陈书记吃拿卡要", {"chenshuji"}),
        ("严姐和主任一起收礼", {"yanjie", "zhuren"}),
        ("有人收红包", set()),
    ],
)
def test_whom_a_report_names_is_read_from_its_words(
    demo: Community, text: str, named: set[str]
) -> None:
    assert conduct.complained_of(text, demo) == named


def test_surname_and_title_name_somebody_as_well(demo: Community) -> None:
    community = joined(demo, "wang", Role.DISCIPLINE, "xfl", name="王建国", title="纪检组副书记")
    assert "wang" in conduct.complained_of("那个王书记天天喝酒", community)
    assert "wang" not in conduct.complained_of("王阿姨说的", community)


def test_a_branch_is_named_by_its_name(demo: Community) -> None:
    branch = Branch(code="party", name="幸福里社区党委", area="xfl")
    community = replace(demo, branches={"party": branch})
    assert conduct.complained_of("举报幸福里社区党委乱收钱", community) == {"party"}
