"""Ranks entries for a question: TF-IDF over character n-grams, in memory, without any model."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from bot.language.normal import normalise
from bot.library.entries import Entry

Floats = np.ndarray[Any, np.dtype[np.float32]]
Rows = np.ndarray[Any, np.dtype[np.int32]]

_LONGEST = 120  # characters of a question that are read; policy questions are short
_SIZES = {1: 1.3, 2: 1.2}  # of n-grams, and how much one says
_UNSEEN = 0.8  # how much an n-gram of no entry counts, of the weight of a rare one
_LIKENESS = 0.35  # to the entry's likest question; the rest: how much the entry has of the question
_HALF = 40.0  # as much in common (sum of weights) as makes half of the belief in a match

_NOISE = re.compile(r"[\W_]+")
# One way to say it for many, so that residents' words meet.
_SAME = {
    "怎么": "咋着 咋样 咋整 咋个 咋 怎样 如何",
    "什么": "啥子 啥 甚么",
    "我": "咱们 咱 俺们 俺 我们",
    "孩子": "小孩子 小孩儿 小孩 小朋友 娃娃 娃儿 娃 闺女 小家伙 宝宝 我儿子 我女儿",
    "老人": "老年人 老人家 老爷子 老太太 老头 老两口 老妈 老爸 老娘",
    "丈夫": "老公 我男人 我先生",
    "妻子": "老婆 媳妇儿",
    "狗": "犬只 狗狗 小狗 宠物狗 犬",
    "电动车": "电动自行车 电瓶车 电单车 小电驴 电驴",
    "业委会": "业主委员会",
    "居委会": "居民委员会 居委",
    "公积金": "住房公积金",
    "物业": "物业公司 物业服务企业 物管公司",
    "噪音": "噪声 杂音",
    "结婚": "领证 扯证",
    "公司": "单位 老板 用人单位 厂里 东家",
    "辞退": "开除 炒鱿鱼 解雇 炒掉 裁掉 开掉",
    "罚款": "罚钱 挨罚",
    "燃气": "天然气 煤气",
    "保险": "险金",
}
_SPELLINGS = {other: word for word, others in _SAME.items() for other in others.split()}
_SPELLING = re.compile("|".join(sorted(map(re.escape, _SPELLINGS), key=len, reverse=True)))


@dataclass(frozen=True)
class Found:
    """An entry and how well it fits, 0..1."""

    entry: Entry
    score: float


class Index:
    """All entries' questions and answers, ready to be searched."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = tuple(entries)
        asked = [[_grams(question) for question in entry.questions] for entry in entries]
        wholes = [
            set().union(_grams(entry.answer), *grams)
            for entry, grams in zip(entries, asked, strict=True)
        ]
        self._weights = _weights(wholes)
        self._unseen = math.log(1 + len(entries)) * _UNSEEN
        self._owner = np.repeat(np.arange(len(entries)), [len(grams) for grams in asked])
        questions = list(chain.from_iterable(asked))
        self._questions = _Postings(questions)
        self._wholes = _Postings(wholes)
        self._lengths = np.array([self._length(grams) for grams in questions], dtype=np.float32)

    def search(self, question: str, *, among: Callable[[Entry], bool]) -> list[Found]:
        """The entries that pass `among`, best first."""
        scores = self._scores(_grams(question[:_LONGEST]))
        order = np.argsort(-scores, kind="stable")
        order = order[scores[order] > 0]
        found = (Found(self._entries[row], float(scores[row])) for row in order)
        return [one for one in found if among(one.entry)]

    def _scores(self, grams: set[str]) -> Floats:
        products: Floats = np.zeros(len(self._owner), dtype=np.float32)
        common: Floats = np.zeros(len(self._entries), dtype=np.float32)
        total = 0.0
        for gram in grams:
            weight = self._weight(gram)
            total += weight
            products[self._questions.rows(gram)] += weight * weight
            common[self._wholes.rows(gram)] += weight
        likeness = products / (self._lengths * (self._length(grams) or 1.0))
        best: Floats = np.zeros(len(self._entries), dtype=np.float32)
        np.maximum.at(best, self._owner, likeness)
        fit = _LIKENESS * best + (1 - _LIKENESS) * common / (total or 1.0)
        scores: Floats = (fit + common / (common + _HALF)) / 2
        return scores

    def _weight(self, gram: str) -> float:
        return self._weights.get(gram, self._unseen * _SIZES[len(gram)])

    def _length(self, grams: set[str]) -> float:
        return math.sqrt(sum(self._weight(gram) ** 2 for gram in grams))


class _Postings:
    """For each n-gram the rows (of texts) it occurs in; one array, cut by n-gram."""

    def __init__(self, texts: Sequence[set[str]]) -> None:
        numbers: dict[str, int] = {}
        flat = [numbers.setdefault(gram, len(numbers)) for grams in texts for gram in grams]
        owners = np.repeat(np.arange(len(texts), dtype=np.int32), [len(grams) for grams in texts])
        columns = np.array(flat, dtype=np.int32)
        self._rows: Rows = owners[np.argsort(columns, kind="stable")]
        self._ends = np.cumsum(np.bincount(columns, minlength=len(numbers))).tolist()
        self._numbers = numbers

    def rows(self, gram: str) -> Rows:
        number = self._numbers.get(gram)
        if number is None:
            return self._rows[:0]
        return self._rows[self._ends[number - 1] if number else 0 : self._ends[number]]


def _grams(text: str) -> set[str]:
    plain = _NOISE.sub("", normalise(text).lower())
    plain = _SPELLING.sub(lambda found: _SPELLINGS[found[0]], plain)
    return {plain[i : i + size] for size in _SIZES for i in range(len(plain) - size + 1)}


def _weights(texts: Sequence[set[str]]) -> dict[str, float]:
    """Inverse document frequency over whole entries, times what an n-gram of that size says."""
    counts = Counter(chain.from_iterable(texts))
    return {
        gram: math.log((1 + len(texts)) / count) * _SIZES[len(gram)]
        for gram, count in counts.items()
    }
