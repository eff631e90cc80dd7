"""Leave that begins after a ticket was given: what is not accepted goes to who is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.desk.community import Absence
from bot.services import handover, tickets
from tests.desk.deciding import changed
from tests.services.conftest import Case

HOUR = timedelta(hours=1)
CONDUCT = {"kind": "conduct", "matter": "admin.conduct", "text": "有人收红包"}


def leave(case: Case, code: str, *, hours: float = 240) -> None:
    """From now on, for so long."""
    absence = Absence(start=case.clock(), end=case.clock() + hours * HOUR)
    case.demo = changed(case.demo, code, absences=(absence,))


def look(case: Case) -> int:
    """What the worker does; returns how many went on."""
    ids = case.database.read(lambda session: handover.of_the_absent(session, case.desk))
    went = [
        case.database.run(lambda s, id=id: handover.take_from_absent(s, id, case.desk))
        for id in ids
    ]
    case.check_timelines()
    return sum(went)


def test_what_was_not_accepted_goes_to_the_deputy_and_everybody_is_told(case: Case) -> None:
    case.open("order.pets")
    case.clock.pass_(minutes=10)
    assert look(case) == 0
    leave(case, "xiaoli")
    assert look(case) == 1
    ticket = case.ticket()
    assert (ticket.status, ticket.assignee) == ("assigned", "xiaohe")
    assert case.number in case.told("xiaohe")[-1]
    assert "已转给别人" in case.told("xiaoli")[-1]
    assert "由网格员小何负责" in case.wangayi_heard()[-1]["text"]
    assert look(case) == 0


def test_what_was_accepted_stays(case: Case) -> None:
    case.open("order.pets")
    case.do(tickets.accept, by="xiaoli")
    leave(case, "xiaoli")
    assert look(case) == 0
    assert case.ticket().assignee == "xiaoli"


def test_a_short_leave_takes_away_only_what_is_pressing(case: Case) -> None:
    case.open("order.pets")
    usual = case.number
    case.open("order.pets", urgency="urgent")
    leave(case, "xiaoli", hours=0.5)
    assert look(case) == 1
    assert case.ticket().assignee == "xiaohe"
    case.number = usual
    assert case.ticket().assignee == "xiaoli"


def test_one_leave_after_the_other_is_one_long_leave(case: Case) -> None:
    case.open("order.pets")
    now = case.clock()
    parts = [Absence(start=now + n * HOUR, end=now + (n + 1) * HOUR) for n in range(48)]
    case.demo = changed(case.demo, "xiaoli", absences=tuple(parts))
    assert look(case) == 1
    gap = [part for part in parts if part.start != now + HOUR]
    case.demo = changed(case.demo, "xiaohe", absences=tuple(gap))
    assert look(case) == 0


def test_when_everybody_is_away_the_desk_and_the_secretary_hear_it(case: Case) -> None:
    case.demo = replace(
        case.demo,
        routing=tuple(
            replace(rule, roles=rule.roles[:1]) if rule.code == "order" else rule
            for rule in case.demo.routing
        ),
    )
    case.open("order.pets")
    for code in ("xiaoli", "laozhang", "xiaohe"):
        leave(case, code)
    assert look(case) == 1
    assert case.ticket().status == "triage"
    assert case.number in case.told("chenshuji")[-1]
    assert case.number in case.told("xiaomeng")[-1]


def test_a_conduct_report_that_nobody_else_may_read_stays_with_the_contact(case: Case) -> None:
    case.open(**CONDUCT)
    leave(case, "yanjie")
    before = case.everything()
    assert look(case) == 0
    assert case.everything() == before
