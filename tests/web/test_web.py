"""The web chat: what a device may do, sees, and is refused."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from sqlalchemy import func, select

from bot.services import codes, conversations, outbox
from bot.services.outbox import Button, Message
from bot.store.tables import ConversationRow, InboxRow, OutboxRow, ResidentRow, TicketRow
from bot.web import answers
from tests.web.conftest import Town


async def test_a_device_key_is_long_random_and_never_kept(town: Town) -> None:
    keys = []
    for _ in range(3):
        answer = await town.device().hello()
        cookie = answer.headers["set-cookie"]
        assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Secure"))
        keys.append(answer.cookies[answers.COOKIE])
    assert len(set(keys)) == 3
    assert all(len(key) == 43 for key in keys), "256 bits"
    peers = town.database.read(lambda s: s.scalars(select(ConversationRow.peer)).all())
    assert len(peers) == 3
    assert not set(peers) & set(keys)


async def test_a_known_device_keeps_its_key(town: Town) -> None:
    device = await town.known()
    key = device.http.cookies[answers.COOKIE]
    await device.hello()
    assert device.http.cookies[answers.COOKIE] == key
    assert (await device.http.get("/api/hello")).json() == {"known": True, "name": ""}


async def test_over_plain_http_the_cookie_still_works(town: Town) -> None:
    device = town.device(**{"X-Linli": "1"})
    answer = await device.http.post("http://linli.example/api/hello")
    assert "Secure" not in answer.headers["set-cookie"]


@pytest.mark.parametrize("key", ["", "a" * 43, "1", "null"])
async def test_without_a_key_that_we_gave_nothing_works(town: Town, key: str) -> None:
    device = town.device()
    if key:
        device.http.cookies.set(answers.COOKIE, key)
    assert (await device.says("你好")).status_code == 401
    assert (await device.http.get("/api/messages")).status_code == 401
    assert (await device.http.get("/api/photos/i1/0")).status_code == 401
    assert (await device.http.get("/api/hello")).json()["known"] is False
    assert town.database.read(lambda s: s.scalar(select(func.count(InboxRow.id)))) == 0


async def test_a_message_is_answered_and_seen_again_after_a_reload(town: Town) -> None:
    device = await town.known()
    assert (await device.says("你好")).status_code == 202
    assert await device.hears() == ["听到：你好"]
    assert await device.sees() == ["我：你好", "听到：你好"]
    assert (await device.news())["messages"] == [], "nothing twice"
    sent = town.database.read(lambda s: s.scalars(select(OutboxRow.status)).all())
    assert sent == ["sent"]


async def test_another_device_sees_nothing_of_it(town: Town) -> None:
    device, other = await town.known(), await town.known()
    await device.says("我家钥匙在垫子下面")
    await device.hears()
    assert await other.sees() == []
    answer = await other.http.get("/api/messages?after=0-0&conversation=1&peer=x")
    assert answer.json()["messages"] == []


async def test_a_repeated_post_is_one_message(town: Town) -> None:
    device, id = await town.known(), str(uuid.uuid4())
    answers = await asyncio.gather(*(device.says("电梯坏了", id=id) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {202}
    assert await device.hears() == ["听到：电梯坏了"]
    await town.settle()
    assert await device.sees() == ["我：电梯坏了", "听到：电梯坏了"]
    assert len(town.engine.heard) == 1


async def test_the_same_uuid_of_two_devices_is_two_messages(town: Town) -> None:
    device, other, id = await town.known(), await town.known(), str(uuid.uuid4())
    await device.says("一", id=id)
    await other.says("二", id=id)
    assert await device.hears() == ["听到：一"]
    assert await other.hears() == ["听到：二"]


async def test_who_waits_is_woken_by_this_process_and_by_another(town: Town) -> None:
    device = await town.known()
    waiting = asyncio.create_task(device.news(wait=20))
    await asyncio.sleep(0.1)

    def tell(session):  # type: ignore[no-untyped-def]
        id = session.scalars(select(ConversationRow.id)).one()
        outbox.to_conversation(session, id, Message(text="师傅到了"), key="x", now=town.clock())

    await town.database.arun(tell)
    answer = await asyncio.wait_for(waiting, 5)
    assert [said["text"] for said in answer["messages"]] == ["师傅到了"]


async def test_a_message_is_kept_while_the_engine_is_down(town: Town) -> None:
    town.engine.down = True
    device = await town.known()
    assert (await device.says("电梯坏了")).status_code == 202
    assert "已收到并保存" in (await device.hears())[0]
    town.engine.down = False
    town.clock.pass_(minutes=2)
    conversation = town.database.read(lambda s: s.scalars(select(ConversationRow.id)).one())
    await town.gateway.process(conversation)
    assert await device.hears() == ["听到：电梯坏了"]


async def test_an_emergency_is_answered_while_the_engine_is_down(town: Town) -> None:
    town.engine.down = True
    device = await town.known()
    await device.says("着火了！幸福里小区3号楼冒浓烟")
    assert "119" in (await device.hears())[0]
    ticket = town.database.read(lambda s: s.scalars(select(TicketRow)).one())
    assert ticket.urgency == "emergency"


async def test_a_button_works_once_and_by_what_we_showed(town: Town) -> None:
    device = await town.known()
    await device.says("你好")
    await device.hears()
    answer = (await device.http.get("/api/messages")).json()
    shown = answer["messages"][-1]
    assert (shown["buttons"], answer["alive"]) == (["算了"], [shown["id"]])
    assert "tap" not in str(answer)
    assert (await device.taps(shown["id"])).status_code == 202
    assert await device.hears() == ["听到：/deny"]
    again = (await device.http.get("/api/messages")).json()
    assert shown["id"] not in again["alive"]
    assert "我：算了" in await device.sees()


async def test_a_button_of_another_device_or_of_nobody_is_gone(town: Town) -> None:
    device, other = await town.known(), await town.known()
    await device.says("你好")
    await device.hears()
    shown = (await device.http.get("/api/messages")).json()["messages"][-1]["id"]
    assert (await other.taps(shown)).status_code == 410
    assert (await device.taps(shown, index=7)).status_code == 410
    assert (await device.taps("o999999")).status_code == 410
    assert (await device.taps("accept:20260101-1")).status_code == 400


async def test_buttons_of_a_ticket_live_as_long_as_it_allows_them(town: Town) -> None:
    device = await town.known()
    await device.says("着火了！幸福里小区3号楼冒浓烟")
    await device.hears()

    def ask(session):  # type: ignore[no-untyped-def]
        ticket = session.scalars(select(TicketRow)).one()
        ticket.status = "resolved"
        taps = (
            Button("解决了", f"solved:{ticket.number}"),
            Button("没解决", f"reopen:{ticket.number}"),
        )
        message = Message(text="解决了吗？", buttons=taps)
        id = session.scalars(select(ConversationRow.id)).one()
        outbox.to_conversation(session, id, message, key="q", now=town.clock())

    town.database.run(ask)
    asked = (await device.news())["messages"][-1]["id"]
    await device.says("我先看看")
    await device.hears()
    assert asked in (await device.news())["alive"], "other words in between do not matter"

    def close(session):  # type: ignore[no-untyped-def]
        session.scalars(select(TicketRow)).one().status = "withdrawn"

    town.database.run(close)
    assert asked not in (await device.news())["alive"]


async def test_a_location_is_understood_and_nonsense_is_not(town: Town) -> None:
    device = await town.known()
    assert (await device.says("", location=[39.9, 116.4])).status_code == 202
    await device.hears()
    shown = (await device.http.get("/api/messages")).json()["messages"][0]
    assert shown["location"] is True
    for wrong in ([200, 0], ["1", "2"], [1], None, {"lat": 1}):
        assert (await device.says("", location=wrong)).status_code == 400


async def test_a_client_may_say_what_its_coordinates_mean(town: Town) -> None:
    device = await town.known()
    there = {"location": [39.9, 116.4]}
    assert (await device.says("", **there, datum="gcj02")).status_code == 202
    body = town.database.read(lambda s: s.scalars(select(InboxRow)).one().body)
    assert body == {**there, "datum": "gcj02"}, "kept, so that it can be checked later"
    assert (await device.says("", **there, datum="bd09")).status_code == 400


async def test_a_code_confirms_who_it_is(town: Town) -> None:
    device = await town.known()
    code = town.database.run(lambda s: codes.issue(s, "wangayi", now=town.clock()))
    answer = await device.http.post("/api/code", json={"code": code.lower()})
    assert answer.json()["name"], "she reads her own name"
    assert (await device.http.get("/api/hello")).json()["name"] == answer.json()["name"]
    speaker = town.database.read(
        lambda s: conversations.speaker(s, s.scalars(select(ConversationRow.id)).one())
    )
    wangayi = town.database.read(
        lambda s: s.scalars(select(ResidentRow.id).where(ResidentRow.code == "wangayi")).one()
    )
    assert speaker.resident_id == wangayi
    assert (await device.http.post("/api/code", json={"code": code})).status_code == 403


async def test_a_device_can_forget(town: Town) -> None:
    device = await town.known()
    await device.says("你好")
    await device.http.post("/api/forget")
    assert answers.COOKIE not in device.http.cookies
    assert (await device.http.get("/api/messages")).status_code == 401


async def test_health_is_the_databases(town: Town) -> None:
    assert (await town.device().http.get("/healthz")).json() == {"ok": True}
