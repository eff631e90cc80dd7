"""Answers residents' questions about rules: from an article, cited, or honestly not at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.language.danger.find import find_emergency
from bot.language.normal import normalise
from bot.library import limits, words
from bot.library.entries import NATION, Entry, load
from bot.library.limits import Status
from bot.library.search import Found, Index

# Calibrated on questions beside our subjects (怎么学游泳): honest no before a bold guess.
THRESHOLD = 0.39
# Two different articles this close together: the person is asked which one is meant.
CLOSE = 0.015

_LONGEST = 200  # characters of a question that are read
_FEWEST = 2  # different characters in a question that says anything
_ELLIPTIC_LENGTH = 12
_ELLIPTIC = re.compile(
    "^(?:那|那么|还有|然后|再问)"
    "|^(?:要|需要|得|该)?(?:带|准备|交|填|找|去|到|问)?"
    "(?:什么|啥|哪些|哪里|哪儿|哪|谁|多少|多久|几天|几个)"
    "[^，。]{0,4}(?:材料|手续|证件|钱|时间|办|找|去|罚|交|呢|啊|到)?[吗呢啊么？]*$"
    "|^(?:怎么办理?|收费吗|要钱吗|罚多少|罚款多少|有时间限制|可以代办|能罚款|违法)[吗呢啊么？]*$"
)
# Words that tie a question to the one before.
_LINK = re.compile(r"^(?:那|这期间|期间|如果不|要是不|不[^，]{1,3}的话)|也是一样|一样吗|同样的")
_FOLLOWED = 0.36  # of both questions together; the first has been answered
_SAME_SUBJECT = 0.3  # of a follow-up alone, when it is about the subject of the first
_SHORT = 5  # characters that are seldom a question of their own
_RANKED_AGAIN = 6  # entries near both questions, among which the follow-up chooses


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
        text = normalise(question[:_LONGEST])
        if limit := limits.find_limit(text):
            return PolicyAnswer(limit.status, limit.text)
        if len(set(text)) < _FEWEST:
            return _declined(text, 0.0)
        place = jurisdiction.removesuffix("市")
        here = (NATION,) if limits.is_elsewhere(text, place) else (NATION, place)
        before = normalise(previous[:_LONGEST]) if previous else ""
        if _is_elliptic(text):
            return self._follow_up(before, text, here) if before else _asked_back()
        if before and _LINK.search(text):
            return self._follow_up(before, text, here)
        answer = self._answer(text, here)
        if before and answer.status is Status.NO_ANSWER and answer.score:
            return self._linked(before, text, here) or answer
        return answer

    def _linked(self, before: str, text: str, here: tuple[str, ...]) -> PolicyAnswer | None:
        """Not enough by itself; perhaps it goes on with the question before."""
        if len(text) <= _SHORT:
            return self._follow_up(before, text, here)
        alone = self._index.search(text, among=lambda e: e.jurisdiction in here)
        earlier = self._index.search(before, among=lambda e: e.jurisdiction in here)
        if not alone or not earlier or alone[0].score < _SAME_SUBJECT:
            return None
        same = alone[0].entry.subject == earlier[0].entry.subject
        return _cited(alone[0]) if same else None

    def _answer(self, text: str, here: tuple[str, ...]) -> PolicyAnswer:
        law, article = limits.named_law(text, self._titles), limits.named_article(text)
        if law:
            return self._of_law(law, article, text, here)
        return self._best(text, self._index.search(text, among=lambda e: e.jurisdiction in here))

    def _of_law(
        self, law: limits.NamedLaw, article: str | None, text: str, here: tuple[str, ...]
    ) -> PolicyAnswer:
        """From the named law only; one that is not in the library is never guessed at."""
        if not law.titles:
            return PolicyAnswer(Status.NO_ANSWER, words.UNKNOWN_LAW.format(name=law.name))

        def among(entry: Entry) -> bool:
            fits = entry.law in law.titles and article in (None, entry.article)
            return fits and entry.jurisdiction in here

        found = self._index.search(text, among=among)
        if article is None:
            return self._best(text, found)
        if not found:
            text = words.UNKNOWN_ARTICLE.format(name=law.name, article=article)
            return PolicyAnswer(Status.NO_ANSWER, text)
        return _cited(found[0])

    def _follow_up(self, before: str, text: str, here: tuple[str, ...]) -> PolicyAnswer:
        """Near both questions together; among the nearest the follow-up itself has a say."""
        both = self._index.search(f"{before}，{text}", among=lambda e: e.jurisdiction in here)
        alone = self._index.search(text, among=lambda e: e.jurisdiction in here)
        extra = {found.entry.id: found.score for found in alone}
        near = [f for f in both[:_RANKED_AGAIN] if f.entry.subject == both[0].entry.subject]
        again = sorted(near, key=lambda f: -f.score - extra.get(f.entry.id, 0.0))
        if not again or both[0].score < _FOLLOWED:
            return _declined(text, both[0].score if both else 0.0)
        return _cited(again[0])

    @staticmethod
    def _best(text: str, found: Sequence[Found]) -> PolicyAnswer:
        if not found or found[0].score < THRESHOLD:
            return _declined(text, found[0].score if found else 0.0)
        if rival := _rival(found):
            return _choice(found[0], rival)
        return _cited(found[0])


def _is_elliptic(text: str) -> bool:
    plain = text.strip("？?！!。，, ")
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


def _asked_back() -> PolicyAnswer:
    return PolicyAnswer(Status.NO_ANSWER, words.WHICH_MATTER)


def _declined(text: str, score: float) -> PolicyAnswer:
    """No article fits; what sounds like danger is told whom to call."""
    if emergency := find_emergency(text):
        return PolicyAnswer(Status.HANDOVER, emergency.advice, score=score)
    return PolicyAnswer(Status.NO_ANSWER, words.NO_ANSWER, score=score)


def _choice(best: Found, rival: Found) -> PolicyAnswer:
    questions = (best.entry.questions[0], rival.entry.questions[0])
    return PolicyAnswer(Status.CLARIFY, words.CLARIFY, score=best.score, alternatives=questions)


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
