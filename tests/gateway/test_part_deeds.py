"""Parts of a ticket by tapping: who is asked, what they answer, which buttons are alive."""

from __future__ import annotations

import pytest

from bot.desk.community import Community
from bot.desk.errors import NotAllowed, Refused, TicketAlreadyMoved, UnknownThing
from bot.desk.people import Person
from bot.gateway import deeds, words
from bot.services import buttons, tickets
from bot.services.outbox import Message
from bot.store.database import Database
from bot.store.tables import OutboxRow, SubtaskRow
from tests.conftest import Clock, staff
from tests.services.conftest import Case, meet


@pytest.fixture
def case(sqlite: Database, demo: Community, clock: Clock) -> Case:
    conversation, speaker = meet(sqlite, "wang", known_as="wangayi", clock=clock)
    return Case(sqlite, demo, clock, Person(resident_id=speaker.resident_id), conversation)


@pytest.fixture
def accepted(case: Case) -> Case:
    case.open()
    case.do(tickets.accept, by="xiaoli")
    return case


def tap(case: Case, what: str, *, by: str, key: str | None = None) -> Message:
    who, key = staff(case.demo, by), key or f"tap:{by}:{what}"
    _, message = case.database.run(lambda s: deeds.do(s, tap=what, by=who, key=key, desk=case.desk))
    case.check_timelines()
    return message


def shown(message: Message) -> dict[str, str]:
    return {button.label: button.tap for button in message.buttons}


def asked(case: Case, code: str) -> dict[str, str]:
    """The buttons on the last card of somebody."""
    body = case.rows(OutboxRow, staff=code)[-1].body
    return {button["label"]: button["tap"] for button in body["buttons"]}


def test_a_whistle_is_two_taps_and_arrival_is_one(accepted: Case) -> None:
    choices = tap(accepted, f"whistle:{accepted.number}", by="xiaoli")
    labels = shown(choices)
    assert not accepted.rows(SubtaskRow)
    reply = tap(accepted, labels["综合执法队联络员闫队长"], by="xiaoli")
    assert "已通知综合执法队联络员闫队长" in reply.text and "前到场" in reply.text
    card = asked(accepted, "yanduizhang")
    assert list(card) == ["接受", "我到了", "办不了"]
    reply = tap(accepted, card["我到了"], by="yanduizhang")
    assert "11月23日10:00到场" in reply.text and list(shown(reply)) == ["办好了", "办不了"]
    tap(accepted, shown(reply)["办好了"], by="yanduizhang")
    assert accepted.rows(SubtaskRow)[0].status == "done"


def test_who_cannot_says_why_with_a_tap(accepted: Case) -> None:
    helpers = shown(tap(accepted, f"assist:{accepted.number}", by="xiaoli"))
    tap(accepted, next(iter(helpers.values())), by="xiaoli")
    (part,) = accepted.rows(SubtaskRow)
    card = asked(accepted, part.staff)
    reasons = shown(tap(accepted, card["办不了"], by=part.staff))
    assert accepted.rows(SubtaskRow)[0].status == "asked"
    tap(accepted, reasons["人手不够"], by=part.staff)
    assert accepted.rows(SubtaskRow)[0].outcome == "人手不够"
    assert "请别人" in asked(accepted, "xiaoli")


def test_a_stranger_can_neither_ask_nor_answer(accepted: Case) -> None:
    with pytest.raises(TicketAlreadyMoved):
        tap(accepted, f"whistle:{accepted.number}", by="laozhang")
    tap(accepted, f"whistle:{accepted.number}:yanduizhang", by="xiaoli")
    (part,) = accepted.rows(SubtaskRow)
    with pytest.raises(NotAllowed):
        tap(accepted, f"part:{accepted.number}:{part.id}:arrive", by="laozhang")


@pytest.mark.parametrize("which", ["", "x:arrive", "1", "1:fly", "99:arrive"])
def test_a_tap_that_means_nothing_is_refused(accepted: Case, which: str) -> None:
    with pytest.raises(UnknownThing):
        tap(accepted, f"part:{accepted.number}:{which}", by="xiaoli")


def test_the_refusals_say_whose_part_is_open(accepted: Case) -> None:
    tap(accepted, f"assist:{accepted.number}:liushifu", by="xiaoli")
    accepted.database.run(lambda s: setattr(s.get(SubtaskRow, 1), "required", True))
    with pytest.raises(Refused) as refused:
        tap(accepted, f"resolve:{accepted.number}", by="xiaoli")
    assert "刘师傅那部分还没办好" in words.refusal(refused.value).text


def test_the_buttons_of_a_part_live_as_long_as_its_steps(accepted: Case) -> None:
    conversation, _ = meet(accepted.database, "y", known_as="yanduizhang", clock=accepted.clock)

    def alive() -> int:
        return len(accepted.database.read(lambda s: buttons.alive(s, conversation)))

    tap(accepted, f"whistle:{accepted.number}:yanduizhang", by="xiaoli")
    assert alive() == 1
    card = asked(accepted, "yanduizhang")
    tap(accepted, card["办不了"] + ":law", by="yanduizhang")
    assert alive() == 0
