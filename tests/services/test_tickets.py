"""The deeds of the desk and of handlers on a ticket, with all they leave behind."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timezone
from threading import Barrier

import pytest

from bot.desk.closure import Closure
from bot.desk.errors import IllegalMove, Refused, TicketAlreadyMoved, UnknownThing
from bot.services import tickets
from bot.store.database import Session
from bot.store.tables import OutboxRow, PhotoRow, TicketRow, TimelineRow
from tests.conftest import HOME, staff
from tests.services.conftest import SOUTH, Case


def both_at_once(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """Run both in threads that start together; an exception is a result too."""
    gate = Barrier(2)

    def start(call: Callable[[], object]) -> object:
        gate.wait(timeout=10)
        try:
            return call()
        except Exception as error:
            return error

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(start, (first, second)))


LAST_NIGHT = {
    "text": "昨晚十点多",
    "start": "2026-11-22T22:00:00+08:00",
    "end": "2026-11-22T23:00:00+08:00",
}


def test_the_card_says_when_it_happened_and_which_car(case: Case) -> None:
    case.open("order.parking", text="京a·12345昨晚十点多堵了门", happened=LAST_NIGHT)
    card = case.told("xiaoli")[0]
    assert "时间：昨晚十点多（11月22日22点左右）" in card
    assert "车牌：京A12345" in card


def test_a_time_that_is_said_later_is_kept_on_the_ticket(case: Case) -> None:
    case.open("order.ebike")
    case.do(tickets.add, by=case.wangayi, text="是昨晚十点多", happened=LAST_NIGHT)
    assert case.ticket().happened == LAST_NIGHT


def test_opening_leaves_a_ticket_its_timeline_and_the_cards_together(case: Case) -> None:
    ticket = case.open("property.leak", photos=("a.jpg",), phone="13800000000")
    assert (ticket.status, ticket.assignee, ticket.urgency) == ("assigned", "liushifu", "urgent")
    assert case.moves() == ["open", "assign"]
    assert "电话：13800000000" in case.told("liushifu")[0]
    assert "请关注" in case.told("xiaoli")[0]
    assert [photo.path for photo in case.rows(PhotoRow)] == ["a.jpg"]


def test_opening_that_fails_half_way_leaves_nothing(case: Case) -> None:
    def lost(_place: object) -> str:
        raise RuntimeError("no words for this place")

    draft = tickets.Draft(key="k", kind="report", matter="other", text="…", place=HOME)
    broken = replace(case.desk, describe=lost)
    with pytest.raises(RuntimeError):
        case.database.run(lambda session: tickets.open_ticket(session, draft, broken))
    assert case.everything() == []


def test_the_same_message_finds_its_ticket_again(case: Case) -> None:
    first = case.open(key="web:17")
    before = case.everything()
    case.clock.pass_(minutes=5)
    assert case.open(key="web:17").id == first.id
    assert case.everything() == before


def test_the_same_message_twice_at_once_opens_one_ticket(case: Case) -> None:
    again = replace(case)
    both_at_once(lambda: case.open(key="web:17"), lambda: again.open(key="web:17"))
    assert case.number == again.number != ""
    assert len(case.rows(TicketRow)) == 1


def test_numbers_carry_the_local_day_and_never_repeat(case: Case) -> None:
    case.clock.now = datetime(2026, 11, 23, 16, 30, tzinfo=timezone.utc)
    numbers = [str(case.open().number) for _ in range(3)]
    assert all(number.startswith("20261124-") for number in numbers)
    assert len(set(numbers)) == 3
    with pytest.raises(UnknownThing):
        case.database.read(lambda session: tickets.by_number(session, "20261124-9999"))


def test_accepting_moves_the_clock_on_and_tells_the_resident(case: Case) -> None:
    case.open()
    case.clock.pass_(minutes=20)
    ticket = case.do(tickets.accept, by="xiaoli")
    assert (ticket.status, ticket.accepted_at) == ("accepted", case.clock())
    assert ticket.next_deadline_at == ticket.contact_by
    assert "网格员小李已接单" in case.wangayi_heard()[-1]["text"]


def test_a_cadre_of_another_grid_cannot_accept_and_learns_who_has_it(case: Case) -> None:
    case.open()
    before = case.everything()
    with pytest.raises(TicketAlreadyMoved) as refused:
        case.do(tickets.accept, by="laozhang")
    assert refused.value.holder == "小李"
    assert case.everything() == before


def test_the_second_of_two_who_tap_learns_who_has_it(case: Case) -> None:
    first = str(case.open("safety.fire").assignee)
    (second,) = {"dingge", "baijie"} - {first}
    case.do(tickets.accept, by=first)
    with pytest.raises(TicketAlreadyMoved) as refused:
        case.do(tickets.accept, by=second)
    assert refused.value.holder == case.demo.person(first).name


def test_a_ticket_is_not_accepted_twice(case: Case) -> None:
    case.open()
    case.do(tickets.accept, by="xiaoli")
    with pytest.raises(IllegalMove):
        case.do(tickets.accept, by="xiaoli")


def test_the_same_key_again_changes_nothing_all_round_the_loop(case: Case) -> None:
    def twice(*args: object, **more: object) -> None:
        case.do(*args, **more)  # type: ignore[arg-type]
        before = case.everything()
        case.clock.pass_(hours=1)
        case.do(*args, **more)  # type: ignore[arg-type]
        assert case.everything() == before

    case.open()
    twice(tickets.urge, by=case.wangayi, key="1")
    twice(tickets.add, by=case.wangayi, key="2", text="在车棚边上", photos=("b.jpg",))
    twice(tickets.correct, by=case.wangayi, key="3", text="是5号楼", place=SOUTH)
    twice(tickets.give_back, by="laozhang", key="4", reason_code="wrong_grid")
    twice(tickets.assign, "xiaoli", by="xiaomeng", key="5")
    twice(tickets.accept, by="xiaoli", key="6")
    twice(tickets.contact, by="xiaoli", key="7")
    twice(tickets.resolve, by="xiaoli", key="8", form=Closure(answer="已清理"))
    twice(tickets.say_solved, by=case.wangayi, key="9")
    twice(tickets.rate, 5, by=case.wangayi, key="10")
    case.open()
    twice(tickets.withdraw, by=case.wangayi, key="11")


def test_the_desk_sorts_what_nobody_could_place(case: Case) -> None:
    ticket = case.open(confidence=0.05)
    assert (ticket.status, ticket.assignee) == ("triage", None)
    assert "待分派" in case.told("xiaomeng")[0]
    ticket = case.do(tickets.assign, "laozhang", by="xiaomeng")
    assert (ticket.status, ticket.assignee) == ("assigned", "laozhang")
    assert "新任务" in case.told("laozhang")[-1]
    assert "现在由网格员老张负责" in case.wangayi_heard()[-1]["text"]


def test_assigning_is_for_the_desk(case: Case) -> None:
    case.open()
    for by in ("xiaoli", "laozhang", "chenshuji"):
        with pytest.raises(IllegalMove):
            case.do(tickets.assign, "laozhang", by=by)


def test_not_ours_goes_back_to_the_desk_with_the_reason(case: Case) -> None:
    case.open()
    ticket = case.do(tickets.give_back, by="xiaoli", reason_code="not_ours", note="归城管管")
    assert (ticket.status, ticket.assignee) == ("triage", None)
    assert "不归我管：归城管管" in case.told("xiaomeng")[-1]
    with pytest.raises(TicketAlreadyMoved) as refused:
        case.do(tickets.accept, by="xiaoli")
    assert refused.value.holder is None


def test_of_two_with_the_same_version_one_loses_and_learns_who_has_it_now(case: Case) -> None:
    read_before = case.open()
    case.do(tickets.assign, "laozhang", by="zhuren")
    before = case.everything()

    def late(session: Session) -> None:
        session.add(read_before)
        xiaoli = staff(case.demo, "xiaoli")
        tickets.accept(session, read_before, xiaoli, case.desk, key="late")

    with pytest.raises(TicketAlreadyMoved) as lost:
        case.database.run(late)
    assert case.everything() == before
    assert lost.value.holder == "老张"


def test_resolving_and_withdrawing_at_once_one_of_them_is_refused(case: Case) -> None:
    case.open()
    case.do(tickets.accept, by="xiaoli")
    results = both_at_once(
        lambda: case.do(tickets.resolve, by="xiaoli"),
        lambda: case.do(tickets.withdraw, by=case.wangayi),
    )
    assert sorted(isinstance(result, Refused) for result in results) == [False, True]
    assert len({"resolve", "withdraw"} & set(case.moves())) == 1


def test_every_row_of_the_outbox_belongs_to_a_timeline_entry(case: Case) -> None:
    case.open()
    case.do(tickets.accept, by="xiaoli")
    case.do(tickets.resolve, by="xiaoli")
    case.do(tickets.rate, 4, by=case.wangayi)
    keys = {entry.source_key for entry in case.rows(TimelineRow)}
    for row in case.rows(OutboxRow):
        assert any(row.key.endswith(key) for key in keys), row.key
