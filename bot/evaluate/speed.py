"""How fast, on one core: each text alone, one after the other, as messages come."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

_WARM_UP = 50  # texts; the first fill caches and compile patterns


@dataclass(frozen=True)
class Speed:
    """Texts a second of one core's own time, and milliseconds for one by the clock on the wall.

    Neighbours on the machine lengthen the latter; what a core can do stays what it is.
    """

    n: int
    per_second: float
    p50_ms: float
    p95_ms: float


async def measure(deed: Callable[[str], Awaitable[object]], texts: Sequence[str]) -> Speed:
    """Needs two texts at least."""
    for text in texts[:_WARM_UP]:
        await deed(text)
    spent = []
    with _one_core():
        cpu = time.process_time()
        for text in texts:
            began = time.perf_counter()
            await deed(text)
            spent.append(time.perf_counter() - began)
        cpu = time.process_time() - cpu
    return summary(spent, cpu)


def summary(seconds: Sequence[float], cpu: float) -> Speed:
    """Of the seconds each text took, and the processor's seconds for all of them."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return Speed(
        n=len(seconds),
        per_second=round(len(seconds) / cpu, 1),
        p50_ms=round(1000 * cuts[49], 3),
        p95_ms=round(1000 * cuts[94], 3),
    )


@contextmanager
def _one_core() -> Iterator[None]:
    """Binds the process to one core where the system can (not on macOS), so that threads of
    numerical libraries do not help."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
