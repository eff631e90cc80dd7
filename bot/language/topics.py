"""Hot topics: what many people report, found in their texts alone.

Reports become gists (words, and places found without a register), the gists are compared with one
another, and groups of them that are all alike are topics. `topics_heat` ranks them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.language import likeness, topics_heat, topics_names
from bot.language.likeness import Gist
from bot.language.normal import normalise
from bot.language.topics_groups import grouped
from bot.language.topics_heat import Heat, Window
from bot.language.topics_pairs import Pile

if TYPE_CHECKING:  # a worker that only passes reports on need not load jieba
    from bot.language.tokens import Cutter

LEAST_REPORTERS = 3  # fewer people are a few people
_ALIKE = 0.15  # how alike the members of a group are at least, on average
_KIN = 0.33  # ... and the sums of two groups that are one topic in other words
_SAME_PLACE = 1.6  # less than for two texts: of whole groups the words say more
_LONGEST = 400  # characters; what a long letter is about is said early
_TITLE = 2  # a word of the title counts as two
_SHARED = 0.4  # of the members; what so many of them say, the topic is about
_MAIN = 0.5  # ... and what so many name, is its place
_IN_COMMON = 2  # who share no more than the word 医保 have no trouble in common
_EXAMPLES = 3
_WORDS = 4


@dataclass(frozen=True, kw_only=True)
class Report:
    """What one resident wrote. at: aware. places: what is known of it already, by code or name;
    what its words name is found here. matter: a leaf of the taxonomy. also: when others said that
    they met the same thing, and who."""

    id: str
    text: str
    at: datetime
    reporter: str
    title: str = ""
    places: tuple[str, ...] = ()
    matter: str | None = None
    also: tuple[tuple[datetime, str], ...] = ()

    @property
    def voices(self) -> tuple[tuple[datetime, str], ...]:
        """When somebody spoke, and who: the writer and those who met the same."""
        return ((self.at, self.reporter), *self.also)


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What several people report. members: ids, the most typical first; examples: ids of typical
    reports of different people. words and places: said by many of the members, so nothing that
    identifies one of them."""

    words: tuple[str, ...]
    places: tuple[str, ...]
    matter: str | None
    members: tuple[str, ...]
    examples: tuple[str, ...]
    reporters: int
    first_at: datetime
    last_at: datetime
    heat: Heat = field(default_factory=Heat)

    @property
    def place(self) -> str:
        return "、".join(_apart(self.places)[:2])

    @property
    def title(self) -> str:
        """丁香苑：洗车行、水枪"""
        return "：".join(filter(None, (self.place, "、".join(self.words))))


def find(
    reports: Sequence[Report], *, cutter: Cutter, window: Window, least: int = LEAST_REPORTERS
) -> list[Topic]:
    """The topics of these reports, the hottest first; each has at least `least` reporters."""
    if not reports:
        return []
    pile = Pile.of(gists(reports, cutter))
    alike = pile.likenesses()
    groups = _kin(pile, grouped(alike, _ALIKE))
    topics = [
        _topic([reports[at] for at in members], pile, members, alike, window)
        for members in (pile.at_home(group, _MAIN) for group in _members(groups))
        if len(_people(reports[at] for at in members)) >= least
    ]
    told = [topic for topic in topics if len(topic.words) + len(topic.places) >= _IN_COMMON]
    return sorted(told, key=lambda topic: (-topic.heat.total, topic.members))


def gists(reports: Sequence[Report], cutter: Cutter) -> list[Gist]:
    """What is compared of each report. A place that its words name is taken out of its words."""
    titles = [normalise(report.title) for report in reports]
    texts = [normalise(report.text)[:_LONGEST] for report in reports]
    names = topics_names.recurring([*titles, *texts], is_word=cutter.knows)
    found = []
    for report, title, text in zip(reports, titles, texts, strict=True):
        places = set(report.places)
        words = _terms(text, names, places, cutter)
        for term, count in _terms(title, names, places, cutter).items():
            words[term] += _TITLE * count
        found.append(Gist(words=words, places=frozenset(places), matter=report.matter))
    return found


def _terms(text: str, names: frozenset[str], places: set[str], cutter: Cutter) -> Counter[str]:
    words: list[str] = []
    last = 0
    for start, end in topics_names.mentioned(text, names):
        places.add(topics_names.short(text[start:end]))
        words += [word for word, _at in cutter.cut(text[last:start])] + [""]
        last = end
    return likeness.terms(words + [word for word, _at in cutter.cut(text[last:])])


def _members(groups: Any) -> list[list[int]]:
    """The members of each group of at least two."""
    order = np.argsort(groups, kind="stable")
    ends = np.flatnonzero(np.diff(groups[order])) + 1
    return [list(map(int, part)) for part in np.split(order, ends) if len(part) > 1]


def _kin(pile: Pile, groups: Any) -> Any:
    """Joins groups that are one topic in other words: their members' words together are alike."""
    members = _members(groups)
    sums = pile.together(members, _SHARED).likenesses(same_place=_SAME_PLACE)
    joined = grouped(sums, _KIN)
    found = groups.copy()
    for number, part in enumerate(members):
        found[part] = len(groups) + joined[number]
    return found


def _topic(
    reports: list[Report], pile: Pile, members: list[int], alike: Any, window: Window
) -> Topic:
    typical = np.asarray(alike[members][:, members].sum(axis=1)).ravel()
    order = [reports[at] for at in np.argsort(-typical, kind="stable")]
    voices = [voice for report in reports for voice in report.voices]
    times = [at for at, _reporter in voices]
    return Topic(
        words=_apart(pile.said(members, _SHARED))[:_WORDS],
        places=tuple(pile.named(members, _MAIN)),
        matter=_most_common([report.matter for report in reports]),
        members=tuple(report.id for report in order),
        examples=_examples(order),
        reporters=len(_people(reports)),
        first_at=min(times),
        last_at=max(times),
        heat=topics_heat.of(voices, window),
    )


def _people(reports: Iterable[Report]) -> set[str]:
    return {reporter for report in reports for _at, reporter in report.voices}


def _examples(order: list[Report]) -> tuple[str, ...]:
    """The most typical report of each of the first few people, no text twice."""
    chosen: list[Report] = []
    for report in order:
        if all(report.reporter != other.reporter and report.text != other.text for other in chosen):
            chosen.append(report)
    return tuple(report.id for report in chosen[:_EXAMPLES])


def _most_common(matters: list[str | None]) -> str | None:
    counted = Counter(matter for matter in matters if matter)
    return min(counted, key=lambda matter: (-counted[matter], matter)) if counted else None


def _apart(words: Sequence[str]) -> tuple[str, ...]:
    """Without those that lie inside another: 搅拌 in 搅拌站."""
    return tuple(
        word for word in words if not any(word in other and word != other for other in words)
    )
