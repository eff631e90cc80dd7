"""An engine as a process of its own: started, timed, held still, stopped."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.cli.bench import processes
from bot.cli.bench.doors import Door, Line, Visitor
from bot.desk.errors import Unavailable
from bot.settings import CHECKOUT

_LONGEST_START = 600.0
_PAUSE = 0.05
_GREETING = "你好"


@dataclass(frozen=True, kw_only=True)
class Launch:
    """How a side is started. url: where it will answer."""

    name: str
    door: Door
    url: str
    command: Sequence[str]
    environ: Mapping[str, str]
    log: Path


@dataclass
class Engine:
    """A running side. start_seconds: from its start to its first answer in words."""

    launch: Launch
    process: subprocess.Popen[bytes]
    start_seconds: float

    @property
    def pid(self) -> int:
        return self.process.pid

    def visitor(self) -> Visitor:
        return Visitor(self.launch.url, self.launch.door)

    def hold(self) -> None:
        processes.hold(self.pid)

    def release(self) -> None:
        processes.release(self.pid)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.release()
            self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(launch: Launch) -> Engine:
    """Start a side and wait for its first answer; raises Unavailable with the log's name."""
    launch.log.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with launch.log.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 our own command
            launch.command,
            cwd=CHECKOUT,
            env=launch.environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    engine = Engine(launch, process, 0.0)
    try:
        asyncio.run(_first_answer(engine))
    except BaseException:
        engine.stop()
        raise
    engine.start_seconds = time.monotonic() - began
    return engine


async def _first_answer(engine: Engine) -> None:
    line = Line(sender="start", key="bench:start", text=_GREETING, metadata={})
    began = time.monotonic()
    async with engine.visitor() as visitor:
        while True:
            if (await visitor.ask(line)).replies:
                return
            code = engine.process.poll()
            if code is not None or time.monotonic() - began > _LONGEST_START:
                name, log = engine.launch.name, engine.launch.log
                raise Unavailable(f"{name} gave no answer (exit {code}); see {log}")
            await asyncio.sleep(_PAUSE)
