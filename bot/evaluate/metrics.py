"""The figures: pure functions over verdicts, each with its definition.

A label is right if it is among the accepted ones: where two competent people may differ, both are.
Everything below counts the *settled* gold of a verdict: what was said if it is accepted, else the
main label.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BINS = 15


@dataclass(frozen=True)
class Verdict:
    """What was said of one text, beside what is right.

    accepted: every right label, the main one first. said: the answer. ranking: the classifier's
    labels, likeliest first; confidence: 0..1, of the first of them. `said` is usually the first of
    the ranking, but a pipeline may say that it did not understand.
    """

    accepted: tuple[str, ...]
    said: str
    ranking: tuple[str, ...]
    confidence: float

    @property
    def gold(self) -> str:
        return self.said if self.said in self.accepted else self.accepted[0]

    @property
    def is_right(self) -> bool:
        return self.said in self.accepted


@dataclass(frozen=True)
class LabelScore:
    """One label: precision, recall, F1 (0..1), texts of it, what it is most often taken for."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    taken_for: str | None
    times: int


@dataclass(frozen=True)
class Bin:
    """Verdicts of like confidence: how many, their mean confidence, the share that is right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def accuracy(verdicts: Sequence[Verdict]) -> float:
    return ratio(sum(verdict.is_right for verdict in verdicts), len(verdicts))


def top_k(verdicts: Sequence[Verdict], k: int) -> float:
    """The share of texts with a right label among the first k of the ranking."""
    hits = sum(bool(set(v.ranking[:k]) & set(v.accepted)) for v in verdicts)
    return ratio(hits, len(verdicts))


def label_scores(verdicts: Iterable[Verdict]) -> list[LabelScore]:
    """A score for every label that is the gold of a text; the worst first, the frequent first."""
    gold, said, right = Counter[str](), Counter[str](), Counter[str]()
    others: dict[str, Counter[str]] = defaultdict(Counter)
    for verdict in verdicts:
        gold[verdict.gold] += 1
        said[verdict.said] += 1
        if verdict.is_right:
            right[verdict.gold] += 1
        else:
            others[verdict.gold][verdict.said] += 1
    scores = [_label_score(label, gold, said, right, others[label]) for label in gold]
    return sorted(scores, key=lambda score: (score.f1, -score.support, score.label))


def macro_f1(scores: Sequence[LabelScore]) -> float:
    """The mean F1 of the labels that occur as gold: a rare label counts as much as a frequent."""
    return ratio(math.fsum(score.f1 for score in scores), len(scores))


def confusions(verdicts: Iterable[Verdict]) -> Counter[tuple[str, str]]:
    """(gold, said) → how often."""
    return Counter((verdict.gold, verdict.said) for verdict in verdicts)


def calibration(verdicts: Iterable[Verdict], bins: int = BINS) -> list[Bin]:
    """Bins of equal width over 0..1 (the upper edge belongs to a bin), empty ones left out.

    Judged is the first of the ranking, for that is what the confidence is about.
    """
    found: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for verdict in verdicts:
        number = max(0, min(bins - 1, math.ceil(verdict.confidence * bins) - 1))
        found[number].append((verdict.confidence, verdict.ranking[0] in verdict.accepted))
    return [_bin(number, bins, found[number]) for number in sorted(found)]


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """How far confidence and accuracy lie apart, weighed by texts (Naeini et al. 2015)."""
    total = sum(one.count for one in bins)
    gap = math.fsum(one.count * abs(one.accuracy - one.confidence) for one in bins)
    return ratio(gap, total)


def ratio(part: float, whole: float) -> float:
    """part / whole; 0.0 of nothing."""
    return part / whole if whole else 0.0


def _label_score(
    label: str,
    gold: Counter[str],
    said: Counter[str],
    right: Counter[str],
    others: Counter[str],
) -> LabelScore:
    # Ties by name, so that two runs give one report.
    often = min(others.items(), key=lambda item: (-item[1], item[0]), default=(None, 0))
    return LabelScore(
        label=label,
        precision=ratio(right[label], said[label]),
        recall=ratio(right[label], gold[label]),
        f1=ratio(2 * right[label], said[label] + gold[label]),
        support=gold[label],
        taken_for=often[0],
        times=often[1],
    )


def _bin(number: int, bins: int, members: list[tuple[float, bool]]) -> Bin:
    return Bin(
        low=number / bins,
        high=(number + 1) / bins,
        count=len(members),
        confidence=math.fsum(confidence for confidence, _ in members) / len(members),
        accuracy=sum(right for _, right in members) / len(members),
    )
