"""A linear text classifier over character n-grams, words and their meanings: small, no pickle.

Training: TF-IDF (sublinear) beside the mean of what the words mean, a one-against-rest linear SVM
(scikit-learn), and a temperature that turns margins into probabilities, fitted on a fifth held out
(Guo et al. 2017, "On Calibration of Modern Neural Networks"). Prediction needs NumPy only: look up,
weigh, add rows.
"""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bot.language import word_vectors
from bot.language.second_opinion import Head

Floats = np.ndarray[Any, np.dtype[np.float32]]

_GRAMS = (1, 2, 3)
_MAX_CHARACTERS = 600  # what a long letter is about is said early; the rest costs time only
_FOLDS = 5
_RANKED = 10
_MEANING = 0.4  # length of the words' mean beside the n-grams' of one; .35 to .6 do alike
_TEMPERATURES = np.geomspace(0.02, 2.0, 60)


class Guess(NamedTuple):
    label: str
    confidence: float  # 0..1, calibrated


@lru_cache(8)  # what a message wants and what it is about are asked one after the other
def features(text: str, words: tuple[str, ...] = ()) -> Counter[str]:
    """What the classifier sees of a normalised text: character n-grams, words, word pairs."""
    text = text[:_MAX_CHARACTERS]
    framed = f"^{text}$"
    found: Counter[str] = Counter()
    for size in _GRAMS:
        found.update(framed[i : i + size] for i in range(len(framed) - size + 1))
    found.update(f"w:{word}" for word in words)
    found.update(f"p:{a} {b}" for a, b in pairwise(words))
    return found


class LinearClassifier:
    """Ranks labels for a text.

    weights: features × labels, float32; idf: one a feature. meanings: numbers of a word's vector ×
    labels.
    """

    def __init__(
        self,
        labels: list[str],
        vocabulary: dict[str, int],
        idf: Floats,
        weights: Floats,
        meanings: Floats,
        bias: Floats,
        temperature: float,
    ) -> None:
        self.labels = labels
        self._vocabulary = vocabulary
        self._idf = idf
        self._weights = weights
        self._meanings = meanings
        self._bias = bias
        self._temperature = temperature

    def rank(self, text: str, words: Sequence[str] = (), second: Head | None = None) -> list[Guess]:
        """The likeliest labels with their probabilities, the best first.

        `second` is asked when the first answer is unsure; its labels are those of this classifier.
        """
        margins = self._margins(features(text, tuple(words)), words)
        chances = _softmax(margins / self._temperature)
        if second and _surest(chances, second.tied) < second.asked_below:
            chances = _softmax((margins + second.margins(text)) / second.temperature)
        order = np.argsort(-chances)[:_RANKED]
        return [Guess(self.labels[i], float(chances[i])) for i in order]

    def _margins(self, counts: Counter[str], words: Sequence[str]) -> Floats:
        margins: Floats = self._bias + word_vectors.vector(words) @ self._meanings
        known = [(self._vocabulary[f], n) for f, n in counts.items() if f in self._vocabulary]
        if not known:
            return margins
        rows = np.fromiter((row for row, _ in known), dtype=np.int64, count=len(known))
        values = np.fromiter((_damp(n) for _, n in known), dtype=np.float32, count=len(known))
        values *= self._idf[rows]
        values /= np.linalg.norm(values)
        margins += values @ self._weights[rows]
        return margins

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        names = {"labels": self.labels, "vocabulary": list(self._vocabulary)}
        (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False), "utf-8")
        np.savez(
            folder / "numbers.npz",
            idf=self._idf,
            weights=self._weights.astype(np.float16),
            meanings=self._meanings,
            bias=self._bias,
            temperature=np.float32(self._temperature),
        )

    @classmethod
    def load(cls, folder: Path) -> LinearClassifier:
        names = json.loads((folder / "names.json").read_text("utf-8"))
        with np.load(folder / "numbers.npz", allow_pickle=False) as numbers:
            return cls(
                labels=names["labels"],
                vocabulary={name: row for row, name in enumerate(names["vocabulary"])},
                idf=numbers["idf"],
                weights=numbers["weights"].astype(np.float32),
                meanings=numbers["meanings"],
                bias=numbers["bias"],
                temperature=float(numbers["temperature"]),
            )


def train(
    examples: Iterable[tuple[str, Sequence[str]]], labels: Sequence[str], *, seed: int = 7
) -> LinearClassifier:
    """Learn from (normalised text, words) examples, one label each. Deterministic for a seed."""
    from sklearn.model_selection import StratifiedKFold

    vocabulary, idf, matrix = _vectors(examples)
    names = sorted(set(labels))
    index = {name: i for i, name in enumerate(names)}
    targets = np.array([index[label] for label in labels])
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    # One fold says how sure to be: its machine learns on one core, that of all on another.
    split = next(folds.split(matrix, targets))
    (weights, bias), margins = _fitted(matrix, targets, [split])
    return LinearClassifier(
        labels=names,
        vocabulary=vocabulary,
        idf=idf,
        weights=np.ascontiguousarray(weights[: len(vocabulary)]),
        meanings=_MEANING * weights[len(vocabulary) :],
        bias=bias,
        temperature=fit_temperature(margins[0], targets[split[1]]),
    )


def held_out_margins(
    examples: Iterable[tuple[str, Sequence[str]]], targets: Any, folds: Any
) -> Floats:
    """Margins (examples × labels), each from a classifier that has not seen the example."""
    matrix = _vectors(examples)[2]
    splits = list(folds.split(matrix, targets))
    margins = np.empty((len(targets), len(set(targets))), dtype=np.float32)
    for (_, unseen), found in zip(splits, _fitted(matrix, targets, splits)[1], strict=True):
        margins[unseen] = found
    return margins


def surest(margins: Floats, targets: Any, tied: Sequence[int]) -> Any:
    """How sure of each of these answers it is, as the second opinion's threshold counts: one a
    row."""
    return _surest(_softmax(margins / fit_temperature(margins, targets)), tied)


def _surest(chances: Floats, tied: Sequence[int]) -> Any:
    """The best chance in each row; those between which the second opinion has no say are one."""
    best = chances.max(axis=-1)
    return np.maximum(best, chances[..., list(tied)].sum(axis=-1)) if tied else best


class _Fit(NamedTuple):
    """Learn from the rows `seen`. `unseen`: whose margins are wanted; None: the weights are."""

    seen: Any
    unseen: Any = None


def _fitted(
    matrix: Any, targets: Any, splits: Sequence[tuple[Any, Any]]
) -> tuple[tuple[Any, Any], list[Any]]:
    """Weights and bias learnt from all examples; for each (seen, unseen) the margins of the
    unseen, from a machine that learnt the seen."""
    fits = [_Fit(slice(None)), *(_Fit(seen, unseen) for seen, unseen in splits)]
    # The solver holds Python's lock, so processes share the cores; forked, they share the matrix.
    with ProcessPoolExecutor(
        min(len(fits), os.cpu_count() or 1), get_context("fork"), _take, (matrix, targets)
    ) as workers:
        of_all, *held_out = workers.map(_fit, fits)
    return of_all, held_out


_work: tuple[Any, Any]  # of a worker: matrix and targets


def _take(matrix: Any, targets: Any) -> None:
    global _work
    _work = matrix, targets


def _fit(task: _Fit) -> Any:
    from sklearn.svm import LinearSVC

    matrix, targets = _work
    machine = LinearSVC(C=0.5, class_weight="balanced", tol=1e-3, random_state=7)
    machine.fit(matrix[task.seen], targets[task.seen])
    if task.unseen is None:
        return machine.coef_.T.astype(np.float32), machine.intercept_.astype(np.float32)
    return machine.decision_function(matrix[task.unseen]).astype(np.float32)


def _vectors(
    examples: Iterable[tuple[str, Sequence[str]]],
) -> tuple[dict[str, int], Floats, Any]:
    """Vocabulary, idf, and the matrix: examples × features (rows of length one) and meanings."""
    from scipy.sparse import csr_matrix, hstack

    seen = list(examples)
    counted = [features(text, tuple(words)) for text, words in seen]
    vocabulary, idf = _vocabulary(counted)
    grams = _matrix(counted, vocabulary, idf, csr_matrix)
    meanings = _MEANING * np.array([word_vectors.vector(words) for _, words in seen])
    return vocabulary, idf, hstack([grams, csr_matrix(meanings)], format="csr")


def _vocabulary(counted: list[Counter[str]]) -> tuple[dict[str, int], Floats]:
    """Features of at least two examples, and how rare each is (smooth idf as in scikit-learn)."""
    documents: Counter[str] = Counter()
    for counts in counted:
        documents.update(counts.keys())
    kept = sorted(name for name, n in documents.items() if n >= 2)
    idf = [math.log((1 + len(counted)) / (1 + documents[name])) + 1 for name in kept]
    return {name: row for row, name in enumerate(kept)}, np.array(idf, dtype=np.float32)


def _matrix(
    counted: list[Counter[str]], vocabulary: dict[str, int], idf: Floats, csr_matrix: Any
) -> Any:
    pointers: list[int] = [0]
    columns: list[int] = []
    values: list[float] = []
    for counts in counted:
        row = [(vocabulary[f], _damp(n)) for f, n in counts.items() if f in vocabulary]
        weights = np.array([value for _, value in row]) * idf[[column for column, _ in row]]
        norm = np.linalg.norm(weights) or 1.0
        columns.extend(column for column, _ in row)
        values.extend(weights / norm)
        pointers.append(len(columns))
    return csr_matrix((values, columns, pointers), shape=(len(counted), len(vocabulary)))


def _damp(count: int) -> float:
    return 1.0 + math.log(count)


def _softmax(margins: Floats) -> Floats:
    powers = np.exp(margins - margins.max(axis=-1, keepdims=True))
    chances: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return chances


def fit_temperature(margins: Floats, targets: Any) -> float:
    """The temperature under which held-out answers are likeliest."""
    rows = np.arange(len(targets))
    losses = [
        -np.log(_softmax(margins / temperature)[rows, targets] + 1e-12).mean()
        for temperature in _TEMPERATURES
    ]
    return float(_TEMPERATURES[int(np.argmin(losses))])
