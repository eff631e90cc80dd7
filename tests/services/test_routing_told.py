"""What is written down, and who hears it, when the rules have decided."""

from __future__ import annotations

import pytest

from bot.desk.community import Help, Role, RoutingRule
from bot.desk.errors import NotAllowed
from bot.desk.people import Person
from bot.services import ticket_views, tickets, turns
from bot.store.tables import OutboxRow, TicketPersonRow, TimelineRow
from tests.conftest import MONDAY_TEN, staff
from tests.console.conftest import say
from tests.desk.deciding import joined, on_leave, rule, ruled
from tests.services.conftest import Case

CONDUCT = {"kind": "conduct", "matter": "admin.conduct"}
GRID_WORKERS = ("xiaoli", "laozhang", "xiaohe")


def routed(case: Case) -> dict[str, object]:
    """The explanation of the last assignment."""
    rows = case.rows(TimelineRow, ticket_id=case.ticket().id, move="assign")
    found: dict[str, object] = rows[-1].facts["routing"]
    return found


def test_the_timeline_says_by_which_rule_and_whom_it_passed_over(case: Case) -> None:
    case.demo = on_leave(case.demo, "xiaoli")
    case.open()
    assert routed(case) == {
        "rule": "order",
        "community": case.demo.version,
        "role": "grid_worker",
        "scope": "xfl-1",
        "passed": [
            {
                "staff": "xiaoli",
                "role": "grid_worker",
                "scope": "xfl-1",
                "why": "absent",
                "deputy": "xiaohe",
            }
        ],
        "missing": [],
    }


def test_the_secretary_is_told_that_nobody_is_there_and_can_see_it(case: Case) -> None:
    case.demo = on_leave(ruled(case.demo, rule(Role.GRID_WORKER, code="grid")), *GRID_WORKERS)
    case.open()
    assert case.ticket().assignee is None
    (heard,) = case.told("chenshuji")
    assert "暂时没人能接" in heard and case.number in heard
    assert "待分派" in case.told("xiaomeng")[0]
    secretary = staff(case.demo, "chenshuji")
    case.database.read(lambda session: ticket_views.detail(session, case.number, secretary))


def test_a_missing_co_handler_is_told_to_the_desk_and_the_handler_has_the_task(case: Case) -> None:
    needs = RoutingRule(code="both", roles=(Role.GRID_WORKER,), assist=(Help(role=Role.PROPERTY),))
    property_staff = [p.code for p in case.demo.staff.values() if p.holds(Role.PROPERTY)]
    case.demo = on_leave(ruled(case.demo, needs), *property_staff)
    case.open()
    assert case.ticket().assignee == "xiaoli"
    assert "协办的物业暂时没人在岗" in case.told("xiaomeng")[0]
    assert routed(case)["missing"] == ["property"]


def test_the_desk_cannot_hand_a_ticket_to_somebody_on_leave(case: Case) -> None:
    case.demo = on_leave(case.demo, "laozhang")
    case.open()
    with pytest.raises(NotAllowed, match="leave"):
        case.do(tickets.assign, "laozhang", by="xiaomeng")
    assert case.ticket().assignee == "xiaoli"


def visible(case: Case, person: Person) -> bool:
    """In lists, as a page, and in the log of conversations: all or nothing."""
    rows = case.database.read(lambda session: ticket_views.visible(session, person))
    try:
        case.database.read(lambda session: ticket_views.detail(session, case.number, person))
        page = True
    except NotAllowed:
        page = False
    said = case.database.read(lambda s: turns.visible(s, person, since=MONDAY_TEN))
    assert page == (case.number in [row.number for row in rows]) == bool(said)
    return page


@pytest.fixture
def second(case: Case) -> Case:
    """A second discipline contact, in the community, so that 严姐 is the level above."""
    case.demo = joined(case.demo, "dingge", Role.DISCIPLINE, "xfl", name="丁哥")
    return case


def test_a_report_about_the_contact_goes_one_level_up_and_is_invisible_to_them(
    second: Case,
) -> None:
    ticket = second.open(**CONDUCT, text="丁哥收了红包")
    say(second, "丁哥收了红包", confidential=True)
    assert (ticket.assignee, ticket.against) == ("yanjie", ["dingge"])
    assert second.told("dingge") == []
    assert visible(second, staff(second.demo, "yanjie"))
    assert not visible(second, staff(second.demo, "dingge"))
    with pytest.raises(NotAllowed):
        second.do(tickets.accept, by="dingge")
    with pytest.raises(NotAllowed):
        second.do(tickets.assign, "dingge", by="yanjie")


def test_a_name_that_comes_later_takes_the_report_away(second: Case) -> None:
    assert second.open(**CONDUCT, text="有人收红包").assignee == "dingge"
    before = len(second.told("dingge"))
    second.do(tickets.add, by=second.wangayi, text="就是丁哥")
    assert second.ticket().assignee == "yanjie"
    assert len(second.told("dingge")) == before
    assert "丁哥" in second.told("yanjie")[-1]


def test_when_only_who_is_complained_of_could_read_it_nobody_does_until_there_is_another(
    case: Case,
) -> None:
    case.open(**CONDUCT, text="严姐收了红包")
    say(case, "严姐收了红包", confidential=True)
    assert case.ticket().assignee is None
    assert case.told("yanjie") == []
    (heard,) = case.told("zhuren")
    assert "保密" in heard and "红包" not in heard and case.number not in heard
    for code in case.demo.staff:
        assert not visible(case, staff(case.demo, code)), code
    case.demo = joined(case.demo, "dingge", Role.DISCIPLINE, "hean")
    assert visible(case, staff(case.demo, "dingge"))


def test_what_becomes_a_conduct_report_knows_whom_it_names(case: Case) -> None:
    case.open(text="严姐不办事")
    case.do(tickets.correct, by=case.wangayi, text="我要举报", matter="admin.conduct")
    assert case.ticket().against == ["yanjie"]
    assert case.ticket().assignee is None
    assert case.told("yanjie") == []


def test_who_was_passed_over_does_not_look_on_either(case: Case) -> None:
    case.open(**CONDUCT, text="小李收了红包")
    assert case.rows(TicketPersonRow) == []
    assert {row.staff for row in case.rows(OutboxRow) if row.staff} == {"yanjie"}
