"""Asks the dialogue engine, and knows the two ways it can fail."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.desk.errors import LinliError, Unavailable
from bot.services.outbox import Button, Message

_DOWN = (502, 503, 504)
_CONNECTIONS = 64
_IDLE = 4.0  # seconds; the server hangs up after 5, and a line must not be used at that moment


class EngineFault(LinliError):
    """The engine answered this message with an error; another message may fare better."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the engine says, how it read the message, and what it did."""

    replies: tuple[Message, ...]
    reading: dict[str, Any]
    actions: tuple[str, ...]
    slots: dict[str, Any] = field(default_factory=dict)
    ticket: str | None = None  # number of the ticket this message touched
    citations: tuple[dict[str, Any], ...] = ()  # what a policy answer rests on


class EngineClient:
    """One pooled session; a slow engine counts as down after `timeout` seconds."""

    def __init__(self, url: str, *, timeout: float) -> None:
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None

    async def ask(
        self, *, sender: str, key: str, metadata: dict[str, Any], text: str, payload: str | None
    ) -> Answer:
        """Raises Unavailable (try later) or EngineFault (this message makes it fail)."""
        body: dict[str, Any] = {"sender": sender, "key": key, "metadata": metadata}
        body |= {"payload": payload} if payload else {"text": text}
        try:
            status, content = await self._post(body)
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            raise Unavailable(f"the engine does not answer: {type(error).__name__}") from error
        if status in _DOWN:
            raise Unavailable(f"the engine is not ready: {_start(content)}")
        if status != 200:
            raise EngineFault(f"the engine failed ({status}): {_start(content)}")
        return _answer(json.loads(content))

    async def _post(self, body: dict[str, Any]) -> tuple[int, bytes]:
        async with self._line().post("/webhooks/linli/message", json=body) as response:
            return response.status, await response.read()

    async def is_ready(self) -> bool:
        try:
            wait = aiohttp.ClientTimeout(total=2)
            async with self._line().get("/webhooks/linli/", timeout=wait) as response:
                return bool(response.status == 200)
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return False

    async def aclose(self) -> None:
        if self._session:
            await self._session.close()

    def _line(self) -> aiohttp.ClientSession:
        # aiohttp wants its session made where it is used: inside the running event loop.
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                self._url,
                timeout=self._timeout,
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_IDLE),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


def _start(content: bytes) -> str:
    return content[:200].decode("utf-8", "replace")


def _answer(body: dict[str, Any]) -> Answer:
    replies = tuple(
        Message(
            text=reply["text"],
            buttons=tuple(Button(b["label"], b["tap"]) for b in reply["buttons"]),
        )
        for reply in body["replies"]
    )
    return Answer(
        replies=replies,
        reading=body["reading"],
        actions=tuple(body["actions"]),
        slots=body["slots"],
        ticket=body["ticket"],
        citations=tuple(body.get("citations") or ()),
    )
