"""A resident is asked where, says nothing for half an hour, and is heard all the same."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update

from bot.bootstrap import utc_now
from bot.store.tables import ConversationRow, TicketRow
from bot.worker.steps import file_unheard
from tests.dialogue.conftest import Someone, Stage

LEAK = "家里厨房漏水，水漫了一地"


def half_an_hour_passes(stage: Stage, person: Someone) -> None:
    """The clock of the conversation is moved, and the worker looks, twice."""
    here = update(ConversationRow).where(ConversationRow.id == person.talk._conversation)
    past = here.where(ConversationRow.unheard_at.is_not(None)).values(
        unheard_at=utc_now() - timedelta(seconds=1)
    )
    stage.office.database.run(lambda session: session.execute(past) and None)
    for _ in range(2):
        list(file_unheard(stage.office))


def opened(stage: Stage, person: Someone) -> list[TicketRow]:
    mine = select(TicketRow).where(TicketRow.conversation_id == person.talk._conversation)
    return stage.office.database.read(lambda session: list(session.scalars(mine)))


def silent(stage: Stage, text: str = LEAK) -> tuple[Someone, TicketRow]:
    resident = stage.someone()
    resident.says(text)
    half_an_hour_passes(stage, resident)
    (ticket,) = opened(stage, resident)
    return resident, ticket


def test_the_desk_has_it_and_the_resident_is_told(stage: Stage) -> None:
    resident, ticket = silent(stage)
    assert (ticket.status, ticket.matter, ticket.text) == ("triage", "property.leak", LEAK)
    assert str(ticket.number) in resident.says("在吗").text


def test_the_place_that_comes_later_goes_to_the_same_ticket(stage: Stage) -> None:
    resident, ticket = silent(stage)
    answered = resident.says("幸福里小区3号楼2单元501")
    assert answered.ticket["number"] == ticket.number
    assert answered.ticket["status"] == "assigned"
    assert len(opened(stage, resident)) == 1
    assert answered.answer["address"]["building"] == "xfl-b03"


def test_it_can_still_be_called_off(stage: Stage) -> None:
    resident, ticket = silent(stage)
    called_off = resident.says("算了不报了")
    assert called_off.ticket["number"] == ticket.number
    assert called_off.ticket["status"] == "withdrawn"


def test_another_report_is_another_ticket(stage: Stage) -> None:
    resident, ticket = silent(stage)
    resident.says("楼道里有人乱贴小广告，满墙都是，难看死了")
    opened_now = resident.says("幸福里小区1号楼1单元")
    assert opened_now.ticket["number"] != ticket.number
    assert opened_now.ticket["matter"] == "order.ads"


def test_two_matters_without_an_answer_are_kept_together(stage: Stage) -> None:
    _resident, ticket = silent(stage, "厨房漏水，还有楼下停车把单元门堵死了")
    assert "漏水" in ticket.text
    assert "停车" in ticket.text


def test_who_answers_in_time_is_not_filed_twice(stage: Stage) -> None:
    resident = stage.someone()
    resident.says(LEAK)
    resident.says("幸福里小区3号楼2单元501")
    half_an_hour_passes(stage, resident)
    assert len(opened(stage, resident)) == 1


def test_a_wish_without_words_is_nothing_to_file(stage: Stage) -> None:
    resident = stage.someone()
    resident.says("我要报修")
    half_an_hour_passes(stage, resident)
    assert opened(stage, resident) == []


def test_a_photos_caption_goes_with_the_ticket(stage: Stage, tmp_path: Path) -> None:
    resident = stage.someone()
    number = resident.says("幸福里小区3号楼2单元楼道灯坏了").ticket["number"]
    photo = tmp_path / "lamp.jpg"
    photo.write_bytes(b"\xff\xd8 not looked at by the terminal")
    turn = {"text": "就是这个楼道灯，一直不亮", "photo": str(photo)}
    added = stage.loop.run(resident.talk.say(turn))
    assert added["ticket"]["number"] == number
    assert len(opened(stage, resident)) == 1
