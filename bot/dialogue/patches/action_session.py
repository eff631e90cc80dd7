"""The connection to the action server stays open."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext

import aiohttp
from rasa.utils.endpoints import EndpointConfig

from bot.dialogue.patches.patch import Change, Patch


def _session(
    original: Callable[[EndpointConfig], aiohttp.ClientSession],
) -> Callable[[EndpointConfig], AbstractAsyncContextManager[aiohttp.ClientSession]]:
    def session(self: EndpointConfig) -> AbstractAsyncContextManager[aiohttp.ClientSession]:
        kept = getattr(self, "_kept_session", None)
        if kept is None or kept.closed:
            kept = self._kept_session = original(self)
        return nullcontext(kept)

    return session


PATCH = Patch(
    name="action_session",
    why="Rasa opens an HTTP session, and with it a connection, for every single action call.",
    changes=(Change(EndpointConfig, "session", _session, "e55aa13d9d4f"),),
    is_speed=True,
)
