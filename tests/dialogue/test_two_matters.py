"""Two matters in one message: two tickets, once, each with its own words and handler."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from bot.store.tables import TicketRow
from tests.dialogue.conftest import Someone, Stage

TWO = "幸福里小区3号楼2单元漏水，还有楼下停车堵门"


def opened(stage: Stage, person: Someone) -> list[TicketRow]:
    mine = select(TicketRow).where(TicketRow.conversation_id == person.talk._conversation)
    return stage.office.database.read(
        lambda session: list(session.scalars(mine.order_by(TicketRow.id)))
    )


def test_each_ticket_has_its_own_words_and_handler(stage: Stage) -> None:
    resident = stage.someone()
    resident.says(TWO)
    told = resident.taps("分成两件事").text
    leak, parking = opened(stage, resident)
    assert (leak.text, parking.text) == ("幸福里小区3号楼2单元漏水", "楼下停车堵门")
    assert leak.assignee != parking.assignee
    assert leak.place["building"] == parking.place["building"] == "xfl-b03"
    assert str(leak.number) in told
    assert str(parking.number) in told


def test_the_same_tap_delivered_twice_opens_nothing_twice(stage: Stage) -> None:
    resident = stage.someone()
    resident.says(TWO)
    key = uuid.uuid4().hex
    for _ in range(2):
        stage.loop.run(resident.talk.say({"button": "分成两件事"}, update_id=key))
    assert len(opened(stage, resident)) == 2


def test_status_names_both_and_each_can_be_re_filed(stage: Stage) -> None:
    resident = stage.someone()
    resident.says(TWO)
    resident.taps("分成两件事")
    before = opened(stage, resident)
    both = resident.says("我报的事怎么样了").text
    assert all(str(ticket.number) in both for ticket in before)
    resident.taps("第1件不是这类事")
    resident.taps("都不是")
    leak, parking = opened(stage, resident)
    assert (leak.status, parking.matter) == ("triage", before[1].matter)
