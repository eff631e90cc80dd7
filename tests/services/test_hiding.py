"""Once about conduct, always hidden; a repeated message finds the ticket it went to."""

from __future__ import annotations

from bot.services import tickets
from bot.store.tables import OutboxRow
from tests.services.conftest import Case


def test_a_conduct_report_corrected_to_a_lift_stays_with_the_discipline_contact(
    case: Case,
) -> None:
    case.open(kind="report", matter="admin.conduct", text="网格员收红包")
    case.do(tickets.correct, by=case.wangayi, text="说错了，是电梯", matter="property.elevator")
    ticket = case.ticket()
    assert (ticket.assignee, ticket.confidential) == ("yanjie", True)
    assert {row.staff for row in case.rows(OutboxRow) if row.staff} == {"yanjie"}


def test_cards_on_their_way_are_stopped_when_a_ticket_turns_out_to_be_about_conduct(
    case: Case,
) -> None:
    case.open("property.elevator", text="电梯坏了，刘师傅收钱才修")
    waiting = [row.staff for row in case.rows(OutboxRow) if row.status == "pending"]
    assert "liushifu" in waiting
    case.do(tickets.correct, by=case.wangayi, text="我要举报", matter="admin.conduct")
    still = {row.staff for row in case.rows(OutboxRow) if row.staff and row.status == "pending"}
    assert still == {"yanjie"}


def test_a_repeated_message_is_known_by_the_ticket_it_moved(case: Case) -> None:
    first = case.open().number
    case.open()
    case.do(tickets.withdraw, by=case.wangayi, key="web:7")

    def found(key: str) -> str | None:
        ticket = case.database.read(lambda s: tickets.moved_by(s, key, case.wangayi))
        return ticket.number if ticket else None

    assert found("web:7") == case.number != first
    assert found("web:8") is None
