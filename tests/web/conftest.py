"""The web chat without a browser: residents' devices that talk HTTP to it."""

from __future__ import annotations

import asyncio
import io
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from bot import settings
from bot.bootstrap import Office
from bot.gateway.engine_client import EngineClient
from bot.gateway.gateway import Gateway
from bot.services.places import Registers
from bot.store.database import Database
from bot.web import app
from tests.conftest import Clock

HOST = "https://linli.example"
OWN = {"X-Linli": "1", "Origin": HOST, "Sec-Fetch-Site": "same-origin"}


class Engine:
    """Repeats what it hears, with a button; refuses to connect while `down`."""

    def __init__(self) -> None:
        self.down = False
        self.heard: list[dict[str, Any]] = []

    async def __call__(self, body: dict[str, Any]) -> tuple[int, bytes]:
        if self.down:
            raise aiohttp.ClientConnectionError("down")
        self.heard.append(body)
        said = body.get("text") or body.get("payload")
        reply = {"text": f"听到：{said}", "buttons": [{"label": "算了", "tap": "/deny"}]}
        reading = {"intent": "greet", "confidence": 1.0, "intents": [], "matters": []}
        answer = {"replies": [reply], "reading": reading, "actions": [], "slots": {}}
        return 200, json.dumps({**answer, "ticket": None}).encode()


@dataclass
class Device:
    """One browser: a jar of cookies, and where it has read to."""

    http: httpx.AsyncClient
    cursor: str = ""

    async def hello(self) -> httpx.Response:
        return await self.http.post("/api/hello")

    async def says(self, text: str, **body: Any) -> httpx.Response:
        id = body.pop("id", None) or str(uuid.uuid4())
        return await self.http.post("/api/messages", json={"id": id, "text": text, **body})

    async def taps(self, message: str, index: int = 0) -> httpx.Response:
        body = {"id": str(uuid.uuid4()), "button": [message, index]}
        return await self.http.post("/api/messages", json=body)

    async def sends_photo(self, data: bytes, text: str = "", id: str = "") -> httpx.Response:
        form = {"id": id or str(uuid.uuid4()), "text": text}
        return await self.http.post("/api/photos", data=form, files={"photo": ("p", data)})

    async def news(self, wait: float = 0) -> dict[str, Any]:
        url = f"/api/messages?after={self.cursor}&wait={wait}"
        answer = (await self.http.get(url)).raise_for_status().json()
        self.cursor = answer["cursor"]
        return dict(answer)

    async def hears(self, count: int = 1) -> list[str]:
        """The next `count` of our messages."""
        texts: list[str] = []
        for _ in range(20):
            messages = (await self.news(wait=2))["messages"]
            texts += [said["text"] for said in messages if not said["mine"]]
            if len(texts) >= count:
                break
        return texts

    async def sees(self) -> list[str]:
        """Everything, as after a reload."""
        answer = (await self.http.get("/api/messages")).json()
        return [("我：" if said["mine"] else "") + said["text"] for said in answer["messages"]]


@dataclass
class Town:
    """The application, its engine and the devices of its residents."""

    app: Starlette
    gateway: Gateway
    database: Database
    engine: Engine
    clock: Clock
    photos: Path
    _devices: list[Device] = field(default_factory=list)

    def device(self, *, address: str = "10.0.0.1", **headers: str) -> Device:
        transport = httpx.ASGITransport(
            self.app, raise_app_exceptions=False, client=(address, 1234)
        )
        http = httpx.AsyncClient(
            transport=transport, base_url=HOST, headers=headers or OWN, timeout=30
        )
        self._devices.append(Device(http))
        return self._devices[-1]

    async def known(self) -> Device:
        device = self.device()
        assert (await device.hello()).status_code == 201
        return device

    async def settle(self) -> None:
        """Until nobody works on a message any more."""
        for _ in range(100):
            await asyncio.sleep(0.01)


@pytest.fixture
def town(sqlite: Database, clock: Clock, tmp_path: Path) -> Iterator[Town]:
    engine = Engine()
    client = EngineClient("http://engine", timeout=1)
    client._post = engine  # type: ignore[method-assign]
    registers = Registers(sqlite)
    gateway = Gateway(sqlite, registers, client, clock)
    found = replace(settings.read({"LINLI_DATA_DIR": str(tmp_path)}), database_url=sqlite.url)
    office = Office(settings=found, database=sqlite, registers=registers)
    built = app.build(office, gateway, clock)
    yield Town(built, gateway, sqlite, engine, clock, found.photos)


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """A photo file: picture("JPEG", exif=…)."""

    def make(format: str = "JPEG", size: tuple[int, int] = (64, 48), **save: Any) -> bytes:
        out = io.BytesIO()
        Image.new("RGB", size, "teal").save(out, format, **save)
        return out.getvalue()

    return make
