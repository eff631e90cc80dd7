"""A ticket was filed under the wrong matter: one tap, and it is with whoever it belongs to."""

from __future__ import annotations

import pytest

from bot.desk import choices
from bot.desk.errors import IllegalMove, TicketAlreadyMoved, UnknownThing
from bot.gateway import deeds
from bot.services import tickets
from bot.services.outbox import Message
from bot.store.database import Session
from bot.store.tables import TimelineRow
from tests.conftest import staff
from tests.services.conftest import Case


def tap(case: Case, what: str, by: str | None = None, key: str = "tap:1") -> Message:
    """What the tapper reads; by: a member of staff, else 王阿姨."""
    person = staff(case.demo, by) if by else case.wangayi

    def work(session: Session) -> Message:
        return deeds.do(session, tap=what, by=person, key=key, desk=case.desk)[1]

    return case.database.run(work)


def labels(message: Message) -> list[str]:
    return [button.label for button in message.buttons]


def test_the_resident_chooses_and_everybody_concerned_is_told(case: Case) -> None:
    ticket = case.open("property.leak", readings=("property.leak", "order.parking"))
    assert ticket.assignee == "liushifu"
    asked = tap(case, f"refile:{case.number}")
    assert labels(asked)[0] == "停车"
    assert labels(asked)[-1] == "都不是"
    assert case.ticket().matter == "property.leak", "a question changes nothing"

    done = tap(case, asked.buttons[0].tap, key="tap:2")
    ticket = case.ticket()
    assert (ticket.matter, ticket.assignee, ticket.status) == (
        "order.parking",
        "xiaoli",
        "assigned",
    )
    assert "停车" in done.text
    assert "李" in done.text
    assert any("不用再办" in text for text in case.told("liushifu"))
    assert any("新任务" in text for text in case.told("xiaoli"))
    note = case.rows(TimelineRow, move="refile")[0].note
    assert note == "归类由“房屋漏水渗水”改为“停车”"


def test_the_same_tap_again_changes_nothing(case: Case) -> None:
    case.open("property.leak")
    tap(case, f"refile:{case.number}:order.parking")
    before = case.everything()
    tap(case, f"refile:{case.number}:order.parking")
    assert case.everything() == before


def test_none_of_them_leaves_it_to_the_desk(case: Case) -> None:
    case.open("property.leak", readings=("property.leak", "order.parking"))
    told = tap(case, f"refile:{case.number}:other")
    ticket = case.ticket()
    assert (ticket.matter, ticket.assignee, ticket.status) == ("other", None, "triage")
    assert "受理台" in told.text
    assert any("不用再办" in text for text in case.told("liushifu"))


def test_the_handler_re_files_and_the_resident_hears_whose_it_is(case: Case) -> None:
    case.open("property.leak")
    case.do(tickets.accept, by="liushifu")
    tap(case, f"refile:{case.number}:order.parking", by="liushifu")
    ticket = case.ticket()
    assert (ticket.assignee, ticket.status, ticket.accepted_at) == ("xiaoli", "assigned", None)
    told = [body["text"] for body in case.wangayi_heard()]
    assert "停车" in told[-1]


def test_who_lost_the_ticket_may_not_re_file_it(case: Case) -> None:
    case.open("property.leak")
    with pytest.raises(TicketAlreadyMoved):
        tap(case, f"refile:{case.number}:order.parking", by="laozhang")


def test_what_is_done_is_not_re_filed(case: Case) -> None:
    case.open("property.leak")
    case.do(tickets.accept, by="liushifu")
    case.do(tickets.resolve, by="liushifu")
    for what in (f"refile:{case.number}", f"refile:{case.number}:order.parking"):
        with pytest.raises(IllegalMove):
            tap(case, what)


def test_a_matter_that_is_none_is_refused(case: Case) -> None:
    case.open("property.leak")
    with pytest.raises(UnknownThing):
        tap(case, f"refile:{case.number}:property.nonsense")


def test_the_desk_sorts_an_unclear_ticket_with_one_tap(case: Case) -> None:
    readings = ("property.leak", "property.pipe")
    case.open("property.leak", confidence=0.1, readings=readings)
    assert case.ticket().status == "triage"
    desk_code = next(
        c for c, p in case.demo.staff.items() if any(q.role.value == "desk" for q in p.posts)
    )
    tap(case, f"refile:{case.number}:property.leak", by=desk_code)
    assert case.ticket().assignee == "liushifu"


def test_a_report_that_turns_out_to_be_about_conduct_is_hidden(case: Case) -> None:
    case.open("property.leak")
    tap(case, f"refile:{case.number}:admin.conduct")
    ticket = case.ticket()
    assert ticket.confidential
    assert ticket.assignee == "yanjie"


def test_choices_are_the_readings_and_then_the_neighbours(case: Case) -> None:
    found = choices.matters(("order.pets",), case.demo, instead_of="order.parking")
    assert [category.code for category in found] == [
        "order.pets",
        "order.fire_lane",
        "order.illegal_building",
    ]


def test_only_a_report_takes_the_urgency_of_its_new_matter(case: Case) -> None:
    case.open("order.parking", kind="suggestion")
    tap(case, f"refile:{case.number}:property.leak")
    assert case.ticket().urgency == "normal"
