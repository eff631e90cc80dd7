"""Parts of a ticket by tapping: who is asked, what they answer, which buttons are alive."""

from __future__ import annotations

import pytest

from bot.desk.community import Community
from bot.desk.errors import NotAllowed, Refused, TicketAlreadyMoved, UnknownThing
from bot.desk.people import Person
from bot.gateway import deeds
from bot.gateway.words import refusal
from bot.services import buttons, tickets
from bot.services.outbox import Message
from bot.store.database import Database
from bot.store.tables import ConversationRow, OutboxRow, SubtaskRow
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


def tap(case: Case, what: str, *, by: str, words: str = "", key: str | None = None) -> Message:
    who, key = staff(case.demo, by), key or f"tap:{by}:{what}"
    here = {"conversation_id": case.conversation, "words": words}
    _, message = case.database.run(
        lambda s: deeds.do(s, tap=what, by=who, key=key, desk=case.desk, **here)
    )
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
    (part,) = accepted.rows(SubtaskRow)
    assert part.status == "done"
    said = f"part:{accepted.number}:{part.id}:said"
    (conversation,) = accepted.rows(ConversationRow, id=accepted.conversation)
    assert conversation.asked["tap"] == said  # the next words say what was done
    tap(accepted, said, by="yanduizhang", words="违章棚拆了")
    assert accepted.rows(SubtaskRow)[0].outcome == "违章棚拆了"
    assert "违章棚拆了" in accepted.told("xiaoli")[-1]
    with pytest.raises(NotAllowed):
        tap(accepted, said, by="laozhang", words="没拆")


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
    assert "刘师傅那部分还没办好" in refusal(refused.value).text


def test_the_buttons_of_a_part_live_as_long_as_its_steps(accepted: Case) -> None:
    conversation, _ = meet(accepted.database, "y", known_as="yanduizhang", clock=accepted.clock)

    def alive() -> int:
        return len(accepted.database.read(lambda s: buttons.alive(s, conversation)))

    tap(accepted, f"whistle:{accepted.number}:yanduizhang", by="xiaoli")
    assert alive() == 1
    card = asked(accepted, "yanduizhang")
    tap(accepted, card["办不了"] + ":law", by="yanduizhang")
    assert alive() == 0


def test_who_cannot_may_say_why_in_their_own_words(accepted: Case) -> None:
    tap(accepted, f"assist:{accepted.number}:liushifu", by="xiaoli")
    cannot = asked(accepted, "liushifu")["办不了"]
    tap(accepted, cannot, by="liushifu", words="配件没到", key="typed")
    assert accepted.rows(SubtaskRow)[0].outcome == "配件没到"


def test_the_desk_merges_and_takes_apart_with_taps(case: Case) -> None:
    case.open("property.elevator", text="2单元电梯坏了")
    first = case.number
    case.open("property.elevator", text="电梯停了一早上", resident_id=None)
    second = case.number
    card = tap(case, f"merge:{second}", by="xiaomeng")
    assert shown(card) == {f"并入 {first}": f"merge:{second}:{first}"}
    reply = tap(case, f"merge:{second}:{first}", by="xiaomeng")
    assert case.ticket().status == "merged"
    tap(case, shown(reply)["拆开"], by="xiaomeng")
    assert case.ticket().status == "assigned"
    case.number = first
    assert case.ticket().status == "assigned"


def test_only_the_desk_merges(case: Case) -> None:
    case.open("property.elevator", text="2单元电梯坏了")
    number = case.number
    case.open("property.elevator", text="电梯停了一早上")
    with pytest.raises(Refused):
        tap(case, f"merge:{case.number}:{number}", by="liushifu")
    case.open("order.ads", text="满墙小广告")
    assert "没有找到" in tap(case, f"merge:{case.number}", by="xiaomeng").text
