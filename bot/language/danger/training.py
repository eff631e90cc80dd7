"""Makes the weights of scale and meaning after a change of examples:
`python -m bot.language.danger.training` (seconds, and five minutes more where `var` keeps no
embeddings yet).

`examples/` holds families of messages, each of one danger or of none. Everything else that the
assistant learns from (`nlu_data/nlu`, apart from reports of danger) is ordinary talk, and none too.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.desk.emergency import EMERGENCIES
from bot.language import embeddings, second_opinion
from bot.language.danger import meaning, rules, scale
from bot.language.second_opinion import Floats

EXAMPLES = Path(__file__).with_name("examples")
ORDINARY = Path(__file__).parents[3] / "nlu_data" / "nlu"
NONE = "none"
# How much the examples count, chosen by cross-validation over families. The ordinary ones have one
# weight together: were it one each, every example more of `nlu_data` would make the scale deafer.
_DANGER_WEIGHT = 2.0
_ORDINARY_WEIGHT = 10_000.0
_EMBEDDINGS = ORDINARY.parents[1] / "var" / "embeddings.npz"
_NETWORKS = 6  # fewer, and three examples more or less tip some messages
_HIDDEN = 128  # numbers between what goes in and what comes out, in each of them
_EPOCHS = 15
_DECAY = 0.3  # of the weights, that they stay small
_KEPT = 16_000  # features; the rest weighs next to nothing
_ENTITY = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")


@dataclass(frozen=True)
class Example:
    text: str
    danger: str  # a kind of EMERGENCIES, or NONE
    family: str  # messages that resemble each other, kept together in cross-validation
    weight: float


def examples() -> list[Example]:
    """Written for this purpose, in the order of the files."""
    return [
        Example(line.strip(), family["danger"], family["family"], _weight(family["danger"]))
        for path in sorted(EXAMPLES.glob("*.yml"))
        for family in yaml.safe_load(path.read_text("utf-8"))
        for line in family["examples"].splitlines()
        if line.strip()
    ]


def ordinary() -> list[Example]:
    """What residents say to the desk when nobody is in danger."""
    told = list(_ordinary())
    return [Example(text, NONE, family, _ORDINARY_WEIGHT / len(told)) for text, family in told]


def _ordinary() -> Iterator[tuple[str, str]]:
    """(text, family)"""
    for path in sorted(ORDINARY.rglob("*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            matter = (block.get("metadata") or {}).get("matter", "")
            danger = matter.startswith("safety.") and block.get("intent") == "report"
            if "intent" in block and not danger:
                for line in block["examples"].splitlines():
                    if text := _ENTITY.sub(r"\1", line.removeprefix("- ")).strip():
                        yield text, path.stem


def _weight(danger: str) -> float:
    return 1.0 if danger == NONE else _DANGER_WEIGHT


def fingerprint() -> str:
    """Of the written examples: the weights carry it, so that a test sees when they are stale."""
    told = [f"{e.danger} {e.text}" for e in examples()]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def train(known: list[Example]) -> scale.Scale:
    """Deterministic: the same examples give the same weights."""
    counted = [_features(example.text) for example in known]
    first = _fit(known, counted, _vocabulary(counted, keep=None))
    strength = np.abs(first.weights[:, 0]) * first.idf
    order = np.argsort(-strength, kind="stable")[:_KEPT]
    names = list(first.vocabulary)
    return _fit(known, counted, _vocabulary(counted, keep={names[i] for i in order}))


def train_meaning(known: list[Example], vectors: Floats) -> meaning.Meaning:
    """Networks side by side in one. vectors: examples × 384, of `words`, in the order of `known`.

    Deterministic on one kind of machine: the same examples give the same weights.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    centre: Floats = vectors.mean(axis=0)
    rows = _counted(known)
    points = second_opinion.points(vectors, centre)[rows]
    real = np.array([example.danger != NONE for example in known])[rows]
    machines = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it stops early on purpose
        for start in range(_NETWORKS):
            made = MLPClassifier(
                (_HIDDEN,), alpha=_DECAY, max_iter=_EPOCHS, batch_size=128, random_state=start
            )
            machines.append(made.fit(points, real))
    hidden, out = zip(*(machine.coefs_ for machine in machines), strict=True)
    hidden_bias, bias = zip(*(machine.intercepts_ for machine in machines), strict=True)
    first = (np.hstack(hidden), np.hstack(hidden_bias))
    last = (np.vstack(out) / _NETWORKS, np.mean(bias, axis=0))
    return meaning.Meaning(centre, (first, last))


def _counted(known: list[Example]) -> list[int]:
    """The numbers of the examples, each as often as it weighs; of light ones only some."""
    chance = np.random.default_rng(7)
    rows = []
    for row, example in enumerate(known):
        whole, rest = divmod(example.weight, 1.0)
        rows += [row] * (int(whole) + (chance.random() < rest))
    return rows


def words(example: Example) -> str:
    """What the meaning sees of it."""
    return scale.told(rules.clean(example.text)[:200])


def weigh(made: scale.Scale, text: str) -> float:
    """The score of a message; for cross-validation."""
    passage = rules.Passage(rules.clean(text))
    return made.weigh(passage.text, passage.marks)[0]


def _features(text: str) -> Counter[str]:
    passage = rules.Passage(rules.clean(text)[:200])
    return scale.features(passage.text, passage.marks)


def _vocabulary(counted: list[Counter[str]], keep: set[str] | None) -> dict[str, float]:
    """Features of at least two examples, and how rare each is."""
    documents: Counter[str] = Counter()
    for counts in counted:
        documents.update(counts.keys())
    return {
        name: math.log((1 + len(counted)) / (1 + n)) + 1
        for name, n in sorted(documents.items())
        if n >= 2 and (keep is None or name in keep)
    }


def _fit(
    known: list[Example], counted: list[Counter[str]], rarity: dict[str, float]
) -> scale.Scale:
    from sklearn.svm import LinearSVC

    vocabulary = {name: row for row, name in enumerate(rarity)}
    idf = np.array(list(rarity.values()), dtype=np.float32)
    matrix = _matrix(counted, vocabulary, idf)
    labels = np.array([example.danger for example in known])
    weights = np.array([example.weight for example in known])
    real = labels != NONE
    kinds = [kind for kind in EMERGENCIES if kind in labels]

    machines = [LinearSVC(C=1.0, random_state=7).fit(matrix, real, sample_weight=weights)]
    machines += [
        LinearSVC(C=1.0, class_weight="balanced", random_state=7).fit(
            matrix[real], labels[real] == kind
        )
        for kind in kinds
    ]
    found = np.vstack([made.coef_ for made in machines]).T.astype(np.float32)
    bias = np.array([made.intercept_[0] for made in machines], dtype=np.float32)
    return scale.Scale(kinds, vocabulary, idf, found, bias)


def _matrix(counted: list[Counter[str]], vocabulary: dict[str, int], idf: scale.Floats) -> Any:
    from scipy.sparse import csr_matrix

    pointers, columns, values = [0], [], []
    for counts in counted:
        row = [(vocabulary[f], scale.damped(n)) for f, n in counts.items() if f in vocabulary]
        weights = np.array([value for _, value in row]) * idf[[column for column, _ in row]]
        columns += [column for column, _ in row]
        values += list(weights / (np.linalg.norm(weights) or 1.0))
        pointers.append(len(columns))
    return csr_matrix((values, columns, pointers), shape=(len(counted), len(vocabulary)))


def save(made: scale.Scale, read: meaning.Meaning, folder: Path = scale.WEIGHTS) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    names = {
        "examples": fingerprint(),
        "kinds": made.kinds,
        "features": list(made.vocabulary),
    }
    (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False), "utf-8")
    np.savez_compressed(
        folder / "numbers.npz",
        idf=made.idf.astype(np.float16),
        weights=made.weights.astype(np.float16),
        bias=made.bias,
    )
    hidden, out = read.layers
    np.savez_compressed(
        folder / meaning.NUMBERS.name,
        examples=np.array(names["examples"]),
        centre=read.centre,
        hidden=hidden[0].astype(np.float16),
        hidden_bias=hidden[1].astype(np.float32),
        weights=out[0].astype(np.float16),
        bias=out[1].astype(np.float32),
    )


def main() -> None:
    known = [*examples(), *ordinary()]
    vectors = embeddings.embedded(_EMBEDDINGS, [words(example) for example in known])
    save(train(known), train_meaning(known, vectors))


if __name__ == "__main__":
    main()
