"""What words mean, by a table: 128 numbers a word, near each other for 堵 and 不通, 狗 and 犬.

The classifier's own features know only the words it was taught; the mean of these numbers tells
it what an unknown word resembles, for some ten microseconds a message. The table is learnt by
`python -m bot.cli.word_vectors` from multilingual-e5-small (MIT licence).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float32]]

_TABLE = Path(__file__).with_name("word_vectors.npz")
_SCALE = 127.0


def vector(words: Sequence[str]) -> Floats:
    """The weighted mean of the words' vectors, of length one; zeros where no word is known."""
    rows, vectors, weights = _table()
    known = [rows[word] for word in words if word in rows]
    if not known:
        return np.zeros(vectors.shape[1], dtype=np.float32)
    mean: Floats = weights[known] @ vectors[known]
    return mean / (np.linalg.norm(mean) or 1.0)


def size() -> int:
    return int(_table()[1].shape[1])


def save(words: Sequence[str], vectors: Any, weights: Any) -> None:
    """vectors: words × size, each of length one; they are kept in a byte a number."""
    largest = np.abs(vectors).max()
    np.savez_compressed(
        _TABLE,
        words=np.array("\n".join(words)),
        vectors=np.round(vectors * (_SCALE / largest)).astype(np.int8),
        weights=np.asarray(weights, dtype=np.float16),
    )
    _table.cache_clear()


@cache
def _table() -> tuple[dict[str, int], Any, Floats]:
    with np.load(_TABLE, allow_pickle=False) as kept:
        words = str(kept["words"]).split("\n")
        return (
            {word: row for row, word in enumerate(words)},
            kept["vectors"],
            kept["weights"].astype(np.float32),
        )
