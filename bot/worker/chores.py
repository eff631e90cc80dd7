"""Runs the chores that are due, each by itself: what fails or takes long holds up no other."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

from bot.bootstrap import Office, utc_now
from bot.language.masking import mask
from bot.services import chores
from bot.worker.steps import Chore

AFTER_A_FAULT = 30.0  # seconds
_BEAT = chores.LEASE.total_seconds() / 3
_log = logging.getLogger(__name__)


def a_name() -> str:
    """What this worker signs its leases with."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{time.monotonic_ns() % 10**9}"


class Chores:
    """The chores of one worker. `look` starts what is due; `stop` ends after the work in hand."""

    def __init__(self, office: Office, table: Sequence[Chore], worker: str | None = None) -> None:
        self._office, self._worker = office, worker or a_name()
        self._table = {chore.name: chore for chore in table}
        self._rhythms = {chore.name: chore.rhythm for chore in table}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._not_before: dict[str, float] = {}
        self._is_known = self._is_stopping = False

    async def look(self) -> None:
        """Start every chore that is due and not being done, here or by another worker."""
        ready = await self._office.database.in_thread(self._ready)
        for name, last in ready.items():
            task = asyncio.create_task(self._do(self._table[name], last))
            self._running[name] = task
            task.add_done_callback(partial(self._over, name))

    async def rest(self) -> None:
        """Wait for what is being done."""
        await asyncio.gather(*self._running.values())

    async def stop(self) -> None:
        """Finish the transactions in hand; what is not done is free for other workers."""
        self._is_stopping = True
        await self.rest()

    def _over(self, name: str, task: asyncio.Task[None]) -> None:
        del self._running[name]

    def _ready(self) -> dict[str, datetime | None]:
        office, now = self._office, utc_now()
        if not self._is_known:
            office.database.run(lambda session: chores.know(session, self._rhythms, now=now))
            self._is_known = True
        zone = office.registers.current().community.zone
        found = office.database.read(
            lambda session: chores.due(session, self._rhythms, now=now, zone=zone)
        )
        return {name: last for name, last in found.items() if self._is_wanted(name)}

    def _is_wanted(self, name: str) -> bool:
        if name in self._running or self._not_before.get(name, 0.0) > time.monotonic():
            return False
        try:
            return self._table[name].wanted(self._office)
        except Exception as error:  # its own look fails: it, not the others
            self._failed(name, error)
            return False

    async def _do(self, chore: Chore, last: datetime | None) -> None:
        begun = utc_now()
        try:
            take = partial(chores.take, name=chore.name, worker=self._worker, last=last, now=begun)
            if not await self._office.database.arun(take):
                return
            beating = asyncio.create_task(self._beat(chore.name))
            try:
                finished = await self._steps(chore.do(self._office))
            finally:
                beating.cancel()
            if finished:
                done = partial(chores.done, name=chore.name, worker=self._worker, at=begun)
                await self._office.database.arun(done)
            else:
                await self._release(chore.name)
        except Exception as error:  # one chore's trouble is not the others'
            self._failed(chore.name, error)
            await self._release(chore.name)

    async def _steps(self, steps: Iterator[None]) -> bool:
        """Whether it got to the end; in a thread of its own, for it may take long."""
        over = object()
        while not self._is_stopping:
            if await asyncio.to_thread(next, steps, over) is over:
                return True
        return False

    async def _beat(self, name: str) -> None:
        while True:
            await asyncio.sleep(_BEAT)
            keep = partial(chores.keep, name=name, worker=self._worker, now=utc_now())
            if not await self._office.database.arun(keep):
                _log.warning("chore %s: another worker has it as well", name)

    async def _release(self, name: str) -> None:
        with suppress(Exception):  # the database may be what failed; the lease ends by itself
            await self._office.database.arun(
                partial(chores.release, name=name, worker=self._worker)
            )

    def _failed(self, name: str, error: Exception) -> None:
        # What an error says may hold what people wrote: numbers are masked, values not shown.
        where = traceback.extract_tb(error.__traceback__)[-1]
        _log.error(
            "chore %s failed: %s: %s (%s:%s)",
            name,
            type(error).__name__,
            mask(str(error))[:300],
            where.filename,
            where.lineno,
        )
        self._not_before[name] = time.monotonic() + AFTER_A_FAULT
