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
from tests.web.conftest import HOST, OWN, Town


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


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"id": "1", "text": "x"}', 400),
        (b'{"id": "6b1d6b54-3f0f-4b43-9d36-0a1c8d1c2d3e"}', 400),
        (b'{"id": "6b1d6b54-3f0f-4b43-9d36-0a1c8d1c2d3e", "text": 7}', 400),
        (b"[" * 30_000, 400),
        (b"x" * 70_000, 413),
    ],
)
async def test_what_is_no_message_is_refused_kindly(town: Town, body: bytes, status: int) -> None:
    device = await town.known()
    answer = await device.http.post("/api/messages", content=body)
    assert answer.status_code == status
    assert answer.json()["error"].endswith("。")


async def test_odd_characters_are_kept_or_dropped_but_never_break(town: Town) -> None:
    device = await town.known()
    body = f'{{"id": "{uuid.uuid4()}", "text": "漏\\u0000水\\ud800了😀"}}'
    assert (await device.http.post("/api/messages", content=body)).status_code == 202
    assert await device.hears() == ["听到：漏水了😀"]
    assert (await device.says("长" * 8001)).status_code == 413


async def test_a_cursor_from_elsewhere_is_refused(town: Town) -> None:
    device = await town.known()
    for cursor in ("x", "1", "1-2-3", "-1-2", "9" * 30 + "-1"):
        answer = await device.http.get("/api/messages", params={"after": cursor})
        assert answer.status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": HOST},
        {**OWN, "Origin": "https://evil.example"},
        {**OWN, "Origin": "null"},
        {**OWN, "Sec-Fetch-Site": "cross-site"},
        {**OWN, "Sec-Fetch-Site": "same-site"},
        {"X-Linli": "1", "Origin": "https://linli.example.evil.example"},
    ],
)
@pytest.mark.parametrize("path", ["hello", "messages", "photos", "code", "forget"])
async def test_a_post_from_another_page_is_refused(
    town: Town, path: str, headers: dict[str, str]
) -> None:
    device = await town.known()
    device.http.headers = headers or {"X-Other": "1"}
    answer = await device.http.post(f"/api/{path}", json={})
    assert (answer.status_code, answer.json()["error"][:4]) == (403, "这个请求")


async def test_every_answer_carries_the_headers(town: Town) -> None:
    device = town.device()
    for path in ("/", "/static/app.js", "/api/messages", "/nothing", "/healthz"):
        headers = (await device.http.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "geolocation=(self)" in headers["permissions-policy"]
        assert headers["cache-control"] == ("no-cache" if "static" in path else "no-store")


async def test_the_page_has_nothing_inline_and_nothing_from_elsewhere(town: Town) -> None:
    page = (await town.device().http.get("/")).text
    assert "style=" not in page
    assert "http://" not in page
    assert "https://" not in page
    assert "onclick" not in page
    assert page.count("<script") == page.count("<script src=") + page.count('type="module" src=')
    assert "和安街道" in page


async def test_a_broken_service_tells_nobody_how(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = await town.known()

    async def broken(*_: object) -> int:
        raise RuntimeError("secret path /srv/linli")

    monkeypatch.setattr(town.gateway, "receive", broken)
    answer = await device.says("你好")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "content-security-policy" in answer.headers


async def test_twenty_messages_a_minute_and_then_a_friendly_no(town: Town) -> None:
    device, other = await town.known(), await town.known()
    assert [(await device.says(str(n))).status_code for n in range(20)] == [202] * 20
    refused = await device.says("还有")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) == 3
    assert "119" in refused.json()["error"]
    assert (await other.says("我")).status_code == 202, "a neighbour is not held up"
    town.clock.pass_(seconds=3)
    assert (await device.says("再来")).status_code == 202


async def test_thirty_new_devices_an_hour_at_one_address(town: Town) -> None:
    for _ in range(30):
        assert (await town.device(address="10.9.9.9").hello()).status_code == 201
    assert (await town.device(address="10.9.9.9").hello()).status_code == 429
    assert (await town.device(address="10.9.9.8").hello()).status_code == 201
    town.clock.pass_(hours=1)
    assert (await town.device(address="10.9.9.9").hello()).status_code == 201


async def test_codes_cannot_be_tried_out(town: Town) -> None:
    device = await town.known()
    tries = [await device.http.post("/api/code", json={"code": f"2345-678{n}"}) for n in range(6)]
    assert [answer.status_code for answer in tries] == [403] * 5 + [429]


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
