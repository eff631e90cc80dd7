"""Learns the heads of the second opinion: `python -m bot.cli.second_opinion` (minutes).

To be run when many examples were added; the heads (2.4 MB) belong to the project. Each is a network
with one hidden layer, three times learnt from another start and taken together: on held-out matters
that gave 95.0 % where a linear head gave 94.0. Embeddings are kept in the data folder, so that the
next run embeds only what is new.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier

from bot import settings
from bot.desk import kinds
from bot.language import embeddings, houses, linear, second_opinion
from bot.language.normal import normalise
from bot.language.second_opinion import Floats, Layers
from bot.language.tokens import Cutter

_NETWORKS = 3
_HIDDEN = 512  # numbers between what goes in and what comes out, in each of them
_EPOCHS = 20
_DECAY = 0.3  # of the weights, that they stay small
# Chance of the first answer below which a second opinion is worth its 20 ms; chosen on
# tests/data/heldout_*.jsonl.
_ASKED_BELOW = {"intent": 0.7, "matter": 0.7}
_WORDS = "community_words"
_FOLDS = 3


def main() -> None:
    warnings.simplefilter("ignore", ConvergenceWarning)  # it stops early on purpose
    folder = settings.read(os.environ).data_dir
    cut, taught = cutter(folder), list(examples())
    everything = [houses.alike(text, cut.cut(text)) for _, text in taught]
    vectors = embeddings.embedded(folder / "embeddings.npz", [text for text, _ in everything])
    centre: Floats = vectors.mean(axis=0)
    kept: dict[str, Any] = {"centre": centre}
    points = second_opinion.points(vectors, centre)
    labels = {
        "intent": [block["intent"] for block, _ in taught],
        "matter": [(block.get("metadata") or {}).get("matter") for block, _ in taught],
    }
    for question, answers in labels.items():
        rows = [row for row, answer in enumerate(answers) if answer]
        seen = [everything[row] for row in rows]
        learnt = _learn(seen, points[rows], [answers[row] for row in rows], _ASKED_BELOW[question])
        kept.update({f"{question}_{name}": value for name, value in learnt.items()})
    np.savez_compressed(second_opinion.HEADS, **kept)


def examples() -> Iterator[tuple[dict[str, Any], str]]:
    """(block of nlu_data, one of its texts, normalised)."""
    for block in _blocks(Path("nlu_data")):
        if "intent" in block:
            yield from ((block, normalise(line)) for line in _lines(block))


def cutter(folder: Path) -> Cutter:
    """With the community's own words, as the assistant cuts."""
    lookups = [block for block in _blocks(Path("nlu_data")) if block.get("lookup") == _WORDS]
    return Cutter(folder / "jieba", sorted({w for block in lookups for w in _lines(block)}))


def _learn(
    seen: list[tuple[str, list[str]]], points: Floats, answers: list[str], asked_below: float
) -> dict[str, Any]:
    """What `second_opinion.head` reads of one head. points: examples × 384, like `seen`."""
    names = sorted(set(answers))
    targets = np.array([names.index(answer) for answer in answers])
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=7)
    second = np.empty((len(targets), len(names)), dtype=np.float32)
    for told, asked in folds.split(points, targets):
        second[asked] = second_opinion.margins(points[asked], _layers(points[told], targets[told]))
    tied = [names.index(name) for name in kinds.OF_INTENT if name in names]
    second = second_opinion.tie(second, tied)
    first = linear.held_out_margins(seen, targets, folds)
    hidden, out = _layers(points, targets)
    unsure = linear.surest(first, targets, tied) < asked_below
    together = (first + second)[unsure]
    print(
        f"{len(names)} labels, {len(targets)} examples, {unsure.mean():.3f} unsure; of those right:"
        f" first {np.mean(first[unsure].argmax(1) == targets[unsure]):.3f},"
        f" both {np.mean(together.argmax(1) == targets[unsure]):.3f}"
    )
    return {
        "labels": np.array(names),
        "hidden": hidden[0].astype(np.float16),
        "hidden_bias": hidden[1],
        "weights": out[0].astype(np.float16),
        "bias": out[1],
        "tied": np.array(tied, dtype=np.int64),
        "asked_below": np.float32(asked_below),
        "temperature": np.float32(linear.fit_temperature(together, targets[unsure])),
    }


def _layers(points: Floats, targets: Any) -> Layers:
    """Networks side by side in one: their hidden layers beside each other, their answers' mean.

    points: examples × 384. targets: of each the number of its label, each label at least once.
    """
    learnt = [
        MLPClassifier(
            (_HIDDEN,), alpha=_DECAY, max_iter=_EPOCHS, batch_size=128, random_state=start
        ).fit(points, targets)
        for start in range(_NETWORKS)
    ]
    hidden, out = zip(*(machine.coefs_ for machine in learnt), strict=True)
    hidden_bias, bias = zip(*(machine.intercepts_ for machine in learnt), strict=True)
    return (
        (np.hstack(hidden), np.hstack(hidden_bias)),
        (np.vstack(out) / _NETWORKS, np.mean(bias, axis=0)),
    )


def _blocks(folder: Path) -> list[dict[str, Any]]:
    files = sorted(folder.rglob("*.yml"))
    return [
        block
        for path in files
        for block in (yaml.safe_load(path.read_text("utf-8")).get("nlu") or [])
    ]


def _lines(block: dict[str, Any]) -> list[str]:
    return [line[2:].strip() for line in block["examples"].splitlines() if line.strip()]


if __name__ == "__main__":
    main()
