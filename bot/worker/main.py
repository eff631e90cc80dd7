"""The worker: picks up what was left behind and does the chores. Several may run side by side."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import aclosing, suppress
from pathlib import Path

from bot.bootstrap import Office, utc_now
from bot.gateway.gateway import Gateway
from bot.services import inbox
from bot.worker import steps
from bot.worker.chores import Chores

PAUSE = 1.0  # seconds between two looks
_AT_ONCE = 8
_log = logging.getLogger(__name__)


def heartbeat(data_dir: Path) -> Path:
    """A file the worker touches at every look; its age says whether the worker is well."""
    return data_dir / "run" / "worker"


def serve(office: Office) -> None:
    """Work until told to stop (SIGTERM, SIGINT)."""
    asyncio.run(_serve(office))


async def _serve(office: Office) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    pulse = heartbeat(office.settings.data_dir)
    pulse.parent.mkdir(parents=True, exist_ok=True)
    chores = Chores(office, steps.table())
    async with aclosing(office.gateway()) as gateway:
        while not stop.is_set():
            await _look(office, gateway, chores, pulse)
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(stop.wait(), PAUSE)
        await chores.stop()


async def _look(office: Office, gateway: Gateway, chores: Chores, pulse: Path) -> None:
    # Chores first: they run by themselves, while a message may wait long for the engine.
    is_well = True
    for part in (chores.look(), tick(office, gateway)):
        try:
            await part
        except Exception as error:  # a bad moment must not end the worker; the next look is soon
            _log.error("a look failed: %s", type(error).__name__, exc_info=error)
            is_well = False
    if is_well:
        await asyncio.to_thread(pulse.touch)


async def tick(office: Office, gateway: Gateway) -> int:
    """Messages that wait are answered; returns how many conversations had any."""
    waiting = await office.database.aread(lambda session: inbox.waiting(session, now=utc_now()))
    limit = asyncio.Semaphore(_AT_ONCE)

    async def process(conversation_id: int) -> None:
        async with limit:
            try:
                await gateway.process(conversation_id)
            except Exception as error:  # one conversation's trouble is not the others'
                _log.error("conversation %s: %s", conversation_id, type(error).__name__)

    await asyncio.gather(*(process(conversation_id) for conversation_id in waiting))
    return len(waiting)
