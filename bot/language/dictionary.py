"""jieba's dictionary, looked up in a file instead of held in memory.

jieba keeps half a million words and beginnings of words in a dict: 60 MB of memory or more, and a
second to load. A message asks for a few dozen of them. Here they are numbers in a sorted file that
the system maps into memory, and only the pages that are asked for are read. The answers, and so
the words a text is cut into, are jieba's own.
"""

from __future__ import annotations

import os
import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any

import numpy as np

# A word is filed under 64 bits of its hash. No two words of jieba's dictionary meet there (a test
# looks each of them up); that a word it does not have meets one happens once in 10^13 questions.
_WHOLE = ""  # every word begins with nothing: its count is that of all words together
_KEPT = 8192  # words whose counts are remembered: those of everyday use


class Frequencies:
    """word → its count in jieba's corpus, 0 for what only begins a word; like jieba's own dict.

    What is set later (words of our own) lies on top, in memory.
    """

    def __init__(self, path: Path) -> None:
        keys, counts = np.load(path, mmap_mode="r", allow_pickle=False)
        self._keys, self._counts = memoryview(keys), memoryview(counts)
        self._own: dict[str, int] = {}
        self._remembered = lru_cache(_KEPT)(self._look_up)

    @property
    def total(self) -> int:
        return self[_WHOLE]

    def get(self, word: str, default: int | None = None) -> int | None:
        count = self._own.get(word)
        if count is None:
            count = self._remembered(word)
        return default if count is None else count

    def __contains__(self, word: str) -> bool:
        return self.get(word) is not None

    def __getitem__(self, word: str) -> int:
        count = self.get(word)
        if count is None:
            raise KeyError(word)
        return count

    def __setitem__(self, word: str, count: int) -> None:
        self._own[word] = count

    def _look_up(self, word: str) -> int | None:
        key = _key(word)
        place = bisect_left(self._keys, key)
        if place < len(self._keys) and self._keys[place] == key:
            return int(self._counts[place])
        return None


def build(lines: IO[bytes], path: Path) -> None:
    """Write the file of a jieba dictionary, whose lines are "word count tag". All at once: another
    process sees a whole file or none."""
    keys, counts, turns = array("Q"), array("Q"), array("Q")
    total = 0
    for turn, (word, count) in enumerate(_entries(lines), start=1):
        total += count
        beginnings = [_key(word[:end]) for end in range(1, len(word))]
        keys.extend([*beginnings, _key(word)])
        counts.extend([*(0 for _ in beginnings), count])
        turns.extend([*(0 for _ in beginnings), turn])
    keys.append(_key(_WHOLE))
    counts.append(total)
    turns.append(0)
    _write(_table(np.array(keys), np.array(counts), np.array(turns)), path)


def _entries(lines: IO[bytes]) -> Iterator[tuple[str, int]]:
    for line in lines:
        word, count = line.decode("utf-8").split(" ")[:2]
        yield word, int(count)


def _table(keys: Any, counts: Any, turns: Any) -> Any:
    """Two rows: keys in order, and their counts. Being a word goes before being a beginning (turn
    0), and of a word that comes twice the last counts."""
    order = np.lexsort((turns, keys))
    keys, counts = keys[order], counts[order]
    last = np.append(keys[1:] != keys[:-1], True)
    return np.stack([keys[last], counts[last]])


def _write(table: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        np.save(file, table, allow_pickle=False)
    Path(name).replace(path)


def _key(word: str) -> int:
    digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
