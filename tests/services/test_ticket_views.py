"""Who finds which ticket, in lists and in detail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.desk.community import Post, Role
from bot.desk.errors import NotAllowed
from bot.desk.people import SYSTEM, Person
from bot.services import ticket_views, tickets
from bot.store.tables import TicketRow
from tests.conftest import HOME, staff
from tests.services.conftest import SOUTH, Case, meet


def street_full_of_tickets(case: Case) -> Case:
    """Tickets of several people, places and states; the last one is a conduct report."""
    yang, speaker = meet(case.database, "yang", known_as="yangxiansheng", clock=case.clock)
    his = {"resident_id": speaker.resident_id, "conversation_id": yang}
    case.open("property.leak")
    case.open("order.pets", place=SOUTH, **his)
    case.open("other", confidence=0.0)
    case.open("welfare.elderly", kind="question", **his)
    case.open("order.parking")
    case.do(tickets.withdraw, by=case.wangayi)
    case.open(kind="conduct", matter="admin.conduct", text="张某收了红包")
    return case


def listed(case: Case, person: Person) -> set[str]:
    rows = case.database.read(lambda session: ticket_views.visible(session, person))
    return {str(row.number) for row in rows}


def opens(case: Case, person: Person, number: str) -> bool:
    """Whether `person` may read the ticket."""
    try:
        case.database.read(lambda session: ticket_views.detail(session, number, person))
    except NotAllowed:
        return False
    return True


def readable(case: Case, person: Person) -> set[str]:
    numbers = [str(row.number) for row in case.rows(TicketRow)]
    return {number for number in numbers if opens(case, person, number)}


def everybody(case: Case) -> list[Person]:
    residents = [Person(resident_id=number) for number in (1, 2, 3)]
    return [*(staff(case.demo, code) for code in case.demo.staff), *residents, SYSTEM]


def test_everybody_can_open_exactly_what_their_list_shows(case: Case) -> None:
    street_full_of_tickets(case)
    for person in everybody(case):
        assert listed(case, person) == readable(case, person), person.label


def test_a_discipline_contact_who_also_sorts_finds_in_the_list_what_she_may_open(
    case: Case,
) -> None:
    street_full_of_tickets(case)
    yanjie = case.demo.person("yanjie")
    desk = Post(role=Role.DESK, scope="hean")
    both = Person(staff=replace(yanjie, posts=(*yanjie.posts, desk)))
    assert (
        listed(case, both) == readable(case, both) == {str(t.number) for t in case.rows(TicketRow)}
    )


def test_a_conduct_report_exists_for_its_reporter_and_the_discipline_contact_alone(
    case: Case,
) -> None:
    number = street_full_of_tickets(case).number
    finders = {
        person.label
        for person in everybody(case)
        if number in listed(case, person) or opens(case, person, number)
    }
    assert finders == {"staff:yanjie", case.wangayi.label}


def test_a_ticket_that_is_not_yours_looks_like_one_that_does_not_exist(case: Case) -> None:
    laozhang, mine = staff(case.demo, "laozhang"), case.open().number
    for number in (str(mine), "20261123-9999"):
        with pytest.raises(NotAllowed, match=number):
            case.database.read(
                lambda session, number=number: ticket_views.detail(session, number, laozhang)
            )


def test_who_looks_on_finds_the_ticket_too(case: Case) -> None:
    number = str(case.open("property.leak").number)
    assert number in listed(case, staff(case.demo, "xiaoli"))
    assert number not in listed(case, staff(case.demo, "laozhang"))


def test_the_detail_tells_the_story_from_the_beginning(case: Case) -> None:
    case.open()
    case.do(tickets.accept, by="xiaoli")
    ticket, timeline = case.database.read(
        lambda session: ticket_views.detail(session, case.number, case.wangayi)
    )
    assert ticket.number == case.number
    assert [(entry.move, entry.actor, entry.to_status) for entry in timeline] == [
        ("open", case.wangayi.label, "triage"),
        ("assign", "system", "assigned"),
        ("accept", "staff:xiaoli", "accepted"),
    ]


def test_a_resident_reads_the_newest_first_and_on_wish_only_what_is_open(case: Case) -> None:
    first, second = str(case.open().number), str(case.open().number)
    case.do(tickets.withdraw, by=case.wangayi)

    def of_wangayi(only_open: bool) -> list[str | None]:
        found = case.database.read(
            lambda session: ticket_views.of_resident(
                session, case.wangayi.resident_id or 0, only_open=only_open
            )
        )
        return [ticket.number for ticket in found]

    assert of_wangayi(only_open=False) == [second, first]
    assert of_wangayi(only_open=True) == [first]


def test_a_rating_is_meant_for_the_ticket_that_was_asked_about_last(case: Case) -> None:
    def asked() -> str | None:
        ticket = case.database.read(
            lambda session: ticket_views.to_rate(session, case.wangayi.resident_id or 0)
        )
        return ticket.number if ticket else None

    older, newer = (str(case.open().number) for _ in range(2))
    assert asked() is None
    for number in (newer, older):  # the older ticket is done later
        case.number = number
        case.clock.pass_(hours=1)
        case.do(tickets.accept, by="xiaoli")
        case.do(tickets.resolve, by="xiaoli")
    assert asked() == older


@pytest.mark.parametrize(
    ("minutes", "more", "found"),
    [
        (119, {}, True),
        (121, {}, False),
        (5, {"kind": "report", "matter": "order.ebike"}, False),
        (5, {"resident_id": 2}, False),
        (5, {"resident_id": None}, False),
    ],
    ids=["same talk", "later", "another matter", "somebody else", "nobody known"],
)
def test_more_words_on_a_conduct_report_belong_to_it_for_a_while(
    case: Case, minutes: int, more: dict[str, Any], found: bool
) -> None:
    case.open(kind="conduct", matter="admin.conduct")
    case.clock.pass_(minutes=minutes)
    words = {"key": "more", "kind": "conduct", "matter": "admin.conduct", "text": "是上周的事"}
    who = {"resident_id": case.wangayi.resident_id}
    draft = tickets.Draft(**{**words, **who, "place": HOME, **more})
    earlier = case.database.read(
        lambda session: ticket_views.conduct_in_progress(session, draft, now=case.clock())
    )
    assert (earlier is not None) is found


def test_the_stable_form_gives_the_running_deadline_in_local_time(case: Case) -> None:
    case.open("property.leak")
    assert ticket_views.as_json(case.ticket(), case.demo) == {
        "number": case.number,
        "status": "assigned",
        "matter": "property.leak",
        "assignee": "liushifu",
        "deadline": "2026-11-23T12:00:00+08:00",
    }
