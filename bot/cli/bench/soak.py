"""`bench soak`: the whole path at a constant rate for a long time. Does it stay well?

Every dialogue opens a ticket. Messages are sent when they are due, whether or not the one before
is answered, and waited for from that moment: a stall is not hidden by a client that waits with it.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from array import array
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.bootstrap import Office
from bot.cli import setup
from bot.cli.bench import gateway, ledger, processes, soak_report
from bot.cli.bench.soak_report import Course
from bot.cli.setup import say
from bot.cli.supervisor import Supervisor
from bot.gateway.gateway import Gateway
from bot.gateway.incoming import Incoming

_TOP_DIALOGUES = 60  # played as fast as possible first, for the default rate
_TOP_CONCURRENCY = 8
_THINKS = 2.0  # seconds a resident takes to say where, at least
_SAMPLE_EVERY = 5.0
_DRAIN = 60.0  # seconds to answer what is still pending at the end
_NAME = "soak"


@dataclass
class _Talk:
    """What happens while it runs. times, due: milliseconds and seconds, one for each message.

    Both are as long as all messages from the start: the gateway's process is this one, and what
    the bench remembers must not look like the gateway's growth.
    """

    door: Gateway
    times: array[float]
    due: array[float]
    messages: int = 0
    errors: list[str] = field(default_factory=list)
    dialogues: int = 0

    def heard(self, due: float, milliseconds: float) -> None:
        self.due[self.messages], self.times[self.messages] = due, milliseconds
        self.messages += 1


def soak(minutes: float, rate: float | None, as_json: bool) -> None:
    """Play for `minutes` at `rate` messages a second, on SQLite in a scratch folder."""
    found = setup.read_settings()
    with tempfile.TemporaryDirectory(prefix="linli-soak-") as scratch:
        folder = Path(scratch)
        database = folder / "linli.db"
        private = replace(found, data_dir=folder, database_url=f"sqlite:///{database}")
        office = setup.office(private)
        setup.without_duplicates(office)
        supervisor = setup.running(private, with_worker=True)
        try:
            running = replace(office, settings=supervisor.settings)
            course = asyncio.run(_course(running, supervisor, 60 * minutes, rate, database))
        finally:
            supervisor.stop()
            office.close()
    results = soak_report.results(course)
    say(f"written: {soak_report.write(results, course, found.data_dir / 'bench')}")
    print(json.dumps(results) if as_json else soak_report.table(results))


async def _course(
    office: Office, supervisor: Supervisor, seconds: float, rate: float | None, database: Path
) -> Course:
    async with aclosing(office.gateway()) as door:
        memory = dict[str, list[tuple[float, float]]]()
        if rate is None:
            rate = await _top_rate(door) / 2
            say(f"half of the top rate: {rate:.1f} messages/s")
        else:
            await gateway.play(door, "warm", _TOP_CONCURRENCY, _TOP_CONCURRENCY)
        talk = _Talk(door, times=_zeros(seconds, rate), due=_zeros(seconds, rate))
        before, began = ledger.read(database, gateway.CHANNEL), time.monotonic()
        watching = asyncio.create_task(_watch(supervisor, memory, talk, began))
        await _talk_for(talk, seconds, rate, began)
        watching.cancel()
        await _drained(database)
    return Course(
        seconds=seconds,
        rate=rate,
        memory=memory,
        due=talk.due[: talk.messages],
        times=talk.times[: talk.messages],
        errors=tuple(talk.errors),
        dialogues=talk.dialogues,
        ledger=ledger.read(database, gateway.CHANNEL).since(before),
        restarts=sum(child.deaths for child in supervisor.children),
    )


def _zeros(seconds: float, rate: float) -> array[float]:
    """Room for every message of a run: two a dialogue."""
    return array("d", [0.0]) * (2 * (int(seconds * rate / 2) + 2))


async def _top_rate(door: Gateway) -> float:
    """Messages a second with _TOP_CONCURRENCY residents who never wait."""
    await gateway.play(door, "warm", _TOP_CONCURRENCY, _TOP_CONCURRENCY)
    began = time.monotonic()
    spent = await gateway.play(door, "top", _TOP_DIALOGUES, _TOP_CONCURRENCY)
    return len(spent) / (time.monotonic() - began)


async def _talk_for(talk: _Talk, seconds: float, rate: float, began: float) -> None:
    """Start a dialogue of two messages every 2 / rate seconds; wait for the last to end."""
    running: set[asyncio.Task[None]] = set()
    while (due := began + talk.dialogues * 2 / rate) < began + seconds:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        task = asyncio.create_task(_dialogue(talk, talk.dialogues, due, began))
        running.add(task)
        task.add_done_callback(running.discard)
        talk.dialogues += 1
    await asyncio.gather(*running)


async def _dialogue(talk: _Talk, number: int, due: float, began: float) -> None:
    peer = f"{_NAME}-{number}"
    for step, text in enumerate(gateway.words(number)):
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        message = Incoming(
            channel=gateway.CHANNEL, peer=peer, update_id=f"{peer}-{step}", text=text
        )
        try:
            await talk.door.handle(message)
        except Exception as error:  # one more figure of the result; the others go on
            talk.errors.append(f"{message.update_id}: {type(error).__name__}")
        now = time.monotonic()
        talk.heard(due - began, 1000 * (now - due))
        due = max(now, due + _THINKS)


async def _watch(
    supervisor: Supervisor,
    memory: dict[str, list[tuple[float, float]]],
    talk: _Talk,
    began: float,
) -> None:
    told = began
    while True:
        now = time.monotonic()
        for name, pid in _pids(supervisor).items():
            memory.setdefault(name, []).append((now - began, processes.rss_mb(pid)))
        if now - told >= 60:
            told = now
            last = ", ".join(f"{name} {samples[-1][1]:.0f} MB" for name, samples in memory.items())
            say(f"{(now - began) / 60:.0f} min: {talk.messages} messages; {last}")
        await asyncio.sleep(_SAMPLE_EVERY)


def _pids(supervisor: Supervisor) -> dict[str, int]:
    running = {child.name: child.process.pid for child in supervisor.children if child.process}
    return {**running, "gateway": os.getpid()}


async def _drained(database: Path) -> None:
    """Give the worker time to answer what was put off."""
    for _ in range(int(_DRAIN)):
        if not ledger.read(database, gateway.CHANNEL).pending:
            return
        await asyncio.sleep(1)
