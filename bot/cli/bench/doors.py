"""The two ways into an engine: our own channel, and Rasa's REST channel."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

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
    """What came back. replies: its words; none at all is silence. failed: it was an error."""

    milliseconds: float
    replies: tuple[str, ...] = ()
    failed: bool = False


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
        """Errors are marked, so that they are counted and never look fast."""
        began = time.perf_counter()
        replies, failed = await self._post(line)
        return Heard(1000 * (time.perf_counter() - began), replies, failed)

    async def _post(self, line: Line) -> tuple[tuple[str, ...], bool]:
        try:
            async with self._http.post(self._url, json=self._door.body(line)) as response:
                if response.status != 200:
                    return (), True
                return tuple(self._door.replies(await response.json())), False
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return (), True


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
