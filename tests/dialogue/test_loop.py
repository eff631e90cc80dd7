"""Side ways of the loop in chat: what a resident is asked, what is bad, what is not solved."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.services import tickets
from bot.store.database import Session
from bot.store.tables import SubtaskRow, TicketRow, TimelineRow
from tests.dialogue.conftest import Someone, Stage


def reported(stage: Stage) -> tuple[Someone, Someone, str]:
    """Somebody has reported a dark stairway, and whoever has it has taken it."""
    resident = stage.someone()
    opened = resident.says("翠湖苑5号楼1单元楼道灯不亮，黑灯瞎火")
    if opened.answer["ticket"] is None:
        opened = resident.taps(opened.buttons[-1])  # none of those that others have reported
    number = opened.ticket["number"]
    handler = stage.someone(stage.handler())
    while number not in handler.says("你好").text:
        pass
    handler.taps("接单")
    return resident, handler, number


def moves(stage: Stage, number: str) -> list[tuple[str, str]]:
    def work(session: Session) -> list[tuple[str, str]]:
        ticket = tickets.by_number(session, number)
        query = select(TimelineRow).where(TimelineRow.ticket_id == ticket.id)
        return [(row.move, row.note) for row in session.scalars(query.order_by(TimelineRow.id))]

    return stage.office.database.read(work)


def state(stage: Stage, number: str) -> TicketRow:
    return stage.office.database.read(lambda session: tickets.by_number(session, number))


@pytest.mark.parametrize(
    "answer", ["就是三楼那一盏", "三楼和四楼都不亮", "没有", "楼道灯是上周坏的"]
)
def test_whatever_a_resident_answers_goes_to_whoever_asked(stage: Stage, answer: str) -> None:
    resident, handler, number = reported(stage)
    handler.taps("更多")
    assert "要居民补充什么" in handler.taps("请居民补充").text
    assert "不计时" in handler.says("是几楼的灯？").text
    asked = resident.says("谢谢")
    assert "想请您补充：是几楼的灯？" in asked.text
    assert state(stage, number).status == "waiting", "thanks is no answer"
    urged = resident.says("怎么还没人来，催一下")
    assert "直接发给我" in urged.text, "it is the resident's turn"
    assert number in resident.says(answer).text
    assert state(stage, number).status == "accepted"
    assert answer in handler.says("你好").text


def test_a_bad_score_is_explained_in_the_residents_own_words(stage: Stage) -> None:
    resident, handler, number = reported(stage)
    handler.taps("完成")
    handler.says("换了灯泡")
    told = resident.says("在吗")
    assert "说明：换了灯泡" in told.text
    rated = resident.says("很不满意")
    assert "前会有人回访您" in rated.text and "态度不好" in rated.buttons
    assert "已转给回访您的同事" in resident.says("拖了半个月才来，态度还差").text
    ticket = state(stage, number)
    assert ticket.status == "closed" and ticket.satisfaction in (1, 2)
    assert moves(stage, number)[-1] == ("explain", "拖了半个月才来，态度还差")

    def visits(session: Session) -> int:
        query = select(SubtaskRow).where(SubtaskRow.ticket_id == ticket.id)
        return len(session.scalars(query).all())

    assert stage.office.database.read(visits) == 1


def test_not_solved_goes_back_once_with_the_reason_and_then_to_a_superior(stage: Stage) -> None:
    resident, handler, number = reported(stage)
    handler.taps("完成")
    resident.says("在吗")
    again = resident.taps("没解决")
    assert again.ticket["status"] == "assigned" and "好了又坏" in again.buttons
    assert number in resident.says("还是不亮").text
    assert ("add", "还是不亮") in moves(stage, number)
    while "还是不亮" not in (card := handler.says("你好")).text:
        pass
    handler.taps("接单")
    handler.taps("完成")
    resident.says("在吗")
    second = resident.taps("没解决")
    assert "报给了社区负责人督办" in second.text
    assert state(stage, number).status == "resolved"
    assert card
