"""How alike two reports are: the same trouble at the same place.

Words are compared by the cosine of their TF-IDF weights, places apart from them: the same words at
two estates are two troubles, few common words at one rare place may well be one. Who compares many
texts at once takes `topics_pairs`, which reckons the same for a whole matrix.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

SAME_PLACE = 2.2  # words count this many times when both texts name one place
OTHER_PLACE = 0.12  # ... when each names another
NO_PLACE = 0.9  # ... when one of them names none
OTHER_LEAF = 0.8  # ... when they are filed under two leaves of one group, electricity and water
OTHER_GROUP = 0.6  # ... of two groups; the filing may be wrong
ALONE = 0.5  # a word of one text only counts this much: it speaks against likeness, but softly
UNSEEN = 300
COMMON = 0.1  # a word in more than this share of the texts tells nothing apart
_FEW = 20  # in so few texts every word may tell

_WORD = re.compile("(?![的了])[\u4e00-\u9fffA-Za-z0-9]{2,}(?<![的了])")
_NUMBER = re.compile("[0-9]+|[A-Za-z][0-9]|[一二三四五六七八九十百千万两]+")
_SINGLE = re.compile("[\u4e00-\u9fff]")
# How residents speak to an office, about anything.
_COURTESY = frozenset(
    word
    for line in (
        "请问 你好 您好 领导 尊敬 我们 他们 你们 希望 反映 投诉 咨询 问题 相关",
        "部门 有关 解决 政府 关于 什么 怎么 如何 为什么 没有 可以 现在 谢谢 感谢",
        "已经 进行 一个 因为 所以 但是 而且 如果 还是 就是 这个 自己 时候 情况",
        "目前 严重 影响 位于 附近 居民 业主 小区 麻烦 帮忙 处理 一下 这里 那里",
        "我家",
    )
    for word in line.split()
)


@dataclass(frozen=True, kw_only=True)
class Gist:
    """What of a report is compared.

    words: how often each term is said. places: names or codes, the exact and the wider ones
    together. matter: the leaf it is filed under, None when nobody has filed it.
    """

    words: Mapping[str, float]
    places: frozenset[str] = frozenset()
    matter: str | None = None


@dataclass(frozen=True)
class Rarity:
    """In how many of `texts` texts each term, and each place, is said."""

    texts: int
    words: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, gists: Collection[Gist]) -> Rarity:
        """Counted over these; what is compared should be among them."""
        words: Counter[str] = Counter()
        places: Counter[str] = Counter()
        for gist in gists:
            words.update(gist.words.keys())
            places.update(gist.places)
        return cls(len(gists), words, places)

    def word(self, term: str) -> float:
        """0 for what nearly everybody says."""
        held = max(self.words.get(term, 1), 1)
        if held > too_common(self.texts):
            return 0.0
        return rarity(held, self.texts) * (ALONE if held == 1 else 1.0)

    def place(self, name: str) -> float:
        return rarity(max(self.places.get(name, 1), 1), self.texts)


def rarity(held: int, texts: int) -> float:
    """How much it tells that a text holds something that `held` of `texts` hold.

    As if as many more texts as `UNSEEN` did not: else, in a small pile, what many say of one
    trouble would count as what everybody always says.
    """
    return math.log1p((texts + UNSEEN) / held)


def too_common(texts: int) -> float:
    """A word that more of them hold does not count."""
    return max(COMMON * texts, _FEW)


def terms(words: Sequence[str]) -> Counter[str]:
    """What counts of a text that is cut into words.

    Single characters side by side are mostly a name that the dictionary does not know: they count
    in pairs.
    """
    found = Counter(
        word.lower()
        for word in words
        if word not in _COURTESY and _WORD.fullmatch(word) and not _NUMBER.fullmatch(word)
    )
    found.update(
        one + other
        for one, other in pairwise(words)
        if _SINGLE.fullmatch(one) and _SINGLE.fullmatch(other)
    )
    return found


def likeness(one: Gist, other: Gist, rarity: Rarity) -> float:
    """0 (nothing in common) to 1."""
    alike = _cosine(_weights(one, rarity), _weights(other, rarity))
    alike *= _of_places(one.places, other.places, rarity) * of_matters(one.matter, other.matter)
    return min(alike, 1.0)


def of_matters(one: str | None, other: str | None) -> float:
    """The factor for two leaves of the taxonomy, such as utility.water."""
    if one is None or other is None or one == other:
        return 1.0
    return OTHER_LEAF if one.split(".")[0] == other.split(".")[0] else OTHER_GROUP


def _weights(gist: Gist, rarity: Rarity) -> dict[str, float]:
    weighed = ((term, damp(count) * rarity.word(term)) for term, count in gist.words.items())
    return {term: weight for term, weight in weighed if weight}


def damp(count: float) -> float:
    """What is said ten times is not ten times as important."""
    return 1.0 + math.log(count)


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    common = sum(weight * other[term] for term, weight in one.items() if term in other)
    return common / (_length(one.values()) * _length(other.values())) if common else 0.0


def _length(weights: Iterable[float]) -> float:
    return math.sqrt(sum(weight * weight for weight in weights))


def _of_places(one: frozenset[str], other: frozenset[str], rarity: Rarity) -> float:
    """Who says more about the place does not disagree: what they share counts against the less."""
    if not one or not other:
        return NO_PLACE if one or other else 1.0
    least = min(sum(map(rarity.place, one)), sum(map(rarity.place, other)))
    agree = sum(map(rarity.place, one & other)) / least
    return OTHER_PLACE + (SAME_PLACE - OTHER_PLACE) * agree
