"""Cuts Chinese text into words, with the community's own words kept whole."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import jieba

# A word that jieba must prefer over its parts, however it would weigh them.
_SURE = 1_000_000


class Cutter:
    """jieba with words of our own; its dictionary cache lies in `cache`, a folder of ours.

    jieba's own place for the cache is the shared temporary folder, where anybody could put
    another file for us to unmarshal.
    """

    def __init__(self, cache: Path, words: Iterable[str] = ()) -> None:
        cache.mkdir(parents=True, exist_ok=True)
        self._jieba = jieba.Tokenizer()
        self._jieba.tmp_dir = str(cache)
        for word in words:
            self._jieba.add_word(word, freq=_SURE)

    def cut(self, text: str) -> list[tuple[str, int]]:
        """(word, offset) pairs of `text`, without white space."""
        return [
            (word, start) for word, start, _end in self._jieba.tokenize(text) if not word.isspace()
        ]
