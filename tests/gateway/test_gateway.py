"""The gateway with an engine that fails in every way an engine can."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from unittest.mock import AsyncMock

import aiohttp
import pytest
from sqlalchemy import select

from bot.desk.errors import BadInput
from bot.gateway.engine_client import EngineClient
from bot.gateway.gateway import Gateway
from bot.gateway.incoming import Incoming
from bot.services import conversations, inbox
from bot.services.places import Registers
from bot.store.database import Database
from bot.store.tables import OutboxRow, TicketRow, TurnRow
from tests.conftest import Clock


class Engine:
    """Answers each request with the next of `plan` (a status, or an exception), then with 200."""

    def __init__(self, *plan: int | Exception) -> None:
        self.plan = list(plan)
        self.heard: list[dict[str, Any]] = []

    async def __call__(self, body: dict[str, Any]) -> tuple[int, bytes]:
        step = self.plan.pop(0) if self.plan else 200
        if isinstance(step, Exception):
            raise step
        if step != 200:
            return step, b'{"error": "broken"}'
        self.heard.append(body)
        reading = {"intent": "greet", "confidence": 1.0, "intents": [], "matters": []}
        reply = {"text": f"听到：{body.get('text') or body.get('payload')}", "buttons": []}
        answer = {"replies": [reply], "reading": reading, "actions": [], "slots": {}}
        return 200, json.dumps({**answer, "ticket": None}).encode()


def gateway(database: Database, engine: Engine, clock: Clock) -> Gateway:
    client = EngineClient("http://engine", timeout=1)
    client._post = engine  # type: ignore[method-assign]
    return Gateway(database, Registers(database), client, clock)


def message(text: str, update: str = "1", peer: str = "wang") -> Incoming:
    return Incoming(channel="test", peer=peer, update_id=update, text=text)


def said(database: Database) -> list[str]:
    return database.read(
        lambda s: [row.body["text"] for row in s.scalars(select(OutboxRow).order_by(OutboxRow.id))]
    )


async def test_a_repeated_update_is_answered_once(sqlite: Database, clock: Clock) -> None:
    engine = Engine()
    door = gateway(sqlite, engine, clock)
    await door.handle(message("你好"))
    await door.handle(message("你好"))
    assert said(sqlite) == ["听到：你好"]
    assert len(engine.heard) == 1


@pytest.mark.parametrize(
    "trouble", [aiohttp.ClientConnectionError("down"), asyncio.TimeoutError(), 503, 500]
)
async def test_the_resident_is_told_and_answered_later_once_and_in_order(
    sqlite: Database, clock: Clock, trouble: Any
) -> None:
    engine = Engine(trouble)
    door = gateway(sqlite, engine, clock)
    conversation = await door.handle(message("一", "1"))
    await door.handle(message("二", "2"))
    assert all("已收到并保存" in text for text in said(sqlite))
    assert len(said(sqlite)) == 2, "each message that waits is acknowledged"
    clock.pass_(minutes=2)
    await door.process(conversation)
    await door.process(conversation)
    assert said(sqlite)[2:] == ["听到：一", "听到：二"]
    assert [heard["key"] for heard in engine.heard] == ["test:1", "test:2"]


async def test_one_persons_trouble_does_not_hold_up_another(sqlite: Database, clock: Clock) -> None:
    engine = Engine(500)
    door = gateway(sqlite, engine, clock)
    await door.handle(message("一", "1", peer="wang"))
    await door.handle(message("二", "2", peer="li"))
    assert said(sqlite)[-1] == "听到：二"


async def test_a_message_that_breaks_the_engine_goes_to_a_person(
    sqlite: Database, clock: Clock
) -> None:
    door = gateway(sqlite, Engine(500, 500, 500, 500, 500), clock)
    conversation = await door.handle(message("奇怪的话"))
    for _ in range(4):
        clock.pass_(minutes=2)
        await door.process(conversation)
    ticket = sqlite.read(lambda s: s.scalars(select(TicketRow)).one())
    assert (ticket.status, ticket.text) == ("triage", "奇怪的话")
    assert str(ticket.number) in "".join(said(sqlite))
    assert sqlite.read(inbox.pending_count) == 0


async def test_what_broke_the_engine_may_be_a_conduct_report_and_stays_hidden(
    sqlite: Database, clock: Clock
) -> None:
    door = gateway(sqlite, Engine(500, 500, 500, 500, 500), clock)
    conversation = await door.handle(message("我要举报某某"))
    for _ in range(4):
        clock.pass_(minutes=2)
        await door.process(conversation)
    ticket = sqlite.read(lambda s: s.scalars(select(TicketRow)).one())
    turn = sqlite.read(lambda s: s.scalars(select(TurnRow)).one())
    assert (ticket.assignee, ticket.confidential, turn.confidential) == ("yanjie", True, True)


async def test_an_outage_of_the_engine_never_sends_a_message_to_triage(
    sqlite: Database, clock: Clock
) -> None:
    door = gateway(sqlite, Engine(*[aiohttp.ClientConnectionError("down")] * 20), clock)
    conversation = await door.handle(message("电梯坏了"))
    for _ in range(19):
        clock.pass_(minutes=2)
        await door.process(conversation)
    assert sqlite.read(lambda s: s.scalars(select(TicketRow)).all()) == []
    clock.pass_(minutes=2)
    await door.process(conversation)
    assert said(sqlite)[-1] == "听到：电梯坏了"


async def test_an_emergency_is_answered_while_the_engine_is_down(
    sqlite: Database, clock: Clock
) -> None:
    door = gateway(sqlite, Engine(*[aiohttp.ClientConnectionError("down")] * 5), clock)
    await door.handle(message("你好", "1"))
    await door.handle(message("着火了！幸福里小区3号楼冒浓烟", "2"))
    texts = said(sqlite)
    assert any("119" in text and "编号" in text for text in texts)
    ticket = sqlite.read(lambda s: s.scalars(select(TicketRow)).one())
    assert (ticket.matter, ticket.urgency) == ("safety.fire", "emergency")


async def test_ten_at_once_of_one_person_stay_in_order(sqlite: Database, clock: Clock) -> None:
    engine = Engine()
    door = gateway(sqlite, engine, clock)
    kept = [await door.receive(message(f"第{number}句", str(number))) for number in range(10)]
    await asyncio.gather(*(door.answer(one) for one in reversed(kept)))
    assert [heard["text"] for heard in engine.heard] == [f"第{n}句" for n in range(10)]


async def test_what_its_channel_never_answered_is_taken_up_when_the_lease_is_over(
    sqlite: Database, clock: Clock
) -> None:
    engine = Engine()
    door = gateway(sqlite, engine, clock)
    kept = await door.receive(message("你好"))  # and then it died
    await door.process(kept.conversation_id)
    assert said(sqlite) == []
    clock.pass_(seconds=conversations.LEASE.total_seconds() + 1)
    await door.process(kept.conversation_id)
    await door.answer(
        kept
    )  # not dead after all: the engine knows the key, the inbox knows it is done
    assert said(sqlite) == ["听到：你好"]


async def test_an_empty_or_endless_message_is_refused(sqlite: Database, clock: Clock) -> None:
    door = gateway(sqlite, Engine(), clock)
    with pytest.raises(BadInput, match="empty"):
        await door.receive(message(""))
    with pytest.raises(BadInput, match="8000"):
        await door.receive(message("长" * 8001))


async def test_a_forged_tap_does_nothing(sqlite: Database, clock: Clock) -> None:
    door = gateway(sqlite, Engine(), clock)
    for number, tap in enumerate(["accept:20260101-9999", "nonsense", "rate::x", "a:b:c:d"]):
        incoming = Incoming(channel="test", peer="wang", update_id=f"t{number}", tap=tap)
        await door.handle(incoming)
    assert all("按钮" in text for text in said(sqlite))


async def test_an_answer_nobody_can_read_goes_to_a_person_and_blocks_nothing(
    sqlite: Database, clock: Clock
) -> None:
    door = gateway(sqlite, Engine(), clock)
    door._engine._post = AsyncMock(return_value=(200, b"not json"))  # type: ignore[method-assign]
    conversation = await door.handle(message("电梯坏了"))
    for _ in range(4):
        clock.pass_(minutes=2)
        await door.process(conversation)
    ticket = sqlite.read(lambda s: s.scalars(select(TicketRow)).one())
    assert (ticket.status, ticket.text) == ("triage", "电梯坏了")


async def test_after_an_emergency_an_address_is_its_place_and_a_story_is_not(
    sqlite: Database, clock: Clock
) -> None:
    engine = Engine()
    door = gateway(sqlite, engine, clock)
    await door.handle(message("着火了，救命", "1"))
    await door.handle(message("我要举报网格员收红包，住幸福里小区3号楼", "2"))
    assert [heard["key"] for heard in engine.heard] == ["test:2"], "the engine reads the story"
    await door.handle(message("幸福里小区3号楼2单元", "3"))
    ticket = sqlite.read(lambda s: s.scalars(select(TicketRow)).one())
    assert ticket.place["building"] == "xfl-b03"
    assert "已告诉" in said(sqlite)[-1]
