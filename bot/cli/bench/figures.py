"""The arithmetic of the benchmarks. Pure: times in milliseconds, sizes in MB of 2^20 bytes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True, kw_only=True)
class Speed:
    """One side at one concurrency. cpu_ms: processor time of the engine's process a message."""

    messages_per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_ms: float


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def speed(times: Sequence[float], *, seconds: float, cpu_seconds: float) -> Speed:
    """times: one for each message answered in `seconds`."""
    return Speed(
        messages_per_second=len(times) / seconds,
        p50_ms=quantile(times, 0.50),
        p95_ms=quantile(times, 0.95),
        p99_ms=quantile(times, 0.99),
        cpu_ms=1000 * cpu_seconds / len(times),
    )


def middle(speeds: Sequence[Speed]) -> Speed:
    """Of every figure the median over the rounds."""
    rows = [asdict(one) for one in speeds]
    return Speed(**{name: median(row[name] for row in rows) for name in rows[0]})


def stretch(times: Sequence[float], first: int, last: int) -> float:
    """The median time of the turns from `first` to before `last`."""
    return median(times[first:last])


def ratio(one: float | None, other: float | None) -> float | None:
    """one / other, or None where either was not measured."""
    return one / other if one is not None and other else None


def drift(samples: Sequence[tuple[float, float]], early: tuple[float, float], end: float) -> float:
    """Median of the last tenth minus median of the `early` stretch.

    samples: (seconds since the beginning, value). Raises ValueError where a stretch has none.
    """
    before = [value for at, value in samples if early[0] <= at < early[1]]
    after = [value for at, value in samples if at >= 0.9 * end]
    if not before or not after:
        raise ValueError("too few samples to tell a drift")
    return median(after) - median(before)


def rounded(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits)
