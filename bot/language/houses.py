"""House numbers in a text, which say where and nothing of what: a classifier sees one for all.

"书香雅苑12号楼1单元602室停电了" would otherwise be two thirds place, and taken for an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBER = "(?:[0-9]{1,4}|[一二三四五六七八九十两]{1,3})"
_PART = f"{_NUMBER}(?:号楼|号院|号门|单元|号|栋|幢|座|弄|楼|层|室|户)"
# 3号楼2单元501, 二栋三单元, 7-2-1203, 3#2-501
_HOUSE = re.compile(
    f"(?:{_PART})*{_NUMBER}(?:号楼|号院|单元|栋|幢)(?:{_PART})*"
    "(?:[0-9]{3,4}(?![0-9])|[一二三四五六七八九〇零幺两]{3,4})?"
    r"|(?<![0-9-])[0-9]{1,2}[-#][0-9]{1,2}[-#][0-9]{3,4}(?![0-9-])"
    r"|(?<![0-9-])[0-9]{1,2}#[0-9]{1,2}-[0-9]{3,4}(?![0-9-])"
)
ONE = "1号楼"


def alike(text: str, words: Iterable[tuple[str, int]]) -> tuple[str, list[str]]:
    """Text and words, each house number as `ONE`. text: normalised; words: (word, offset)."""
    spans = [found.span() for found in _HOUSE.finditer(text)]
    if not spans:
        return text, [word for word, _ in words]
    kept: list[str] = []
    starts = iter([*spans, (len(text) + 1, len(text) + 1)])
    start, end = next(starts)
    for word, at in words:
        while at >= end:
            start, end = next(starts)
        if at + len(word) <= start:
            kept.append(word)
        elif not kept or kept[-1] != ONE:
            kept.append(ONE)
    return _HOUSE.sub(ONE, text), kept
