"""The figures against values computed by hand, and against scikit-learn."""

from __future__ import annotations

import random

import pytest
from sklearn.metrics import f1_score, precision_recall_fscore_support

from bot.evaluate import metrics
from bot.evaluate.metrics import Verdict


def verdict(
    gold: str, said: str, confidence: float = 0.9, ranking: tuple[str, ...] = ()
) -> Verdict:
    return Verdict(tuple(gold.split("|")), said, ranking or (said,), confidence)


# leak: 3 texts, 2 right; noise: 1 text, right, and one leak taken for it; lift: 1 text, wrong.
FIVE = [
    verdict("leak", "leak"),
    verdict("leak", "leak"),
    verdict("leak", "noise"),
    verdict("noise", "noise"),
    verdict("lift", "leak"),
]


def test_accuracy_is_the_share_that_is_right() -> None:
    assert metrics.accuracy(FIVE) == 0.6
    assert metrics.accuracy([]) == 0.0


def test_any_accepted_label_is_right() -> None:
    assert metrics.accuracy([verdict("vendors|noise", "noise")]) == 1.0


def test_label_scores_by_hand_the_worst_first() -> None:
    lift, leak, noise = metrics.label_scores(FIVE)
    assert (lift.label, lift.precision, lift.recall, lift.f1) == ("lift", 0, 0, 0)
    assert (lift.taken_for, lift.times, lift.support) == ("leak", 1, 1)
    assert (leak.label, leak.support, leak.taken_for) == ("leak", 3, "noise")
    assert (leak.precision, leak.recall, leak.f1) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert (noise.precision, noise.recall, noise.f1) == pytest.approx((1 / 2, 1, 2 / 3))
    assert (noise.taken_for, noise.times) == (None, 0)


def test_macro_f1_by_hand() -> None:
    assert metrics.macro_f1(metrics.label_scores(FIVE)) == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)


def test_an_accepted_second_label_counts_for_itself() -> None:
    """Said noise where vendors or noise is right: a noise that was found, no vendors missed."""
    scores = metrics.label_scores([verdict("vendors|noise", "noise")])
    assert [(score.label, score.f1, score.support) for score in scores] == [("noise", 1.0, 1)]


def test_scores_agree_with_scikit_learn() -> None:
    rng = random.Random(3)
    pairs = [(rng.choice("abcde"), rng.choice("abcdef")) for _ in range(300)]
    gold, said = [g for g, _ in pairs], [s for _, s in pairs]
    labels = sorted(set(gold))
    scores = metrics.label_scores([verdict(g, s) for g, s in pairs])
    expected = f1_score(gold, said, labels=labels, average="macro")
    assert metrics.macro_f1(scores) == pytest.approx(expected)
    rows = precision_recall_fscore_support(gold, said, labels=labels)
    for label, precision, recall, f1, support in zip(labels, *rows, strict=True):
        score = next(one for one in scores if one.label == label)
        found = (score.precision, score.recall, score.f1, score.support)
        assert found == pytest.approx((precision, recall, f1, support))


def test_top_k_looks_no_further_than_k() -> None:
    one = verdict("c", "a", ranking=("a", "b", "c", "d"))
    assert (metrics.top_k([one], 2), metrics.top_k([one], 3)) == (0.0, 1.0)


def test_top_k_asks_the_ranking_also_where_the_pipeline_would_ask_again() -> None:
    one = verdict("report", "nlu_fallback", ranking=("report", "urge"))
    assert (metrics.accuracy([one]), metrics.top_k([one], 3)) == (0.0, 1.0)


def test_confusions_count_pairs() -> None:
    assert metrics.confusions(FIVE)["leak", "noise"] == 1
    assert metrics.confusions(FIVE)["leak", "leak"] == 2


def test_calibration_error_by_hand() -> None:
    """Two bins: (0.35, 0.45: one right) and (0.9, 1.0: both right)."""
    verdicts = [
        verdict("a", "a", 0.35),
        verdict("a", "b", 0.45),
        verdict("a", "a", 0.9),
        verdict("a", "a", 1.0),
    ]
    low, high = metrics.calibration(verdicts, bins=2)
    assert (low.count, low.confidence, low.accuracy) == pytest.approx((2, 0.4, 0.5))
    assert (high.count, high.confidence, high.accuracy) == pytest.approx((2, 0.95, 1.0))
    error = metrics.expected_calibration_error([low, high])
    assert error == pytest.approx((2 * 0.1 + 2 * 0.05) / 4)


@pytest.mark.parametrize(
    ("confidence", "low"), [(0.0, 0), (0.2, 0), (0.2000001, 1), (1.0, 4), (0.7999, 3)]
)
def test_an_upper_edge_belongs_to_its_bin(confidence: float, low: int) -> None:
    (found,) = metrics.calibration([verdict("a", "a", confidence)], bins=5)
    assert found.low == low / 5


def test_perfect_confidence_has_no_error() -> None:
    bins = metrics.calibration([verdict("a", "a", 1.0)] * 7)
    assert metrics.expected_calibration_error(bins) == 0.0
    assert metrics.expected_calibration_error([]) == 0.0
