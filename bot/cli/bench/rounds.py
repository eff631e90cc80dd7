"""Plays lines to one engine and keeps what came back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from bot.cli.bench import processes
from bot.cli.bench.doors import Heard, Line
from bot.cli.bench.figures import Speed, speed
from bot.cli.bench.running import Engine
from bot.desk.errors import Unavailable


async def all_of(engine: Engine, dialogues: Sequence[Sequence[Line]]) -> list[Heard]:
    """Every line once, one after the other."""
    async with engine.visitor() as visitor:
        return [await visitor.ask(line) for dialogue in dialogues for line in dialogue]


async def for_a_while(
    engine: Engine, dialogues: Sequence[Sequence[Line]], *, concurrency: int, seconds: float
) -> tuple[Speed, int]:
    """The speed of what was answered, and how many messages ended in an error.

    Closed loop: each of `concurrency` residents says the next line once the last is answered,
    until the time is up; lines on their way are waited for."""
    times: list[float] = []
    errors = 0
    waiting = iter(dialogues)
    began, cpu = time.perf_counter(), processes.cpu_seconds(engine.pid)

    async def resident() -> None:
        nonlocal errors
        for dialogue in waiting:
            for line in dialogue:
                if time.perf_counter() - began >= seconds:
                    return
                heard = await visitor.ask(line)
                errors += heard.failed
                if not heard.failed:
                    times.append(heard.milliseconds)

    async with engine.visitor() as visitor:
        await asyncio.gather(*(resident() for _ in range(concurrency)))
        spent = time.perf_counter() - began
    used = processes.cpu_seconds(engine.pid) - cpu
    if not times:
        raise Unavailable(f"{engine.launch.name} answered nothing; see {engine.launch.log}")
    return speed(times, seconds=spent, cpu_seconds=used), errors
