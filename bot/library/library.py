"""Answers residents' questions about rules: from an article, cited, or honestly not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.desk.emergency import find_emergency
from bot.language.normal import normalise
from bot.library import limits, words
from bot.library.entries import NATION, Entry, load
from bot.library.limits import Status
from bot.library.search import Found, Index

# Measured on held-out questions (tests/library): below, a match is more often wrong than right.
THRESHOLD = 0.35
# Two different articles this close together: the person is asked which one is meant.
CLOSE = 0.015

_ELLIPTIC_LENGTH = 12
_ELLIPTIC = re.compile(
    "^(?:那|那么|还有|然后|如果|要是|万一|再问)"
    "|^(?:要|需要|得|该)?(?:带|准备|交|填|找|去|到|问)?(?:什么|啥|哪些|哪里|哪儿|哪|谁|多少|多久|几天|几个)"
    "[^，。]{0,4}(?:材料|手续|证件|钱|时间|办|找|去|罚|交|呢|啊)?[吗呢啊么？]*$"
    "|^(?:怎么办理?|收费吗|要钱吗|罚多少|多久能好|有时间限制吗|可以代办吗|能罚款吗|违法吗)[吗呢啊么？]*$"
)
_SHORT = 5  # characters that cannot be a question of their own


@dataclass(frozen=True)
class Citation:
    """Where an answer comes from; `path` is the law's file below the folder of laws."""

    document: str
    article: str
    path: str
    jurisdiction: str
    effective_from: str
    status: str

    def __str__(self) -> str:
        document = self.document.replace("《", "〈").replace("》", "〉")
        return words.CITATION.format(
            document=document, article=self.article, effective_from=self.effective_from
        )


@dataclass(frozen=True)
class PolicyAnswer:
    """`score` is 0..1; `alternatives` are the questions to choose from when the status is clarify.

    `entry` is the id of the entry an answer was made of.
    """

    status: Status
    text: str
    citations: tuple[Citation, ...] = ()
    score: float = 0.0
    alternatives: tuple[str, ...] = ()
    entry: str | None = None


class Library:
    """The policy library, loaded once and asked often; asking changes nothing."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._titles = frozenset(entry.law for entry in entries)
        self._index = Index(entries)

    @classmethod
    def starter(cls) -> Library:
        """The library that comes with the program."""
        return cls(load())

    def ask(
        self, question: str, *, previous: str | None = None, jurisdiction: str = "北京"
    ) -> PolicyAnswer:
        """An answer with its citation, a choice of two, or an honest no.

        `previous` is the question before: "那晚上呢" is asked together with it. `jurisdiction`
        is the community's own place (北京 or 北京市); the nation's law always counts.
        """
        text = normalise(question)
        if limit := limits.find_limit(text):
            return PolicyAnswer(limit.status, limit.text)
        if previous and _is_elliptic(text):
            text = f"{normalise(previous)}，{text}"
        return self._answer(text, here=(NATION, jurisdiction.removesuffix("市")))

    def _answer(self, text: str, *, here: tuple[str, str]) -> PolicyAnswer:
        among = self._named(text, here)
        if isinstance(among, PolicyAnswer):
            return among
        found = self._index.search(text, among=among)
        named = limits.named_law(text) and limits.named_article(text)
        if not found or (found[0].score < THRESHOLD and not named):
            return _declined(text, found[0].score if found else 0.0)
        if rival := _rival(found):
            return _choice(found[0], rival)
        return _cited(found[0])

    def _named(self, text: str, here: tuple[str, str]) -> Callable[[Entry], bool] | PolicyAnswer:
        """Which entries may answer; a law or an article that is not here is an answer by itself."""
        name, article = limits.named_law(text), limits.named_article(text)
        if name is None:
            return lambda entry: entry.jurisdiction in here
        titles = limits.same_law(name, self._titles)
        if not titles:
            return PolicyAnswer(Status.NO_ANSWER, words.UNKNOWN_LAW.format(name=name))

        def among(entry: Entry) -> bool:
            fits = entry.law in titles and article in (None, entry.article)
            return fits and entry.jurisdiction in here

        if article and not self._index.search(text, among=among):
            answer = words.UNKNOWN_ARTICLE.format(name=name, article=article)
            return PolicyAnswer(Status.NO_ANSWER, answer)
        return among


def _is_elliptic(text: str) -> bool:
    plain = text.strip("？?！!。，, ")
    if len(plain) <= _SHORT:
        return True
    return len(plain) <= _ELLIPTIC_LENGTH and _ELLIPTIC.search(plain) is not None


def _rival(found: Sequence[Found]) -> Found | None:
    """The first entry that rests on another article, when it fits as well as the best."""
    best = found[0]
    for other in found[1:]:
        if best.score - other.score > CLOSE:
            return None
        if (other.entry.path, other.entry.article) != (best.entry.path, best.entry.article):
            return other
    return None


def _declined(text: str, score: float) -> PolicyAnswer:
    """No article fits; what sounds like danger is told whom to call."""
    if emergency := find_emergency(text):
        return PolicyAnswer(Status.HANDOVER, emergency.advice, score=score)
    return PolicyAnswer(Status.NO_ANSWER, words.NO_ANSWER, score=score)


def _choice(best: Found, rival: Found) -> PolicyAnswer:
    questions = (best.entry.questions[0], rival.entry.questions[0])
    return PolicyAnswer(
        Status.CLARIFY, words.CLARIFY, score=best.score, alternatives=tuple(questions)
    )


def _cited(found: Found) -> PolicyAnswer:
    entry = found.entry
    citation = Citation(
        document=entry.law,
        article=entry.article,
        path=entry.path,
        jurisdiction=entry.jurisdiction,
        effective_from=entry.effective_from.isoformat(),
        status=words.IN_FORCE,
    )
    text = f"{entry.answer}\n{citation}"
    return PolicyAnswer(Status.ANSWERED, text, (citation,), found.score, entry=entry.id)
