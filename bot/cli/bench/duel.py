"""Two engines in turns: while one is measured, the other stands still."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import median

import yaml

from bot.cli.bench import figures, ledger, play, processes, rounds
from bot.cli.bench.cast import CHANNEL, Cast
from bot.cli.bench.doors import Heard
from bot.cli.bench.figures import Speed
from bot.cli.bench.running import Engine
from bot.cli.setup import say
from bot.settings import CHECKOUT

CONCURRENCIES = (1, 8, 32)
_AWAKE = 0.5  # seconds to notice which connections were closed while it stood still
_PERIOD = 100  # turns after which the long conversation says the same again
_ACTION = "an action's words"
_EARLY = 20  # the turn at which a conversation counts as young
_LONG_TIMES = 3  # long conversations of ours: one takes seconds
_FASTER = 3  # at most so many times as fast at 32 as at 1: lines prepared for a run


@dataclass(frozen=True)
class Plan:
    """rounds of `seconds` for each side and concurrency; how long a conversation gets."""

    rounds: int
    seconds: float
    long_ours: int
    long_stock: int


@dataclass(frozen=True)
class Outcome:
    """One pass through the play: what must be comparable before speeds may be compared.

    by_action: share of turns that an action answered (the words are none of domain.yml's).
    """

    messages: int
    empty: int
    tickets: int
    by_action: float


@dataclass(frozen=True)
class Long:
    """Median milliseconds of the hundred turns after turn 20, before 300, and before the last."""

    turns: int
    early_ms: float
    at_300_ms: float | None
    late_ms: float


@dataclass
class Side:
    """One engine and all that was measured of it. None: not measured."""

    name: str
    engine: Engine
    start_seconds: float
    long_turns: int
    errors: int = 0
    outcome: Outcome | None = None
    heard: list[Heard] = field(default_factory=list)
    rounds: dict[int, list[Speed]] = field(default_factory=dict)
    long: Long | None = None
    rss_mb: float | None = None
    training_seconds: float | None = None
    environment_mb: float | None = None

    def speed(self, concurrency: int) -> Speed:
        return figures.middle(self.rounds[concurrency])


async def fight(sides: Sequence[Side], cast: Cast, plan: Plan, database: Path) -> None:
    """Fills in the sides, which are running and held. Every run has new residents."""
    for side in sides:
        async with _alone(side):
            await _pass_once(side, cast, database)
        say(f"{side.name}: {side.outcome}")
    for number in range(plan.rounds):
        order = sides if number % 2 else tuple(reversed(sides))  # stock first, then ours first
        for side in order:
            async with _alone(side):
                await _round(side, cast, plan, number)
    for side in sides:
        async with _alone(side):
            await _long(side, cast, play.long_conversation(cast.play, side.long_turns, _PERIOD))
            side.rss_mb = processes.rss_mb(*processes.family(side.engine.pid))
        say(f"{side.name}: {side.long}, {side.rss_mb:.0f} MB")


def agreement(sides: Sequence[Side]) -> float | None:
    """Share of turns answered alike: the same fixed words, or an action's words, on both sides."""
    if len(sides) < 2:
        return None
    one, other = ([_sort(heard) for heard in side.heard] for side in sides)
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


@asynccontextmanager
async def _alone(side: Side) -> AsyncIterator[None]:
    side.engine.release()
    await asyncio.sleep(_AWAKE)
    try:
        yield
    finally:
        side.engine.hold()


async def _pass_once(side: Side, cast: Cast, database: Path) -> None:
    before = ledger.read(database, CHANNEL).tickets
    lines = cast.dialogues(f"{side.name}-pass", len(cast.play))
    side.heard = await rounds.all_of(side.engine, lines)
    side.outcome = Outcome(
        messages=len(side.heard),
        empty=sum(not heard.replies for heard in side.heard),
        tickets=ledger.read(database, CHANNEL).tickets - before,
        by_action=sum(_sort(heard) == _ACTION for heard in side.heard) / len(side.heard),
    )


async def _round(side: Side, cast: Cast, plan: Plan, number: int) -> None:
    single = 1000 / median(heard.milliseconds for heard in side.heard)  # messages a second
    count = math.ceil(_FASTER * single * plan.seconds / 4) + max(CONCURRENCIES)
    for concurrency in CONCURRENCIES:
        lines = cast.dialogues(f"{side.name}-{number}-{concurrency}", count)
        measured, errors = await rounds.for_a_while(
            side.engine, lines, concurrency=concurrency, seconds=plan.seconds
        )
        side.errors += errors
        side.rounds.setdefault(concurrency, []).append(measured)
        say(
            f"round {number + 1}, {side.name} at {concurrency}: "
            f"{measured.messages_per_second:.1f} messages/s, p50 {measured.p50_ms:.1f} ms"
        )


async def _long(side: Side, cast: Cast, turns: Sequence[play.Turn]) -> None:
    found = []
    for number in range(_LONG_TIMES if side.name == "ours" else 1):
        lines = cast.conversation(f"{side.name}-long-{number}", turns)
        heard = await rounds.all_of(side.engine, [lines])
        side.errors += sum(one.failed for one in heard)
        found.append(_told([one.milliseconds for one in heard]))
    side.long = sorted(found, key=lambda one: one.late_ms / one.early_ms)[len(found) // 2]


def _told(times: Sequence[float]) -> Long:
    return Long(
        turns=len(times),
        early_ms=figures.stretch(times, _EARLY, _EARLY + _PERIOD),
        at_300_ms=figures.stretch(times, 300 - _PERIOD, 300) if len(times) >= 300 else None,
        late_ms=figures.stretch(times, len(times) - _PERIOD, len(times)),
    )


def _sort(heard: Heard) -> str:
    """Which answer it is, without what differs between residents."""
    if not heard.replies:
        return ""
    first = heard.replies[0].strip()
    return first if first in _fixed() else _ACTION


@cache
def _fixed() -> frozenset[str]:
    """The words of domain.yml, which need no action."""
    domain = yaml.safe_load((CHECKOUT / "domain.yml").read_text("utf-8"))
    said = (variant for variants in domain["responses"].values() for variant in variants)
    return frozenset(variant["text"].strip() for variant in said)
