"""What somebody types after they were asked something: to the deed, or to the engine."""

from __future__ import annotations

import pytest

from bot.desk.community import Community
from bot.desk.people import Person
from bot.gateway.gateway import Gateway
from bot.gateway.incoming import Incoming
from bot.services import tickets
from bot.store.database import Database
from bot.store.tables import OutboxRow
from tests.conftest import Clock
from tests.gateway.test_gateway import Engine, gateway
from tests.services.conftest import Case, meet


@pytest.fixture
def case(sqlite: Database, demo: Community, clock: Clock) -> Case:
    conversation, speaker = meet(sqlite, "wang", known_as="wangayi", clock=clock)
    case = Case(sqlite, demo, clock, Person(resident_id=speaker.resident_id), conversation)
    case.open()
    return case


class Talk:
    """Somebody at a gateway whose engine only repeats; every turn may be another process."""

    def __init__(self, case: Case, who: str, peer: str) -> None:
        self.case, self.who, self.peer = case, who, peer
        self.engine, self.said = Engine(), 0

    def door(self) -> Gateway:
        return gateway(self.case.database, self.engine, self.case.clock)

    async def send(self, **what: str) -> str:
        self.said += 1
        update = f"{self.who}{self.said}"
        incoming = Incoming(
            channel="web", peer=self.peer, update_id=update, known_as=self.who, **what
        )
        conversation = await self.door().handle(incoming)
        self.case.check_timelines()
        return str(self.case.rows(OutboxRow, conversation_id=conversation)[-1].body["text"])


async def test_the_next_words_of_a_handler_are_the_note_and_the_engine_hears_nothing(
    case: Case,
) -> None:
    xiaoli = Talk(case, "xiaoli", "li")
    assert "为什么退" in await xiaoli.send(tap=f"return:{case.number}")
    assert "归谁管" in await xiaoli.send(tap=f"return:{case.number}:not_ours")
    assert "已退回受理台" in await xiaoli.send(text="归城管队管")
    assert "归城管队管" in case.told("xiaomeng")[-1]
    assert not xiaoli.engine.heard
    assert await xiaoli.send(text="今天真热") == "听到：今天真热", "asked no more"


async def test_courtesy_is_no_note(case: Case) -> None:
    xiaoli = Talk(case, "xiaoli", "li")
    await xiaoli.send(tap=f"return:{case.number}")
    assert await xiaoli.send(text="好的，谢谢") == "听到：好的，谢谢"
    assert "已退回受理台" in await xiaoli.send(text="我休假了")


async def test_another_tap_ends_the_question(case: Case) -> None:
    xiaoli = Talk(case, "xiaoli", "li")
    await xiaoli.send(tap=f"return:{case.number}")
    await xiaoli.send(tap=f"accept:{case.number}")
    assert await xiaoli.send(text="我休假了") == "听到：我休假了"
    assert case.ticket().status == "accepted"


async def test_a_note_that_comes_too_late_hears_who_has_it(case: Case) -> None:
    xiaoli = Talk(case, "xiaoli", "li")
    await xiaoli.send(tap=f"return:{case.number}:not_ours")
    case.do(tickets.assign, "laozhang", by="xiaomeng")
    reply = await xiaoli.send(text="归城管队管")
    assert "小孟先做了“派单”" in reply and "现在由老张负责" in reply
    assert await xiaoli.send(text="知道是谁了") == "听到：知道是谁了"


async def test_a_photo_of_the_work_goes_to_the_resident(case: Case) -> None:
    xiaoli = Talk(case, "xiaoli", "li")
    await xiaoli.send(tap=f"accept:{case.number}")
    await xiaoli.send(tap=f"resolve:{case.number}")
    await xiaoli.send(photo="after.jpg", text="拆完了")
    assert "拆完了" in case.wangayi_heard()[-1]["text"]
    assert case.wangayi_heard()[-1]["photos"] == ["after.jpg"]


async def test_what_a_resident_answers_is_read_by_the_engine_with_the_question(
    case: Case,
) -> None:
    case.do(tickets.accept, by="xiaoli")
    case.do(tickets.ask_more, by="xiaoli", note="几号楼？")
    wang = Talk(case, "wangayi", "wang")
    await wang.send(text="5号楼那边的车棚")
    (heard,) = wang.engine.heard
    assert heard["metadata"]["asked"]["tap"] == f"add:{case.number}"
    assert case.ticket().status == "waiting", "until an action has done it"


async def test_a_bare_yes_answers_the_question_by_itself(case: Case) -> None:
    case.do(tickets.accept, by="xiaoli")
    case.do(tickets.ask_more, by="xiaoli", note="现在还在充电吗？")
    wang = Talk(case, "wangayi", "wang")
    assert "已补充到编号" in await wang.send(text="还在。")
    assert case.ticket().status == "accepted" and not wang.engine.heard
    assert "居民补充：还在" in case.told("xiaoli")[-1]
