"""What holds for every page: who may enter, what is refused, what is escaped."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from bot.console.doors import Door
from bot.desk.community import Role
from bot.services import tickets
from tests.console.conftest import ONE_OF_EACH, PHONE, Enter, say
from tests.services.conftest import Case


def doors(console: Starlette) -> list[Door]:
    return [route for route in console.routes if isinstance(route, Door)]


def path_of(door: Door, **values: Any) -> str:
    known = {
        "number": "x",
        "id": "1",
        "code": "xiaohe",
        "deed": "accept",
        "part": "1",
        "step": "accept",
        "name:path": "p.jpg",
    }
    return re.sub(r"{([\w:]+)}", lambda found: str({**known, **values}[found[1]]), door.path)


def test_every_route_declares_a_permission(console: Starlette) -> None:
    for route in console.routes:
        if isinstance(route, Mount):
            assert route.name == "static"
            continue
        assert isinstance(route, Door) and isinstance(route, Route)
        assert route.roles is None or route.roles <= frozenset(Role)
    assert {door.path for door in doors(console) if door.roles is None} == {"/login"}


@pytest.mark.parametrize("role", sorted(Role))
async def test_each_role_is_refused_what_is_not_its_own(
    console: Starlette, case: Case, enter: Enter, role: Role
) -> None:
    case.open(text=f"有人飞线充电，电话{PHONE}")
    say(case, "你好")
    visitor = await enter(ONE_OF_EACH[role])
    for door in doors(console):
        if door.roles is None or door.path in ("/logout", "/password"):
            continue
        path = path_of(door, number=case.number, id=case.conversation)
        if "POST" in (door.methods or ()):
            answer = await visitor.post(path, reason="回访核实", note="办好了", to="xiaohe")
        else:
            answer = await visitor.get(path)
        if role not in door.roles:
            assert answer.status_code == 403, (door.name, role)
            assert case.number not in answer.text
        elif "{" not in door.path:
            assert answer.status_code in (200, 303), (door.name, role)


async def test_without_a_login_every_door_leads_to_the_login(
    console: Starlette, case: Case, enter: Enter
) -> None:
    case.open()
    stranger = await enter()
    for door in doors(console):
        path = path_of(door, number=case.number)
        post = "POST" in (door.methods or ())
        answer = await (stranger.post(path) if post else stranger.get(path))
        if door.roles is None:
            assert answer.status_code in (200, 403)
        else:
            assert answer.status_code == 303, door.name
            assert answer.headers["location"].startswith("/console/login")


async def test_what_residents_write_is_shown_and_never_run(case: Case, enter: Enter) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    case.open(text=evil)
    say(case, evil, replies=[{"text": evil}], intent=evil[:30], actions=[evil])
    case.do(tickets.add, by=case.wangayi, text=evil)
    zhuren = await enter("zhuren")
    for path in (
        f"/tickets/{case.number}",
        "/tickets",
        f"/tickets?text={evil}",
        f"/tasks/{case.number}",
        "/conversations",
        f"/conversations/{case.conversation}",
    ):
        page = await zhuren.sees(path)
        assert "<script>alert" not in page and "<img src=x" not in page, path
        assert "&lt;script&gt;" in page


async def test_every_answer_carries_the_careful_headers(case: Case, enter: Enter) -> None:
    zhuren = await enter("zhuren")
    for path in ("/tickets", "/login", "/nowhere", "/tickets/none", "/static/console.css"):
        headers = (await zhuren.get(path)).headers
        assert "'unsafe-inline'" not in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert path.startswith("/static") or headers["cache-control"] == "no-store"


async def test_a_form_from_elsewhere_is_refused(case: Case, enter: Enter) -> None:
    case.open()
    handler = await enter(case.ticket().assignee)
    other = await enter("xiaohe")
    await handler.sees(f"/tasks/{case.number}")
    path = f"/tasks/{case.number}/accept"
    for csrf in ("", "wrong", "错", other.hidden("csrf")):
        assert (await handler.post(path, csrf=csrf)).status_code == 403
    answer = await handler.client.post(
        f"/console{path}",
        data={"csrf": handler.hidden("csrf"), "key": "some-form-key"},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 403
    assert case.ticket().status == "assigned"
    assert (await handler.post(path)).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "/tickets?before=99999999999999999999&text=%25_",
        "/conversations/99999999999999999999",
        "/conversations/x",
        "/tickets/%00",
        "/tickets?text=%00",
        "/tickets?status=nonsense&grid=%F0%9F%92%A9&done=nonsense",
        "/conversations?since=0001-01-01&until=9999-12-31",
        "/tasks/%ff",
        "/looks?before=-1",
        "/nowhere",
    ],
)
async def test_nonsense_is_answered_calmly(case: Case, enter: Enter, path: str) -> None:
    answer = await (await enter("zhuren")).get(path)
    assert answer.status_code in (200, 400, 403, 404)


async def test_a_body_that_is_no_form_is_refused(enter: Enter) -> None:
    zhuren = await enter("zhuren")
    send = zhuren.client.post
    assert (await send("/console/logout", json={"csrf": "x"})).status_code == 400
    for body, code in ((b"a=" + b"x" * 70_000, 413), (b"\xff\xfe", 400), (b"a=1&" * 60, 400)):
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = await send("/console/logout", content=body, headers=headers)
        assert answer.status_code == code
