"""Whoever is asked where and falls silent is heard by the desk, once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.services import tickets, unheard
from bot.services.unheard import Words
from bot.store.database import Session
from bot.store.tables import ConversationRow, InboxRow, OutboxRow, TicketRow
from tests.conftest import HOME
from tests.services.conftest import Case

LEAK = Words(
    key="web:1",
    text="家里漏水，天花板都湿了",
    matters=({"code": "property.leak", "confidence": 0.9},),
    photos=("a.jpg",),
    phone="19900001111",
)


def note(case: Case, words: Words | None) -> None:
    case.database.run(
        lambda s: unheard.note(s, case.conversation, words, case.desk.community, case.clock())
    )


def due(case: Case) -> list[int]:
    return case.database.read(lambda s: unheard.due(s, now=case.clock()))


def file(case: Case) -> TicketRow | None:
    return case.database.run(lambda s: unheard.file(s, case.conversation, case.desk))


def test_nobody_is_pressed_before_half_an_hour(case: Case) -> None:
    note(case, LEAK)
    case.clock.pass_(minutes=29)
    assert due(case) == []
    case.clock.pass_(minutes=2)
    assert due(case) == [case.conversation]


def test_the_words_go_to_the_desk_and_the_resident_is_told(case: Case) -> None:
    note(case, LEAK)
    case.clock.pass_(minutes=31)
    ticket = file(case)
    assert ticket
    assert (ticket.status, ticket.assignee, ticket.matter) == ("triage", None, "property.leak")
    assert (ticket.text, ticket.contact_phone) == (LEAK.text, LEAK.phone)
    (told,) = [body["text"] for body in case.wangayi_heard()]
    assert ticket.number in told
    assert "前有人联系您" in told
    sorters = [row for row in case.rows(OutboxRow) if row.staff]
    assert sorters
    assert all(LEAK.text in row.body["text"] for row in sorters)


def test_it_is_filed_once_whoever_looks(case: Case) -> None:
    note(case, LEAK)
    case.clock.pass_(minutes=31)
    assert file(case)
    before = case.everything()
    assert file(case) is None
    assert due(case) == []
    note(case, LEAK)  # the form is still open when the resident writes again
    case.clock.pass_(minutes=31)
    assert due(case) == []
    assert file(case) is None
    assert len(case.rows(TicketRow)) == 1
    assert len(case.everything()) == len(before)


def test_who_goes_on_is_not_silent(case: Case) -> None:
    note(case, LEAK)
    case.clock.pass_(minutes=20)
    note(case, replace(LEAK, text="家里漏水；厨房也是"))
    case.clock.pass_(minutes=20)
    assert due(case) == []
    note(case, None)  # the place came, and with it the ticket
    case.clock.pass_(hours=2)
    assert due(case) == []


def test_a_message_that_waits_for_the_engine_is_no_silence(case: Case) -> None:
    note(case, LEAK)

    def write(session: Session) -> None:
        session.add(
            InboxRow(
                channel="web",
                update_id="2",
                conversation_id=case.conversation,
                body={"text": "3号楼"},
                status="pending",
                received_at=case.clock(),
                faults=0,
            )
        )

    case.database.run(write)
    case.clock.pass_(hours=1)
    assert due(case) == []


def test_the_community_says_how_long(case: Case) -> None:
    patient = replace(case.demo, settings={**case.demo.settings, "silent_minutes": "90"})
    case.database.run(lambda s: unheard.note(s, case.conversation, LEAK, patient, case.clock()))
    case.clock.pass_(minutes=89)
    assert due(case) == []
    case.clock.pass_(minutes=2)
    assert due(case) == [case.conversation]


def test_the_place_that_comes_later_finds_its_handler(case: Case) -> None:
    note(case, LEAK)
    case.clock.pass_(minutes=31)
    ticket = file(case)
    assert ticket
    case.number = str(ticket.number)
    found = case.database.read(lambda s: unheard.ticket_of(s, LEAK.key))
    assert found and found.number == case.number
    case.do(tickets.correct, by=case.wangayi, text="幸福里3号楼", place=HOME)
    assert (case.ticket().assignee, case.ticket().status) == ("liushifu", "assigned")


def test_words_about_conduct_reach_only_the_discipline_contact(case: Case) -> None:
    note(case, replace(LEAK, kind="conduct", text="王主任收红包，还有家里漏水"))
    case.clock.pass_(minutes=31)
    ticket = file(case)
    assert ticket
    assert (ticket.confidential, ticket.assignee) == (True, "yanjie")


@pytest.mark.parametrize("code", ["safety.fire", "safety.medical"])
def test_what_only_looked_like_danger_pages_nobody(case: Case, code: str) -> None:
    note(case, replace(LEAK, matters=({"code": code, "confidence": 0.5},)))
    case.clock.pass_(minutes=31)
    ticket = file(case)
    assert ticket
    assert (ticket.urgency, ticket.status) == ("urgent", "triage")


def test_nothing_is_kept_once_it_is_filed(case: Case) -> None:
    note(case, LEAK)
    case.clock.pass_(minutes=31)
    file(case)
    (row,) = case.rows(ConversationRow, id=case.conversation)
    assert (row.unheard, row.unheard_at) == (None, None)
