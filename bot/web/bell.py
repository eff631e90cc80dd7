"""Wakes the requests that wait for news of a conversation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from bot.services import devices, history
from bot.store.database import Database

PAUSE = 1.0  # seconds between two looks for what other processes have said
_log = logging.getLogger(__name__)


class News:
    """One listener."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Until there may be news, or `seconds` are over."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except asyncio.TimeoutError:
            return
        self._event.clear()


class Bell:
    """Rings for what this process says at once, for others' within PAUSE. However many listen,
    the database is asked one question a second."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listening: dict[int, set[News]] = {}
        self._looker: asyncio.Task[None] | None = None

    def ring(self, conversation_id: int) -> None:
        for news in self._listening.get(conversation_id, ()):
            news.ring()

    @contextmanager
    def listen(self, conversation_id: int) -> Iterator[News]:
        news = News()
        self._listening.setdefault(conversation_id, set()).add(news)
        if self._looker is None:
            self._looker = asyncio.get_running_loop().create_task(self._look())
        try:
            yield news
        finally:
            listeners = self._listening[conversation_id]
            listeners.remove(news)
            if not listeners:
                del self._listening[conversation_id]
            if not self._listening and self._looker:
                self._looker.cancel()  # else it would sleep on after its loop was closed
                self._looker = None

    async def _look(self) -> None:
        """Until cancelled by the last who listened."""
        while True:
            await asyncio.sleep(PAUSE)
            ids = tuple(self._listening)
            try:
                found = await self._database.aread(
                    lambda session, ids=ids: history.with_news(  # type: ignore[misc]
                        session, devices.CHANNEL, ids
                    )
                )
            except Exception as error:  # a bad moment of the database; the next look is soon
                _log.error("no look for news: %s", type(error).__name__, exc_info=error)
                continue
            for conversation_id in found:
                self.ring(conversation_id)
