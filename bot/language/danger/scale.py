"""Weighs a message: is somebody in danger now, and in which? Learnt from `examples/`.

One linear score over character n-grams and the marks of the rules. The weights are part of the
code base, not of a trained model, so that an emergency is heard on the first start and while the
engine is down; `training.py` makes them.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float32]]

WEIGHTS = Path(__file__).with_name("weights")
_GRAMS = (1, 2, 3)
# How politely it is said, and where, says nothing about danger. A place before the words goes, so
# that the message begins with what is the matter, as most examples do; elsewhere its numbers do.
_POLITE = re.compile("[你您]们?好,?|请问,?|麻烦[你您]?|谢谢[你您]?|不好意思,?|打扰一?下?,?|同志,?")
_NUMBER = "(?:[0-9]+|[一二三四五六七八九十]{1,6})"
_NUMBERED = (
    f"(?:{_NUMBER}(?:号楼|号院|单元|栋|幢|座|弄|楼|层|期)|[0-9]+号(?!线)|(?:[0-9]+,){{1,3}}[0-9]+)"
)
_HOUSE = f"{_NUMBERED}(?:{_NUMBERED}|[0-9]+[室户门]?)*"
# Of a name, no sign that tells what happens: "着火了幸福里小区" is not the name of a place.
_NAME = r"[^\W\d了着有人火烟的死伤血被在我是家住叫喊快救和电梯屋房车河井水坑]{1,5}?"
_ESTATE = "(?:小区|花园|家园|新村|公寓|大厦|广场|社区|家属院|大院)"
_STREET = f"(?:[苑里城居府庭园湾坊街路巷村院](?={_NUMBER}[号栋幢座期弄,0-9]))"
# Two names at most: a long row of them, without an end, could be divided in endless ways.
_PLACE = f"(?:(?:{_NAME}(?:{_ESTATE}|{_STREET})){{0,2}}{_HOUSE}|{_NAME}{_ESTATE}(?=,))"
_PLACE_FIRST = re.compile(
    f"^(?:(?:我是|我家在?|我住在?|这里是|这是)?{_PLACE}(?:的?(?:住户|业主|居民|租户))?,?)+"
)
_PLACE_WITHIN = re.compile(f"(?:^|(?<=[,。?我在住家是到和])){_PLACE}|{_HOUSE}|[0-9]+[号室户门]?")
_ENDS = ",。"


def features(text: str, marks: Sequence[str] = ()) -> Counter[str]:
    """What the scale sees of a cleaned text."""
    framed = f"^{_PLACE_WITHIN.sub('0', told(text))}$"
    found: Counter[str] = Counter(
        framed[i : i + size] for size in _GRAMS for i in range(len(framed) - size + 1)
    )
    found.update(f"mark:{mark}" for mark in marks)
    return found


def told(text: str) -> str:
    """A cleaned text without politeness and without the place it begins with."""
    return _PLACE_FIRST.sub("", _POLITE.sub("", text).strip(_ENDS))


def damped(count: int) -> float:
    return 1.0 + math.log(count)


@dataclass(frozen=True)
class Scale:
    """`weights`: features × (danger, then each kind), float32; `idf`: one a feature."""

    kinds: list[str]
    vocabulary: dict[str, int]
    idf: Floats
    weights: Floats
    bias: Floats

    def weigh(self, text: str, marks: Sequence[str]) -> tuple[float, str]:
        """How much it sounds like danger now (0 is undecided), and the likeliest kind."""
        known = [
            (row, damped(count))
            for feature, count in features(text, marks).items()
            if (row := self.vocabulary.get(feature)) is not None
        ]
        margins = self.bias
        if known:
            rows = np.fromiter((row for row, _ in known), dtype=np.int64, count=len(known))
            values = np.fromiter((value for _, value in known), np.float32, count=len(known))
            values *= self.idf[rows]
            values /= np.linalg.norm(values)
            margins = values @ self.weights[rows] + self.bias
        return float(margins[0]), self.kinds[int(np.argmax(margins[1:]))]


@cache
def scale() -> Scale:
    """The scale of this code base, read once a process."""
    names = json.loads((WEIGHTS / "names.json").read_text("utf-8"))
    with np.load(WEIGHTS / "numbers.npz", allow_pickle=False) as numbers:
        return Scale(
            kinds=names["kinds"],
            vocabulary={name: row for row, name in enumerate(names["features"])},
            idf=numbers["idf"].astype(np.float32),
            weights=numbers["weights"].astype(np.float32),
            bias=numbers["bias"],
        )
