"""Learns the table of what words mean: `python -m bot.cli.word_vectors` (minutes).

The words of the examples and those that everyday Chinese uses most, each read by the same model as
the second opinion, brought from 384 numbers down to the 128 in which they differ most (PCA). How
much a word says is reckoned from the examples: the more of them have it, the less (Arora et al.
2017, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings"). To be run when the examples
bring in many new words; embeddings are kept in the data folder, so that only new ones are read.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import jieba
import numpy as np

from bot import settings
from bot.cli.second_opinion import cutter, examples
from bot.language import second_opinion, word_vectors
from bot.language.word_vectors import Floats

_NUMBERS = 128
_FREQUENT = 200  # times in the corpus that jieba's dictionary was counted on
_COMMON = 1e-3  # share of the examples from which on a word says less than half
_WORD = re.compile("[\u4e00-\u9fff]{1,4}")
_NAMES = ("nr", "ns", "nt")  # of people, places and organisations, in jieba's dictionary
_AT_ONCE = 256


def main() -> None:
    folder = settings.read(os.environ).data_dir
    taught = [text for _, text in examples()]
    cut = cutter(folder)
    documents = Counter(word for text in taught for word in {word for word, _ in cut.cut(text)})
    words = sorted({*documents, *_frequent()})
    vectors = _embedded(folder / "word_embeddings.npz", words)
    own = vectors[[row for row, word in enumerate(words) if word in documents]]
    centre = own.mean(axis=0)
    axes = np.linalg.svd(own - centre, full_matrices=False)[2][:_NUMBERS]
    small = (vectors - centre) @ axes.T
    small /= np.linalg.norm(small, axis=1, keepdims=True)
    common = _COMMON * len(taught)
    weights = np.array([common / (common + documents[word]) for word in words])
    word_vectors.save(words, small, weights)


def _frequent() -> Iterator[str]:
    with jieba.Tokenizer().get_dict_file() as lines:
        for line in lines:
            word, count, kind = line.decode("utf-8").split()
            if int(count) >= _FREQUENT and _WORD.fullmatch(word) and not kind.startswith(_NAMES):
                yield word


def _embedded(path: Path, words: list[str]) -> Floats:
    """One row a word; `path` remembers."""
    known: dict[str, Floats] = {}
    if path.exists():
        with np.load(path, allow_pickle=False) as kept:
            known = dict(zip(json.loads(str(kept["texts"])), kept["vectors"], strict=True))
    new = sorted((word for word in words if word not in known), key=len)
    for start in range(0, len(new), _AT_ONCE):
        some = new[start : start + _AT_ONCE]
        known.update(zip(some, second_opinion.embed_all(some), strict=True))
    np.savez(
        path, texts=json.dumps(list(known), ensure_ascii=False), vectors=np.array([*known.values()])
    )
    return np.array([known[word] for word in words], dtype=np.float32)


if __name__ == "__main__":
    main()
