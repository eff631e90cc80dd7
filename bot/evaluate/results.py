"""Everything one run measured, and the same as flat figures with stable names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.evaluate import metrics
from bot.evaluate.addresses import AddressScore
from bot.evaluate.answers import INTENT, NOT_UNDERSTOOD, TASKS
from bot.evaluate.dangers import PARTS, DangerScore, LetterScore
from bot.evaluate.metrics import Verdict
from bot.evaluate.speed import Speed

Judged = dict[str, dict[str, list[Verdict]]]  # task → name of the set → verdicts
Figures = dict[str, Any]


@dataclass
class RivalResult:
    """What another classifier made of the same sets."""

    judged: Judged
    train_seconds: float


@dataclass
class Results:
    """One run. Where a dict is by name, the name is that of the set (or of the part, or rival)."""

    model: str
    date: str  # ISO, UTC
    judged: Judged = field(default_factory=dict)
    rivals: dict[str, RivalResult] = field(default_factory=dict)
    dangers: dict[str, DangerScore] = field(default_factory=dict)
    letters: dict[str, LetterScore] = field(default_factory=dict)
    addresses: dict[str, AddressScore] = field(default_factory=dict)
    speed: dict[str, Speed] = field(default_factory=dict)
    not_measured: list[str] = field(default_factory=list)


def figures(results: Results) -> Figures:
    """The documented object of `--json`; shares are 0..1, rounded to four places."""
    return {
        "model": results.model,
        "date": results.date,
        **_tasks(results.judged),
        "emergency": _dangers(results.dangers) | _letters(results.letters),
        "address": {name: _address(score) for name, score in results.addresses.items()},
        "speed": {part: asdict(speed) for part, speed in results.speed.items()},
        "baselines": {
            name: {**_tasks(rival.judged), "train_seconds": rival.train_seconds}
            for name, rival in results.rivals.items()
        },
        "not_measured": results.not_measured,
    }


def understanding(verdicts: Sequence[Verdict]) -> Figures:
    """The figures of one task on one set."""
    return {
        "n": len(verdicts),
        "accuracy": _round(metrics.accuracy(verdicts)),
        "macro_f1": _round(metrics.macro_f1(metrics.label_scores(verdicts))),
        "top3": _round(metrics.top_k(verdicts, 3)),
        "ece": _round(metrics.expected_calibration_error(metrics.calibration(verdicts))),
    }


def asked_again(verdicts: Sequence[Verdict]) -> float:
    """The share of texts the assistant would rather have said again."""
    return metrics.ratio(sum(v.said == NOT_UNDERSTOOD for v in verdicts), len(verdicts))


def _tasks(judged: Judged) -> Figures:
    return {task: _sets(task, judged.get(task, {})) for task in TASKS}


def _sets(task: str, sets: Mapping[str, list[Verdict]]) -> Figures:
    found = {name: understanding(verdicts) for name, verdicts in sets.items()}
    if task == INTENT:
        for name, verdicts in sets.items():
            found[name]["asked_again"] = _round(asked_again(verdicts))
    return found


def _dangers(sets: Mapping[str, DangerScore]) -> Figures:
    return {
        name: {
            "n": score.n,
            "dangers": score.dangers,
            "recall": _round(score.recall),
            "right_matter": _round(metrics.ratio(score.right_matter, score.dangers)),
            "harmless": score.harmless,
            "false_alarms": _round(score.false_alarms),
        }
        for name, score in sets.items()
    }


def _letters(sets: Mapping[str, LetterScore]) -> Figures:
    return {
        name: {"n": score.letters}
        | {f"{part}_alarms": score.count(part) for part in PARTS}
        | {f"{part}_alarm_rate": _round(score.rate(part)) for part in PARTS}
        for name, score in sets.items()
    }


def _address(score: AddressScore) -> Figures:
    """A share that no row of the set asks for is null."""
    shares = score.shares().items()
    return (
        {"n": score.n}
        | {name: _round(share.value) if share.total else None for name, share in shares}
        | {f"n_{name}": share.total for name, share in shares}
    )


def _round(share: float) -> float:
    return round(share, 4)
