"""What residents do with their tickets: rate, reopen, withdraw, urge, add and correct."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.desk.community import Absence
from bot.desk.errors import IllegalMove
from bot.desk.people import Person
from bot.services import tickets
from bot.store.tables import PhotoRow
from tests.conftest import HOME, MONDAY_TEN
from tests.services.conftest import SOUTH, Case


def resolved(case: Case) -> Case:
    case.open()
    case.do(tickets.accept, by="xiaoli")
    case.do(tickets.resolve, by="xiaoli")
    return case


def test_reopening_with_the_same_key_leaves_the_deadlines_alone(case: Case) -> None:
    resolved(case).do(tickets.reopen, by=case.wangayi, key="again")
    before = case.everything()
    case.clock.pass_(hours=1)
    case.do(tickets.reopen, by=case.wangayi, key="again")
    assert case.everything() == before


def test_resolving_asks_the_resident_and_stops_the_clock(case: Case) -> None:
    ticket = resolved(case).ticket()
    assert (ticket.status, ticket.next_deadline_at) == ("resolved", None)
    question = case.wangayi_heard()[-1]
    assert [button["tap"] for button in question["buttons"]] == [
        f"solved:{ticket.number}",
        f"reopen:{ticket.number}",
    ]


@pytest.mark.parametrize(("level", "solved"), [(5, True), (1, False)])
def test_rating_closes_the_ticket_and_tells_the_handler(
    case: Case, level: int, solved: bool
) -> None:
    ticket = resolved(case).do(tickets.rate, level, by=case.wangayi)
    assert (ticket.status, ticket.satisfaction, ticket.solved) == ("closed", level, solved)
    assert ticket.closed_at == case.clock()
    assert "已归档" in case.told("xiaoli")[-1]


def test_what_the_resident_said_about_solved_outweighs_the_level(case: Case) -> None:
    resolved(case).do(tickets.say_solved, by=case.wangayi)
    assert case.do(tickets.rate, 2, by=case.wangayi).solved is True


@pytest.mark.parametrize("level", [0, 6])
def test_there_are_five_levels(case: Case, level: int) -> None:
    with pytest.raises(IllegalMove):
        resolved(case).do(tickets.rate, level, by=case.wangayi)


def test_reopening_gives_it_back_with_fresh_deadlines_and_no_rating(case: Case) -> None:
    resolved(case).do(tickets.rate, 1, by=case.wangayi)
    case.clock.pass_(days=3)
    ticket = case.do(tickets.reopen, by=case.wangayi, note="又有人充电")
    assert (ticket.status, ticket.assignee) == ("assigned", "xiaoli")
    assert (ticket.satisfaction, ticket.solved, ticket.closed_at) == (None, None, None)
    assert ticket.next_deadline_at == ticket.accept_by > case.clock()
    assert "新任务" in case.told("xiaoli")[-1]


def test_a_resident_may_reopen_once_and_then_a_superior_looks(case: Case) -> None:
    resolved(case).do(tickets.reopen, by=case.wangayi)
    case.do(tickets.accept, by="xiaoli")
    case.do(tickets.resolve, by="xiaoli")
    ticket = case.do(tickets.reopen, by=case.wangayi, note="还是有人充电")
    assert (ticket.status, ticket.solved) == ("resolved", False)
    assert "请您督办" in case.told("chenshuji")[-1] and "还是有人充电" in case.told("chenshuji")[-1]
    assert case.do(tickets.reopen, by="chenshuji").status == "assigned"
    assert case.moves()[-2:] == ["reopen", "supervise"]
    assert "【督办】社区党支部书记陈书记" in case.told("xiaoli")[-1]


def test_reopening_by_the_desk_does_not_use_up_the_residents_turn(case: Case) -> None:
    resolved(case).do(tickets.reopen, by="xiaomeng")
    case.do(tickets.accept, by="xiaoli")
    case.do(tickets.resolve, by="xiaoli")
    assert case.do(tickets.reopen, by=case.wangayi).status == "assigned"


def test_a_reopened_ticket_does_not_return_to_somebody_on_leave(case: Case) -> None:
    resolved(case)
    leave = Absence(start=MONDAY_TEN, end=MONDAY_TEN + timedelta(days=9))
    away = replace(case.demo.person("xiaoli"), absences=(leave,))
    case.demo = replace(case.demo, staff={**case.demo.staff, "xiaoli": away})
    assert case.do(tickets.reopen, by=case.wangayi).assignee == "xiaohe"


def test_withdrawing_ends_it_and_stops_the_handler(case: Case) -> None:
    case.open()
    ticket = case.do(tickets.withdraw, by=case.wangayi)
    assert (ticket.status, ticket.next_deadline_at) == ("withdrawn", None)
    assert "不用再办了" in case.told("xiaoli")[-1]
    with pytest.raises(IllegalMove):
        case.do(tickets.accept, by="xiaoli")


def test_urging_reaches_the_handler_or_the_desk_while_nobody_has_it(case: Case) -> None:
    case.open()
    case.do(tickets.urge, by=case.wangayi)
    assert "居民催办" in case.told("xiaoli")[-1]
    case.open(confidence=0.0)
    case.do(tickets.urge, by=case.wangayi)
    assert "居民催办" in case.told("xiaomeng")[-1]


def test_what_the_resident_adds_is_kept_and_the_handler_told(case: Case) -> None:
    case.open()
    case.do(tickets.add, by=case.wangayi, text="在车棚", phone="13900000000", photos=("c.jpg",))
    assert case.ticket().contact_phone == "13900000000"
    assert case.told("xiaoli")[-1].endswith("居民补充：在车棚")
    assert len(case.rows(PhotoRow)) == 1


def test_a_stranger_does_not_write_into_a_case_by_quoting_its_number(case: Case) -> None:
    case.open()
    before = case.everything()
    stranger = Person(resident_id=(case.wangayi.resident_id or 0) + 1)
    for deed in (tickets.add, tickets.urge, tickets.withdraw):
        with pytest.raises(IllegalMove):
            case.do(deed, by=stranger)
    assert case.everything() == before


def test_another_place_goes_to_another_grid_and_the_first_one_is_told(case: Case) -> None:
    case.open()
    ticket = case.do(tickets.correct, by=case.wangayi, text="是南区1号楼", place=SOUTH)
    assert (ticket.assignee, ticket.grid, ticket.status) == ("laozhang", "xfl-2", "assigned")
    assert "不用再办了" in case.told("xiaoli")[-1]
    assert "新任务" in case.told("laozhang")[-1]


def test_a_correction_that_changes_nobody_only_tells_the_handler(case: Case) -> None:
    case.open()
    case.do(tickets.accept, by="xiaoli")
    other = replace(HOME, unit="3")
    ticket = case.do(tickets.correct, by=case.wangayi, text="是3单元", place=other)
    assert (ticket.status, ticket.place["unit"]) == ("accepted", "3")
    assert case.told("xiaoli")[-1].endswith("居民补充：是3单元")


def test_after_a_correction_the_new_handler_has_not_accepted_yet(case: Case) -> None:
    case.open()
    case.do(tickets.accept, by="xiaoli")
    ticket = case.do(tickets.correct, by=case.wangayi, text="是南区1号楼", place=SOUTH)
    assert ticket.accepted_at is None
    assert ticket.next_deadline_at == ticket.accept_by


def test_another_matter_brings_its_own_urgency(case: Case) -> None:
    case.open("property.facility")
    slow = case.ticket().resolve_by
    ticket = case.do(tickets.correct, by=case.wangayi, text="是漏水", matter="property.leak")
    assert ticket.urgency == "urgent"
    assert ticket.resolve_by < slow


def test_of_an_album_the_handler_is_told_once(case: Case) -> None:
    case.open()
    before = len(case.told("xiaoli"))
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        case.do(tickets.add, by=case.wangayi, photos=(name,))
        case.clock.pass_(seconds=2)
    assert len(case.told("xiaoli")) == before + 1
    assert len(case.rows(PhotoRow)) == 3
    case.do(tickets.add, by=case.wangayi, photos=("d.jpg",), text="换了个角度")
    assert len(case.told("xiaoli")) == before + 2, "words are always news"
    case.clock.pass_(minutes=5)
    case.do(tickets.add, by=case.wangayi, photos=("e.jpg",))
    assert len(case.told("xiaoli")) == before + 3
