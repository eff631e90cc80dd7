"""Who is told of a move, and who is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.desk.community import Absence
from bot.desk.errors import Refused
from bot.services import outbox, tickets
from bot.services.outbox import Delivery
from bot.store.tables import OutboxRow
from tests.conftest import HOME, MONDAY_TEN
from tests.services.conftest import Case, meet

CONDUCT = {"kind": "conduct", "matter": "admin.conduct", "text": "张某收了红包"}


def due(case: Case, conversation: int) -> list[Delivery]:
    return case.database.read(
        lambda session: outbox.due(session, "web", now=case.clock(), conversations=[conversation])
    )


def told(case: Case) -> set[str | None]:
    """Everybody with a row in the outbox; None stands for 王阿姨 in her own conversation."""
    for row in case.rows(OutboxRow):
        assert row.staff or row.conversation_id == case.conversation
    return {row.staff for row in case.rows(OutboxRow)}


def away(case: Case, code: str) -> None:
    leave = Absence(start=MONDAY_TEN, end=MONDAY_TEN + timedelta(days=9))
    person = replace(case.demo.person(code), absences=(leave,))
    case.demo = replace(case.demo, staff={**case.demo.staff, code: person})


def test_of_a_conduct_report_nobody_hears_but_the_discipline_contact(case: Case) -> None:
    case.open(**CONDUCT)
    case.do(tickets.add, by=case.wangayi, text="是上周的事")
    case.do(tickets.urge, by=case.wangayi)
    case.do(tickets.correct, by=case.wangayi, text="在3号楼", place=replace(HOME, unit="1"))
    case.do(tickets.give_back, by="yanjie", reason_code="away")
    case.do(tickets.urge, by=case.wangayi)
    assert told(case) == {"yanjie"}


def test_the_reporter_of_a_conduct_report_hears_of_it_to_the_end(case: Case) -> None:
    case.open(**CONDUCT)
    case.do(tickets.accept, by="yanjie")
    case.do(tickets.resolve, by="yanjie")
    case.do(tickets.rate, 4, by=case.wangayi)
    assert told(case) == {"yanjie", None}


def test_a_conduct_report_cannot_be_handed_to_anybody_else(case: Case) -> None:
    case.open(**CONDUCT)
    for by in ("zhuren", "xiaomeng", "yanjie"):
        with pytest.raises(Refused):
            case.do(tickets.assign, "chenshuji", by=by)
    assert told(case) == {"yanjie"}


def test_a_conduct_report_waits_for_a_discipline_contact_on_leave(case: Case) -> None:
    away(case, "yanjie")
    ticket = case.open(**CONDUCT)
    assert ticket.assignee is None
    assert told(case) == {"yanjie", "zhuren"}


def test_whoever_only_hears_that_a_conduct_report_waits_reads_nothing_of_it(case: Case) -> None:
    away(case, "yanjie")
    case.open(**CONDUCT)
    case.do(tickets.add, by=case.wangayi, text="张某上周又收了")
    (heard,) = (row for row in case.rows(OutboxRow) if row.staff == "zhuren")
    assert heard.ticket_id is None and heard.body["buttons"] == []
    for secret in (case.number, "张某", "红包", "楼"):
        assert secret not in heard.body["text"]


def test_back_from_leave_the_discipline_contact_takes_the_conduct_report_up(case: Case) -> None:
    away(case, "yanjie")
    case.open(**CONDUCT)
    case.clock.pass_(days=10)
    case.do(tickets.assign, "yanjie", by="yanjie")
    assert case.do(tickets.accept, by="yanjie").status == "accepted"


def test_what_turns_out_to_be_about_conduct_is_hidden_from_then_on(case: Case) -> None:
    case.open("property.leak")
    before = {row.id for row in case.rows(OutboxRow)}
    case.do(tickets.correct, by=case.wangayi, text="张某收了红包", matter="admin.conduct")
    ticket = case.ticket()
    assert (ticket.assignee, ticket.confidential) == ("yanjie", True)
    later = [row for row in case.rows(OutboxRow) if row.id not in before]
    assert {row.staff for row in later if "红包" in row.body["text"]} <= {"yanjie"}


def test_somebody_who_was_never_here_finds_the_card_on_the_first_visit(case: Case) -> None:
    case.open()
    xiaoli, _ = meet(case.database, "li", known_as="xiaoli", clock=case.clock)
    laozhang, _ = meet(case.database, "zhang", known_as="laozhang", clock=case.clock)
    (card,) = due(case, xiaoli)
    assert card.message.text.startswith(f"新任务 {case.number}")
    assert [button.tap for button in card.message.buttons] == [
        f"accept:{case.number}",
        f"return:{case.number}",
        f"refile:{case.number}",
    ]
    assert due(case, laozhang) == []


def test_the_card_comes_to_where_somebody_was_last_seen(case: Case) -> None:
    earlier, _ = meet(case.database, "li", known_as="xiaoli", clock=case.clock)
    later, _ = meet(case.database, "li, new phone", known_as="xiaoli", clock=case.clock)
    case.open()
    assert due(case, earlier) == []
    assert len(due(case, later)) == 1


def test_the_whole_desk_is_told_of_what_nobody_could_place(case: Case) -> None:
    case.open(confidence=0.0)
    assert told(case) == {"xiaomeng", "xiaojiang"}


def test_a_ticket_without_a_conversation_tells_only_staff(case: Case) -> None:
    case.open(conversation_id=None)
    case.do(tickets.accept, by="xiaoli")
    assert told(case) == {"xiaoli"}
