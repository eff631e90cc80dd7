"""What a soak found: growth of memory, latency over time, and messages that were lost."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.cli.bench import processes
from bot.cli.bench.figures import drift, quantile, rounded
from bot.cli.bench.ledger import Ledger

_WARM = (180.0, 360.0)  # seconds; before, caches and pools still fill
_SLICES = 60  # of latency over time


@dataclass(frozen=True, kw_only=True)
class Course:
    """memory: (seconds, MB) of each process. due, times: seconds and milliseconds a message."""

    seconds: float
    rate: float
    memory: Mapping[str, Sequence[tuple[float, float]]]
    due: Sequence[float]
    times: Sequence[float]
    errors: Sequence[str]
    dialogues: int
    ledger: Ledger
    restarts: int


def results(course: Course) -> dict[str, Any]:
    """drift_mb: last tenth against minutes 3 to 6 (in a short run its second and third tenth).

    lost: messages that are not in the inbox, wait, or have not exactly one turn and an answer.
    """
    early = early_stretch(course.seconds)
    of, sent = course.ledger, len(course.times)
    slices = latency(course)
    return {
        "minutes": round(course.seconds / 60, 2),
        "rate": round(course.rate, 2),
        "messages": sent,
        "errors": len(course.errors),
        "first_errors": list(course.errors[:5]),
        "lost": sent - min(of.messages - of.pending, of.with_one_turn, of.answered),
        "pending": of.pending,
        "dialogues": course.dialogues,
        "tickets": of.tickets,
        "restarts": course.restarts,
        "p50_ms": rounded(quantile(course.times, 0.50)),
        "p95_ms": rounded(quantile(course.times, 0.95)),
        "p99_ms": rounded(quantile(course.times, 0.99)),
        "p95_first_half_ms": rounded(_half(course, first=True)),
        "p95_second_half_ms": rounded(_half(course, first=False)),
        "drift_mb": {
            name: rounded(drift(samples, early, course.seconds))
            for name, samples in course.memory.items()
        },
        "rss_mb": {name: rounded(samples[-1][1]) for name, samples in course.memory.items()},
        "drift_since_minutes": [round(early[0] / 60, 2), round(early[1] / 60, 2)],
        "latency": [[rounded(value, 2) for value in one] for one in slices],
        "machine": processes.machine(),
    }


def early_stretch(seconds: float) -> tuple[float, float]:
    return _WARM if seconds >= 2 * _WARM[1] else (0.1 * seconds, 0.3 * seconds)


def latency(course: Course) -> list[tuple[float, float, float]]:
    """(minutes, p50, p95) for each slice of the time in which a message was due."""
    width = course.seconds / _SLICES
    slices: dict[int, list[float]] = {}
    for due, spent in zip(course.due, course.times, strict=True):
        slices.setdefault(int(due / width), []).append(spent)
    return [
        ((number + 0.5) * width / 60, quantile(times, 0.5), quantile(times, 0.95))
        for number, times in sorted(slices.items())
    ]


def _half(course: Course, *, first: bool) -> float:
    chosen = [
        spent
        for due, spent in zip(course.due, course.times, strict=True)
        if (due < course.seconds / 2) == first
    ]
    return quantile(chosen, 0.95)


def table(found: Mapping[str, Any]) -> str:
    plain = {k: v for k, v in found.items() if k not in ("latency", "machine", "first_errors")}
    lines = [f"{name:>20}  {_words(value)}" for name, value in plain.items()]
    return "\n".join(lines + [f"{'':>20}  {error}" for error in found["first_errors"]])


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return str(value)


def write(found: Mapping[str, Any], course: Course, folder: Path) -> Path:
    """Leave JSON and a picture in `folder`; returns it."""
    from bot.cli.bench import pictures

    folder.mkdir(parents=True, exist_ok=True)
    kept = {**found, "ledger": asdict(course.ledger)}
    (folder / "soak.json").write_text(json.dumps(kept, indent=1), "utf-8")
    memory = {
        name: [(at / 60, size) for at, size in samples] for name, samples in course.memory.items()
    }
    pictures.soak(memory, latency(course), folder / "soak.png")
    return folder
