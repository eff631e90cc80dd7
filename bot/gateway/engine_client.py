"""Asks the dialogue engine, and knows the two ways it can fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.desk.errors import LinliError, Unavailable
from bot.services.outbox import Button, Message

_DOWN = (502, 503, 504)


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
    """One pooled client; a slow engine counts as down after `timeout` seconds."""

    def __init__(self, url: str, *, timeout: float) -> None:
        self._http = httpx.AsyncClient(
            base_url=url,
            timeout=timeout,
            trust_env=False,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=64),
        )

    async def ask(
        self, *, sender: str, key: str, metadata: dict[str, Any], text: str, payload: str | None
    ) -> Answer:
        """Raises Unavailable (try later) or EngineFault (this message makes it fail)."""
        body: dict[str, Any] = {"sender": sender, "key": key, "metadata": metadata}
        body |= {"payload": payload} if payload else {"text": text}
        try:
            response = await self._http.post("/webhooks/linli/message", json=body)
        except httpx.TransportError as error:
            raise Unavailable(f"the engine does not answer: {type(error).__name__}") from error
        if response.status_code in _DOWN:
            raise Unavailable(f"the engine is not ready: {response.text[:200]}")
        if response.status_code != 200:
            raise EngineFault(f"the engine failed ({response.status_code}): {response.text[:200]}")
        return _answer(response.json())

    async def is_ready(self) -> bool:
        try:
            return (await self._http.get("/webhooks/linli/", timeout=2)).status_code == 200
        except httpx.TransportError:
            return False

    async def close(self) -> None:
        await self._http.aclose()


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
