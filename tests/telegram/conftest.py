"""The channel as it runs, between a Bot API of our own and an engine that repeats what it hears."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from bot import settings
from bot.bootstrap import Office, utc_now
from bot.gateway.gateway import Gateway
from bot.services import codes, outbox
from bot.services.outbox import Message
from bot.services.places import Registers
from bot.store.database import Database
from bot.store.tables import InboxRow, OutboxRow
from bot.telegram import app as telegram_app
from bot.telegram.app import App
from bot.telegram.binding import Visit, say
from bot.telegram.sender import Pace
from tests.gateway.test_gateway import Engine
from tests.gateway.test_gateway import gateway as gateway_to
from tests.telegram.fake_bot_api import TOKEN, FakeBotApi, Sent, Transport


def quick() -> Pace:
    """No waiting: tests of the pace bring their own."""
    return Pace(
        between_messages=0, between_messages_of_a_chat=0, between_looks=0.05, first_pause=0.05
    )


def a_photo(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    return out.getvalue()


def office_for(database: Database, folder: Path) -> Office:
    found = settings.read({"LINLI_DATA_DIR": str(folder), "LINLI_TELEGRAM_TOKEN": TOKEN})
    return Office(settings=found, database=database, registers=Registers(database))


@dataclass
class Channel:
    """What runs, with the people on the other side."""

    office: Office
    gateway: Gateway
    api: FakeBotApi = field(default_factory=FakeBotApi)
    engine: Engine = field(default_factory=Engine)
    pace: Pace = field(default_factory=quick)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[App]:
        """From the start to a clean stop."""
        stop = asyncio.Event()
        app = telegram_app.build(
            self.office, self.gateway, request=Transport(self.api), pace=self.pace
        )
        running = asyncio.create_task(telegram_app.run(app, stop))
        try:
            yield app
        finally:
            stop.set()
            await running

    async def until(self, check: Callable[[], Any], what: str = "") -> None:
        for _ in range(500):
            if check():
                return
            await asyncio.sleep(0.01)
        shown = {sent.chat: self.api.texts(sent.chat) for sent in self.api.sent}
        raise AssertionError(f"it did not come to {what or 'that'}; the chats show {shown}")

    async def reads(self, chat: int, *texts: str) -> list[Sent]:
        """Wait until the chat shows each text, in this order; returns those messages."""

        def in_order() -> bool:
            shown = iter(self.api.texts(chat))
            return all(any(text in one for one in shown) for text in texts)

        await self.until(in_order, f"{texts} in chat {chat}")
        return [next(s for s in self.api.of(chat) if text in s.text) for text in texts]

    async def quiet(self) -> None:
        """Wait until nothing is on its way any more."""
        await self.until(lambda: not self.pending(), "an empty outbox")
        await asyncio.sleep(0.1)

    def pending(self) -> int:
        def count(session: Any) -> int:
            letters = select(InboxRow).filter_by(channel="telegram", status="pending")
            due = outbox.due(session, "telegram", now=utc_now() + timedelta(hours=1))
            return len(session.scalars(letters).all()) + len(due)

        return self.office.database.read(count)

    def kept(self) -> list[dict[str, Any]]:
        """The bodies in the inbox, in order."""
        query = select(InboxRow.body).order_by(InboxRow.id)
        return self.office.database.read(lambda s: list(s.scalars(query)))

    def sent(self) -> list[tuple[str, str]]:
        """Text and status, oldest first."""
        query = select(OutboxRow).order_by(OutboxRow.id)
        return self.office.database.read(
            lambda s: [(row.body["text"], row.status) for row in s.scalars(query)]
        )

    def code(self, known_as: str) -> str:
        return self.office.database.run(lambda s: codes.issue(s, known_as, now=utc_now()))

    async def tell(self, chat: int, *messages: Message) -> None:
        """The desk has something to say to this chat."""

        def work(session: Any) -> None:
            for message in messages:
                update_id = f"told-{chat}-{message.text[:80]}"
                say(session, Visit(peer=str(chat), update_id=update_id, now=utc_now()), message)

        await self.office.database.arun(work)


@pytest.fixture
def channel(sqlite: Database, tmp_path: Path) -> Channel:
    """With the engine that repeats what it hears; not running yet."""
    engine = Engine()
    return Channel(
        office=office_for(sqlite, tmp_path / "data"),
        gateway=gateway_to(sqlite, engine, utc_now),
        engine=engine,
    )
