"""What the web chat refuses, how kindly, and how often anything may be done."""

from __future__ import annotations

import uuid

import pytest

from tests.web.conftest import HOST, OWN, Town


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
