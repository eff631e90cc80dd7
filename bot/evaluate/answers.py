"""What a classifier answered, in one form for the assistant and for its rivals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.desk import kinds
from bot.evaluate.metrics import Verdict, ratio

INTENT, KIND, MATTER = TASKS = ("intent", "kind", "matter")
NOT_UNDERSTOOD = "nlu_fallback"  # Rasa's name for "ask again"; no text is of this intent


@dataclass(frozen=True)
class Answer:
    """said: the answer; ranking: labels, likeliest first; confidence: 0..1, of the first."""

    said: str
    ranking: tuple[str, ...]
    confidence: float

    def judged(self, accepted: tuple[str, ...]) -> Verdict:
        return Verdict(accepted, self.said, self.ranking, self.confidence)


Answers = Mapping[str, Answer]  # by task


class Rival(Protocol):
    """Another classifier, taught the same examples."""

    name: str

    def answers(self, texts: list[str]) -> Iterable[Answers]:
        """Answers for each text, in order."""


def from_ranking(ranking: Iterable[tuple[str, float]]) -> Answer:
    """The answer of a classifier that always says the likeliest label."""
    likely = sorted(ranking, key=lambda guess: -guess[1])
    return Answer(likely[0][0], tuple(name for name, _ in likely), likely[0][1])


def kind_of(intents: Iterable[tuple[str, float]]) -> Answer:
    """Of the intents only those that have a kind; their chances are made to sum to one."""
    named = [(kinds.OF_INTENT[name], chance) for name, chance in intents if name in kinds.OF_INTENT]
    total = sum(chance for _, chance in named)
    if not total:
        return Answer(kinds.REPORT, (kinds.REPORT,), 0.0)
    return from_ranking((kind, ratio(chance, total)) for kind, chance in named)


def from_parse(parsed: Mapping[str, Any], kind: str) -> Answers:
    """Of Rasa's parse with our matters; `kind` is what the desk makes of it."""
    ranking = parsed.get("intent_ranking") or []
    intents = [(one["name"], float(one["confidence"])) for one in ranking]
    # What the classifier thinks; that the pipeline would rather ask again is in `said`.
    classified = from_ranking(one for one in intents if one[0] != NOT_UNDERSTOOD)
    kinds_read = kind_of(intents)
    matters = [(one["code"], float(one["confidence"])) for one in parsed.get("matters") or []]
    return {
        INTENT: Answer(parsed["intent"]["name"], classified.ranking, classified.confidence),
        KIND: Answer(kind, kinds_read.ranking, kinds_read.confidence),
        MATTER: from_ranking(matters or [("other", 0.0)]),
    }
