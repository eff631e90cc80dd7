"""`bench gateway`: how fast is the whole path, with tickets being opened?"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bot.bootstrap import Office
from bot.cli import setup
from bot.desk.errors import Unavailable
from bot.gateway.gateway import Gateway
from bot.gateway.incoming import Incoming
from bot.services import inbox

# Every dialogue opens a ticket: a matter, then a place.
_MATTERS = ("楼上漏水，天花板都湿了", "楼道灯坏了，晚上看不见", "有人飞线充电", "垃圾三天没人收了")
_PLACES = ("幸福里小区3号楼2单元501", "槐树街小区1号楼1单元", "翠湖苑5号楼", "幸福里南区2号楼3单元")
_WARM_UP = 8
CHANNEL = "bench"


@dataclass(frozen=True, kw_only=True)
class Speed:
    """messages a second, and milliseconds from the door to the answer in the outbox."""

    messages: int
    concurrency: int
    messages_per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    pending: int


def gateway(dialogues: int, concurrency: int, as_json: bool) -> None:
    """Play `dialogues` conversations, `concurrency` at once, on SQLite in a scratch folder."""
    found = setup.read_settings()
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as scratch:
        folder = Path(scratch)
        url = f"sqlite:///{folder / 'linli.db'}"
        private = replace(found, data_dir=folder, database_url=url)
        office = setup.office(private)
        setup.without_duplicates(office)
        supervisor = setup.running(private, with_worker=True)
        try:
            running = replace(office, settings=supervisor.settings)
            speed = asyncio.run(_measure(running, dialogues, concurrency))
        finally:
            supervisor.stop()
            office.close()
    if speed.pending:  # answers that are missing make any speed a lie
        raise Unavailable(f"{speed.pending} messages were not answered; see the engine's log")
    if as_json:
        print(json.dumps(asdict(speed)))
        return
    for name, value in asdict(speed).items():
        print(f"{name:>22}  {value}")


async def _measure(office: Office, dialogues: int, concurrency: int) -> Speed:
    async with aclosing(office.gateway()) as door:
        await play(door, "warm", _WARM_UP, concurrency)
        began = time.perf_counter()
        spent = await play(door, "run", dialogues, concurrency)
        seconds = time.perf_counter() - began
    cuts = statistics.quantiles(spent, n=100)
    return Speed(
        messages=len(spent),
        concurrency=concurrency,
        messages_per_second=round(len(spent) / seconds, 1),
        p50_ms=round(cuts[49], 1),
        p95_ms=round(cuts[94], 1),
        p99_ms=round(cuts[98], 1),
        pending=await office.database.aread(inbox.pending_count),
    )


def words(number: int) -> tuple[str, str]:
    """The two messages of a dialogue; the second opens the ticket."""
    return _MATTERS[number % len(_MATTERS)], _PLACES[number % len(_PLACES)]


async def play(door: Gateway, name: str, dialogues: int, concurrency: int) -> list[float]:
    """Dialogues of new residents, `concurrency` at once; milliseconds of every message."""
    slots, spent = asyncio.Semaphore(concurrency), list[float]()

    async def dialogue(number: int) -> None:
        async with slots:
            for step, text in enumerate(words(number)):
                began = time.perf_counter()
                peer = f"{name}-{number}"
                message = Incoming(
                    channel=CHANNEL, peer=peer, update_id=f"{peer}-{step}", text=text
                )
                await door.handle(message)
                spent.append(1000 * (time.perf_counter() - began))

    await asyncio.gather(*(dialogue(number) for number in range(dialogues)))
    return spent
