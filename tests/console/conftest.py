"""The console on the demo community, with 王阿姨's tickets, and people who are logged in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.bootstrap import Office
from bot.console.app import build
from bot.console.doors import COOKIE
from bot.desk.community import Community, Role
from bot.desk.people import Person
from bot.services import accounts, inbox, turns
from bot.services.accounts import Attempt
from bot.services.places import Registers
from bot.settings import Settings
from bot.store.database import Database, Session
from bot.store.tables import AccountRow
from tests.conftest import Clock
from tests.services.conftest import Case, meet

AT = "http://desk.test"
ONE_OF_EACH = {
    Role.GRID_WORKER: "xiaoli",
    Role.BUILDING_HEAD: "madaye",
    Role.PARTY_MEMBER: "zhenglaoshi",
    Role.SECRETARY: "chenshuji",
    Role.PROPERTY: "liushifu",
    Role.LIAISON: "zhoujingguan",
    Role.DUTY: "dingge",
    Role.DESK: "xiaomeng",
    Role.DISCIPLINE: "yanjie",
    Role.ADMIN: "zhuren",
}
PHONE = "13812345678"


@pytest.fixture
def office(sqlite: Database, tmp_path: Path) -> Office:
    settings = Settings(data_dir=tmp_path, models=tmp_path, database_url=sqlite.url)
    return Office(settings=settings, database=sqlite, registers=Registers(sqlite))


@pytest.fixture
def console(office: Office, clock: Clock) -> Starlette:
    return build(office, clock)


@pytest.fixture
def case(sqlite: Database, demo: Community, clock: Clock) -> Case:
    conversation, speaker = meet(sqlite, "wang", known_as="wangayi", clock=clock)
    return Case(sqlite, demo, clock, Person(resident_id=speaker.resident_id), conversation)


@dataclass
class Visitor:
    """A browser: keeps cookies, follows no redirect, sends the tokens that its last page had."""

    client: httpx.AsyncClient
    page: str = ""

    async def get(self, path: str, **more: Any) -> httpx.Response:
        answer = await self.client.get(f"/console{path}", **more)
        self.page = answer.text
        return answer

    async def post(self, path: str, **fields: str) -> httpx.Response:
        """Fill in a form of the last page; fields that are given win over what the page says."""
        data = {"csrf": self.hidden("csrf"), "key": self.hidden("key"), **fields}
        return await self.client.post(f"/console{path}", data=data)

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        return unescape(found[1]) if found else ""

    async def sees(self, path: str) -> str:
        """The words of a page that has to be there."""
        answer = await self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text


Enter = Callable[..., Awaitable[Visitor]]


@pytest.fixture
async def enter(
    console: Starlette, sqlite: Database, clock: Clock
) -> AsyncIterator[Callable[..., Awaitable[Visitor]]]:
    """`await enter("xiaoli")` is 小李 after her login, on her first page; None has no login."""
    clients = []

    async def entering(code: str | None = None, *, base_url: str = AT) -> Visitor:
        app = Starlette(routes=[Mount("/console", app=console)])
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=base_url)
        clients.append(client)
        visitor = Visitor(client)
        if code:
            token = sqlite.run(lambda session: logged_in(session, code, clock))
            client.cookies.set(COOKIE, token, path="/console")
            await visitor.get("/password")
        return visitor

    yield entering
    for client in clients:
        await client.aclose()


def logged_in(session: Session, code: str, clock: Clock) -> str:
    """A login without the tenth of a second that a password costs."""
    if session.get(AccountRow, code) is None:
        values = {"must_change": False, "failures": 0, "created_at": clock()}
        session.add(AccountRow(staff=code, password_hash="none", **values))
        session.flush()
    token = accounts.log_in(session, Attempt(staff=code, hash="none", matched=True), now=clock())
    assert token
    return token


def say(case: Case, text: str, **more: Any) -> None:
    """王阿姨 says something; what the engine made of it is told by the test."""

    def work(session: Session) -> None:
        letter = inbox.put(
            session,
            channel="web",
            update_id=text,
            conversation_id=case.conversation,
            body={"text": text},
            now=case.clock(),
        )
        assert letter
        values = {"reading": {}, "actions": [], "replies": [], "at": case.clock(), **more}
        turns.record(
            session, inbox_id=letter.id, conversation_id=case.conversation, text=text, **values
        )

    case.database.run(work)
