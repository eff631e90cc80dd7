"""Cuts Chinese text into words, with the community's own words kept whole."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import jieba

from bot.language import dictionary

# A word that jieba must prefer over its parts, however it would weigh them.
_SURE = 1_000_000


class Cutter:
    """jieba with words of our own; its dictionary is made ready once, in `cache`.

    jieba's own place for that is the shared temporary folder, where anybody could put another file
    for us to read. in_memory: for a process that cuts very many texts and then ends; it is twice as
    fast and takes 60 MB.
    """

    def __init__(self, cache: Path, words: Iterable[str] = (), *, in_memory: bool = False) -> None:
        self._jieba = jieba.Tokenizer()
        if in_memory:
            self._read_whole(cache)
        else:
            self._look_up_in(cache)
        for word in words:
            self._jieba.add_word(word, freq=_SURE)

    def _read_whole(self, cache: Path) -> None:
        cache.mkdir(parents=True, exist_ok=True)
        logging.getLogger("jieba").setLevel(logging.WARNING)  # it tells of every step
        self._jieba.tmp_dir = str(cache)
        self._jieba.initialize()

    def _look_up_in(self, cache: Path) -> None:
        path = cache / f"words-{jieba.__version__}.npy"
        if not path.exists():
            with self._jieba.get_dict_file() as lines:
                dictionary.build(lines, path)
        self._jieba.FREQ = dictionary.Frequencies(path)
        self._jieba.total = self._jieba.FREQ.total
        self._jieba.initialized = True

    def cut(self, text: str) -> list[tuple[str, int]]:
        """(word, offset) pairs of `text`, without white space."""
        return [
            (word, start) for word, start, _end in self._jieba.tokenize(text) if not word.isspace()
        ]

    def knows(self, word: str) -> bool:
        """Whether it is a word of jieba's dictionary or of our own; the beginning of one is not."""
        return bool(self._jieba.FREQ.get(word))
