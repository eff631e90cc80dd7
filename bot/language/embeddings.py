"""Embeddings of all examples, for learning: they take minutes, so a file keeps them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.language import second_opinion
from bot.language.second_opinion import Floats

_AT_ONCE = 256


def embedded(path: Path, texts: Sequence[str]) -> Floats:
    """One row a text, texts × 384; `path` remembers them for the next time."""
    known: dict[str, Floats] = {}
    if path.exists():
        with np.load(path, allow_pickle=False) as kept:
            known = dict(zip(json.loads(str(kept["texts"])), kept["vectors"], strict=True))
    new = [text for text in dict.fromkeys(texts) if text not in known]
    for start in range(0, len(new), _AT_ONCE):
        some = new[start : start + _AT_ONCE]
        known.update(zip(some, second_opinion.embed_all(some), strict=True))
    if new:
        vectors = np.array([*known.values()], dtype=np.float32)
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, texts=json.dumps(list(known), ensure_ascii=False), vectors=vectors)
    return np.array([known[text] for text in texts], dtype=np.float32)
