"""Ranks entries for a question: TF-IDF over character n-grams, in memory, without any model."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.language.normal import normalise
from bot.library.entries import Entry

Floats = np.ndarray[Any, np.dtype[np.float32]]
Rows = np.ndarray[Any, np.dtype[np.int64]]

_GRAMS = (1, 2, 3)
_LONGEST = 120  # characters of a question that are read; policy questions are short
# How alike the question is to the entry's likest question, against how much of the question
# occurs anywhere in the entry.
_LIKENESS = 0.6

_NOISE = re.compile(r"[\W_]+")
# One way to say it for many, so that residents' words meet.
_SAME = {
    "怎么": "咋着 咋样 咋整 咋个 咋 怎样 如何 怎麼",
    "什么": "啥子 啥 甚么",
    "我": "咱们 咱 俺们 俺",
    "孩子": "小孩子 小孩儿 小孩 小朋友 娃娃 娃儿 娃 闺女 小子 小家伙 宝宝 我儿子 我女儿",
    "老人": "老年人 老人家 老爷子 老太太 老头 老两口 老妈 老爸 老娘",
    "丈夫": "老公 男人家 我男人 我先生",
    "妻子": "老婆 媳妇儿",
    "狗": "犬只 狗狗 小狗 宠物狗 犬",
    "电动车": "电动自行车 电瓶车 电单车 小电驴 电驴",
    "业委会": "业主委员会",
    "居委会": "居民委员会 居委",
    "公积金": "住房公积金",
    "物业": "物业公司 物业服务企业 物管公司",
    "噪音": "噪声 杂音",
    "领证": "扯证 登记结婚 打结婚证",
    "公司": "单位 老板 用人单位 厂里 东家",
    "辞退": "开除 炒鱿鱼 解雇 炒掉 裁掉 开掉",
    "罚款": "罚钱 挨罚",
    "民警": "警察 公安 派出所",
    "违法": "犯法 违规 合法 合规",
    "小区": "院里 院子里",
    "燃气": "天然气 煤气",
    "微信": "威信",
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
        asked = [(row, _grams(question)) for row, e in enumerate(entries) for question in e.questions]
        self._idf = _idf([grams for _, grams in asked])
        self._unseen = math.log(1 + len(asked))
        self._owner: Rows = np.array([row for row, _ in asked], dtype=np.int64)
        self._questions = self._postings(grams for _, grams in asked)
        self._wholes = _postings(
            [set().union(_grams(e.answer), *map(_grams, e.questions)) for e in entries], lambda _: 1.0
        )

    def search(self, question: str, *, among: Callable[[Entry], bool]) -> list[Found]:
        """The entries that pass `among`, best first."""
        scores = self._scores(_grams(question[:_LONGEST]))
        order = np.argsort(-scores, kind="stable")
        return [
            Found(self._entries[row], float(scores[row]))
            for row in order
            if scores[row] > 0 and among(self._entries[row])
        ]

    def _scores(self, grams: set[str]) -> Floats:
        weights = {gram: self._weight(gram) for gram in grams}
        total = sum(weights.values()) or 1.0
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        likeness: Floats = np.zeros(len(self._owner), dtype=np.float32)
        coverage: Floats = np.zeros(len(self._entries), dtype=np.float32)
        for gram, weight in weights.items():
            if gram in self._questions:
                rows, values = self._questions[gram]
                likeness[rows] += values * (weight / length)
            if gram in self._wholes:
                coverage[self._wholes[gram][0]] += weight / total
        best: Floats = np.zeros(len(self._entries), dtype=np.float32)
        np.maximum.at(best, self._owner, likeness)
        scores: Floats = _LIKENESS * best + (1 - _LIKENESS) * coverage
        return scores

    def _weight(self, gram: str) -> float:
        return self._idf.get(gram, self._unseen) * _SIZE_WEIGHT[len(gram)]

    def _postings(self, texts: Iterable[set[str]]) -> Mapping[str, tuple[Rows, Floats]]:
        texts = list(texts)
        lengths = [math.sqrt(sum(self._weight(gram) ** 2 for gram in grams)) for grams in texts]
        found: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for row, grams in enumerate(texts):
            for gram in grams:
                found[gram].append((row, self._weight(gram) / lengths[row]))
        return _arrays(found)


# A single character says little, three in a row say much.
_SIZE_WEIGHT = {1: 0.4, 2: 1.0, 3: 1.0}


def _grams(text: str) -> set[str]:
    plain = _NOISE.sub("", normalise(text).lower())
    plain = _SPELLING.sub(lambda found: _SPELLINGS[found[0]], plain)
    return {plain[i : i + size] for size in _GRAMS for i in range(len(plain) - size + 1)}


def _idf(texts: Sequence[set[str]]) -> dict[str, float]:
    counts = Counter(gram for grams in texts for gram in grams)
    return {gram: math.log((1 + len(texts)) / count) for gram, count in counts.items()}


def _postings(
    texts: Sequence[set[str]], value: Callable[[str], float]
) -> Mapping[str, tuple[Rows, Floats]]:
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for row, grams in enumerate(texts):
        for gram in grams:
            found[gram].append((row, value(gram)))
    return _arrays(found)


def _arrays(found: Mapping[str, list[tuple[int, float]]]) -> Mapping[str, tuple[Rows, Floats]]:
    return {
        gram: (
            np.array([row for row, _ in pairs], dtype=np.int64),
            np.array([value for _, value in pairs], dtype=np.float32),
        )
        for gram, pairs in found.items()
    }
