"""Long polling that tells Telegram to forget an update only when the update is in our inbox.

PTB's Updater asks for the next updates, which confirms the last ones, while those still wait in
memory: a process killed then loses them. Here the next question is asked when all handlers have
stored what they were given. What comes twice after a crash is known by its update id.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut
from telegram.ext import Application

ALLOWED = (Update.MESSAGE, Update.CALLBACK_QUERY)
_TRIES = 5  # for an update that cannot be handled, before it is left behind
_log = logging.getLogger(__name__)


@dataclass
class Poller:
    """Times in seconds. patience: how long slow photos of some may hold up the others."""

    app: Application[Any, Any, Any, Any, Any, Any]
    long_poll: float = 30.0
    patience: float = 3.0
    pause: float = 1.0
    longest_pause: float = 30.0
    _offset: int | None = field(default=None, init=False)
    _failed: set[int] = field(default_factory=set, init=False)
    _tries: Counter[int] = field(default_factory=Counter, init=False)
    _running: set[asyncio.Task[None]] = field(default_factory=set, init=False)

    async def run(self) -> None:
        """Until cancelled. Raises InvalidToken when the token is taken back."""
        self.app.add_error_handler(self._note)
        pause = self.pause
        while True:
            try:
                updates = await self._ask()
                pause = self.pause
            except InvalidToken:
                raise
            except TimedOut:
                continue
            except TelegramError as error:
                _log.warning("%s", _explain(error))
                await asyncio.sleep(max(pause, _asked_to_wait(error)))
                pause = min(2 * pause, self.longest_pause)
                continue
            await self._take(updates)

    async def finish(self, *, timeout: float = 2.0) -> None:
        """Let what was received be stored; what is not, Telegram brings again."""
        if self._running:
            await asyncio.wait(self._running, timeout=timeout)
        for task in self._running:
            task.cancel()

    async def _ask(self) -> Sequence[Update]:
        updates: Sequence[Update] = await self.app.bot.get_updates(
            offset=self._offset, timeout=timedelta(seconds=self.long_poll), allowed_updates=ALLOWED
        )
        return updates

    async def _take(self, updates: Sequence[Update]) -> None:
        tasks = [asyncio.create_task(self.app.process_update(update)) for update in updates]
        for task in tasks:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        if tasks:
            await asyncio.wait(tasks, timeout=self.patience)
        waiting = [u.update_id for u, task in zip(updates, tasks, strict=True) if not task.done()]
        done = [update for update in updates if update.update_id not in waiting]
        again = [update.update_id for update in done if self._is_worth_another_try(update)]
        if again or waiting:
            # What is not in the inbox yet is not confirmed: Telegram brings it once more, and the
            # inbox knows what it has.
            self._offset = min(again + waiting)
            await asyncio.sleep(self.pause)
        elif updates:
            self._offset = updates[-1].update_id + 1

    def _is_worth_another_try(self, update: Update) -> bool:
        if update.update_id not in self._failed:
            self._tries.pop(update.update_id, None)
            return False
        self._failed.discard(update.update_id)
        self._tries[update.update_id] += 1
        if self._tries[update.update_id] < _TRIES:
            return True
        _log.error("update %s is left behind after %s tries", update.update_id, _TRIES)
        return False

    async def _note(self, update: object, context: Any) -> None:
        """PTB tells us that a handler raised, or a task that a handler had begun."""
        error = context.error
        _log.error("an update failed: %s", type(error).__name__, exc_info=error)
        # What fails in a task is in the inbox already: the worker takes it up.
        if isinstance(update, Update) and context.coroutine is None:
            self._failed.add(update.update_id)


def _explain(error: TelegramError) -> str:
    if isinstance(error, Conflict):
        return "another process asks for updates with this token; only one may"
    return f"Telegram does not answer ({type(error).__name__}); trying again"


def _asked_to_wait(error: TelegramError) -> float:
    if not isinstance(error, RetryAfter):
        return 0.0
    span = error.retry_after
    return span.total_seconds() if isinstance(span, timedelta) else float(span)
