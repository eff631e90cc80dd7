"""The worker: picks up what was left behind and what is due. Several may run side by side."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import aclosing, suppress
from functools import partial
from pathlib import Path

from bot.bootstrap import Office, utc_now
from bot.gateway.gateway import Gateway
from bot.services import inbox, unheard
from bot.services.tickets import Desk
from bot.store.database import Session

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
    async with aclosing(office.gateway()) as gateway:
        while not stop.is_set():
            await _look(office, gateway, pulse)
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(stop.wait(), PAUSE)


async def _look(office: Office, gateway: Gateway, pulse: Path) -> None:
    try:
        await tick(office, gateway)
        await asyncio.to_thread(pulse.touch)
    except Exception as error:  # a bad moment must not end the worker; the next look is soon
        _log.error("a look failed: %s", type(error).__name__, exc_info=error)


async def tick(office: Office, gateway: Gateway) -> int:
    """One look: messages that wait are answered; returns how many conversations had any."""
    waiting = await office.database.aread(lambda session: inbox.waiting(session, now=utc_now()))
    limit = asyncio.Semaphore(_AT_ONCE)

    async def process(conversation_id: int) -> None:
        async with limit:
            try:
                await gateway.process(conversation_id)
            except Exception as error:  # one conversation's trouble is not the others'
                _log.error("conversation %s: %s", conversation_id, type(error).__name__)

    await asyncio.gather(*(process(conversation_id) for conversation_id in waiting))
    await file_unheard(office)
    return len(waiting)


async def file_unheard(office: Office) -> int:
    """Reports whose writers fell silent go to the desk; returns how many did."""
    filed = 0
    silent = await office.database.aread(lambda session: unheard.due(session, now=utc_now()))
    for conversation_id in silent:
        desk = await office.database.in_thread(office.desk)
        ticket = await office.database.arun(partial(_file, conversation_id, desk))
        filed += ticket
    return filed


def _file(conversation_id: int, desk: Desk, session: Session) -> bool:
    return unheard.file(session, conversation_id, desk) is not None
