"""How well the rules hear an emergency, and how often they cry wolf."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.evaluate.metrics import ratio
from bot.language.danger.find import find_emergency


@dataclass
class DangerScore:
    """Counts over a labelled set; recall and false alarms are shares, 0..1."""

    dangers: int = 0
    heard: int = 0
    right_matter: int = 0
    harmless: int = 0
    alarms: int = 0  # of the harmless
    by_matter: dict[str, tuple[int, int]] = field(default_factory=dict)  # (heard, texts)

    @property
    def n(self) -> int:
        return self.dangers + self.harmless

    @property
    def recall(self) -> float:
        return ratio(self.heard, self.dangers)

    @property
    def false_alarms(self) -> float:
        return ratio(self.alarms, self.harmless)

    def add(self, text: str, expected: str | None) -> None:
        emergency = find_emergency(text)
        if expected is None:
            self.harmless += 1
            self.alarms += emergency is not None
            return
        heard, texts = self.by_matter.get(expected, (0, 0))
        self.by_matter[expected] = (heard + (emergency is not None), texts + 1)
        self.dangers += 1
        self.heard += emergency is not None
        self.right_matter += emergency is not None and emergency.matter == expected


@dataclass(frozen=True)
class Alarm:
    """A real letter that set the rules off: by its title or its text."""

    row: str
    part: str
    matter: str
    words: str


@dataclass
class LetterScore:
    """Alarms in real letters, nearly all of which are about nothing urgent."""

    letters: int = 0
    alarms: list[Alarm] = field(default_factory=list)

    def rate(self, part: str) -> float:
        return ratio(self.count(part), self.letters)

    def count(self, part: str) -> int:
        return sum(alarm.part == part for alarm in self.alarms)


PARTS = ("title", "text")


def score(rows: Iterable[tuple[str, str | None]]) -> DangerScore:
    """Of (text, matter of the danger or None) rows."""
    total = DangerScore()
    for text, expected in rows:
        total.add(text, expected)
    return total


def score_letters(rows: Iterable[tuple[str, dict[str, str]]]) -> LetterScore:
    """Of (row id, {part: words}) rows."""
    total = LetterScore()
    for row, parts in rows:
        total.letters += 1
        total.alarms.extend(_alarms(row, parts))
    return total


def _alarms(row: str, parts: dict[str, str]) -> Iterator[Alarm]:
    for part in PARTS:
        emergency = find_emergency(parts[part])
        if emergency:
            yield Alarm(row, part, emergency.matter, parts[part])
