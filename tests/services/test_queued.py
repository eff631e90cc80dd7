"""What waits for capacity is given out as soon as somebody has room, the oldest first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.desk.community import Role
from bot.services import queued, tickets
from bot.store.tables import TicketRow, TimelineRow
from tests.desk.deciding import changed, rule, ruled
from tests.services.conftest import SOUTH, Case


@pytest.fixture
def busy(case: Case) -> Case:
    """小李 has room for one ticket, and the rules give what is hers to nobody else."""
    community = ruled(case.demo, rule(Role.GRID_WORKER, code="grid"))
    case.demo = changed(community, "xiaoli", capacity=1)
    return case


def opened(case: Case, **more: object) -> str:
    case.clock.pass_(minutes=1)
    return str(case.open(**{"matter": "order.pets", **more}).number)


def give_out(case: Case) -> list[str]:
    """The numbers of those that were given out, in turn."""
    ids = case.database.read(lambda session: queued.ready(session, case.desk))
    for id in ids:
        assert case.database.run(lambda session, id=id: queued.give_one(session, id, case.desk))
    case.check_timelines()
    return [case.database.read(lambda s, id=id: str(s.get(TicketRow, id).number)) for id in ids]


def whose(case: Case) -> dict[str, str | None]:
    return {str(row.number): row.assignee for row in case.rows(TicketRow)}


def finish(case: Case, number: str) -> None:
    case.number = number
    case.do(tickets.accept, by="xiaoli")
    case.do(tickets.resolve, by="xiaoli")


def test_what_does_not_fit_waits_in_triage_and_the_desk_is_told(busy: Case) -> None:
    opened(busy)
    opened(busy)
    ticket = busy.ticket()
    assert (ticket.status, ticket.assignee, ticket.queued_at) == ("triage", None, busy.clock())
    assert busy.number in busy.told("xiaomeng")[0] and "排队" in busy.told("xiaomeng")[0]
    assert len(busy.told("xiaoli")) == 1


def test_when_somebody_has_room_the_one_that_waited_longest_is_theirs(busy: Case) -> None:
    first, second, third = (opened(busy) for _ in range(3))
    assert give_out(busy) == []
    finish(busy, first)
    assert give_out(busy) == [second]
    assert whose(busy) == {first: "xiaoli", second: "xiaoli", third: None}
    busy.number = second
    assert busy.ticket().queued_at is None
    assert busy.number in busy.told("xiaoli")[-1]
    assert "由网格员小李负责" in busy.wangayi_heard()[-1]["text"]
    assert give_out(busy) == []


def test_a_new_ticket_does_not_overtake_one_that_waits(busy: Case) -> None:
    first, second = opened(busy), opened(busy)
    finish(busy, first)
    third = opened(busy)
    assert whose(busy) == {first: "xiaoli", second: "xiaoli", third: None}


def test_what_is_urgent_overtakes(busy: Case) -> None:
    opened(busy)
    urgent = opened(busy, urgency="urgent")
    assert whose(busy)[urgent] == "xiaoli"


def test_one_who_waits_for_somebody_does_not_hold_up_one_who_waits_for_another(busy: Case) -> None:
    busy.demo = changed(busy.demo, "laozhang", capacity=1)
    opened(busy)
    here = opened(busy)
    there = opened(busy, place=SOUTH)
    behind = opened(busy, place=SOUTH)
    busy.number = there
    busy.do(tickets.accept, by="laozhang")
    busy.do(tickets.resolve, by="laozhang")
    assert give_out(busy) == [behind]
    assert whose(busy)[here] is None


def test_more_capacity_is_room_too_and_is_not_given_twice(busy: Case) -> None:
    numbers = [opened(busy) for _ in range(5)]
    busy.demo = changed(busy.demo, "xiaoli", capacity=3)
    assert give_out(busy) == numbers[1:3]
    assert give_out(busy) == []


@pytest.mark.parametrize("deed", [tickets.withdraw, tickets.assign])
def test_what_left_the_queue_by_another_way_is_not_given_out(busy: Case, deed: object) -> None:
    first, _second = opened(busy), opened(busy)
    if deed is tickets.withdraw:
        busy.do(tickets.withdraw, by=busy.wangayi)
    else:
        busy.do(tickets.assign, "laozhang", by="xiaomeng")
    assert busy.ticket().queued_at is None
    finish(busy, first)
    assert give_out(busy) == []


def test_of_two_workers_one_gives_it_out(busy: Case) -> None:
    first, second = opened(busy), opened(busy)
    finish(busy, first)
    (id,) = busy.database.read(lambda session: queued.ready(session, busy.desk))
    results = [
        busy.database.run(lambda session: queued.give_one(session, id, busy.desk)) for _ in range(2)
    ]
    assert results == [True, False]
    assert whose(busy)[second] == "xiaoli"
    moves = [row.move for row in busy.rows(TimelineRow, ticket_id=id)]
    assert moves.count("assign") == 2  # once into the queue, once out of it


def test_the_queue_is_looked_at_once_for_all_and_the_register_may_have_changed(busy: Case) -> None:
    opened(busy)
    waiting = opened(busy)
    busy.demo = replace(busy.demo, routing=(rule(Role.SECRETARY, code="new"),))
    assert give_out(busy) == [waiting]
    assert whose(busy)[waiting] == "chenshuji"
