"""The two ways into an engine: our own channel, and Rasa's REST channel."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.desk.errors import Unavailable

_LONGEST = aiohttp.ClientTimeout(total=60)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A turn as it is sent: who says it, the message's name, and what the gateway read in it."""

    sender: str
    key: str
    text: str
    metadata: dict[str, Any]


@dataclass(frozen=True)
class Door:
    """Where a line is posted, in which shape, and where the words of the answer are."""

    path: str
    body: Callable[[Line], dict[str, Any]]
    replies: Callable[[Any], list[str]]


@dataclass(frozen=True)
class Heard:
    """An answer. replies: its words; none at all is silence."""

    milliseconds: float
    replies: tuple[str, ...]


class Visitor:
    """One pooled client of one engine."""

    def __init__(self, url: str, door: Door) -> None:
        self._url, self._door = url + door.path, door
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=64), timeout=_LONGEST, trust_env=False
        )

    async def __aenter__(self) -> Visitor:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def ask(self, line: Line) -> Heard:
        """Raises Unavailable for anything but an answer: errors must not look fast."""
        began = time.perf_counter()
        try:
            async with self._http.post(self._url, json=self._door.body(line)) as response:
                if response.status != 200:
                    raise Unavailable(f"{self._door.path}: {response.status}")
                answer = await response.json()
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            raise Unavailable(f"{self._door.path}: {type(error).__name__}") from error
        spent = 1000 * (time.perf_counter() - began)
        return Heard(spent, tuple(self._door.replies(answer)))


def _linli_body(line: Line) -> dict[str, Any]:
    return {
        "sender": line.sender,
        "key": line.key,
        "text": line.text,
        "metadata": line.metadata,
    }


def _rest_body(line: Line) -> dict[str, Any]:
    # The REST channel hands metadata on; our own channel puts the key among it by itself.
    metadata = {**line.metadata, "message_key": line.key}
    return {"sender": line.sender, "message": line.text, "metadata": metadata}


LINLI = Door(
    "/webhooks/linli/message",
    _linli_body,
    lambda answer: [reply["text"] for reply in answer["replies"]],
)
REST = Door(
    "/webhooks/rest/webhook",
    _rest_body,
    lambda answer: [reply["text"] for reply in answer if reply.get("text")],
)
