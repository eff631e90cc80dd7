"""When the second opinion is asked, what it may not decide, and that it knows every label."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
import yaml

from bot.language import linear, second_opinion, word_vectors
from bot.language.second_opinion import Floats
from tests.conftest import CHECKOUT


@dataclass
class Colleague:
    """Stands in for a head: always sure of one column."""

    says: list[float]
    temperature: float = 0.1
    tied: tuple[int, ...] = ()
    asked_below: float = 0.7
    asked: list[str] = field(default_factory=list)

    def margins(self, text: str) -> Floats:
        self.asked.append(text)
        return np.array(self.says, dtype=np.float32)


@pytest.fixture
def model() -> linear.LinearClassifier:
    """Knows one character, 水, and is sure of it."""
    return linear.LinearClassifier(
        labels=["dog", "light", "water"],
        vocabulary={"水": 0},
        idf=np.ones(1, dtype=np.float32),
        weights=np.array([[-9, -9, 9]], dtype=np.float32),
        meanings=np.zeros((word_vectors.size(), 3), dtype=np.float32),
        bias=np.zeros(3, dtype=np.float32),
        temperature=1.0,
    )


def test_a_sure_answer_asks_nobody(model: linear.LinearClassifier) -> None:
    colleague = Colleague([9, 9, -9])
    assert model.rank("楼上漏水", [], colleague)[0].label == "water"  # type: ignore[arg-type]
    assert colleague.asked == []


def test_an_unsure_answer_takes_the_second_opinion(model: linear.LinearClassifier) -> None:
    for says, label in (([-9.0, 9.0, -9.0], "light"), ([-9.0, -9.0, 9.0], "water")):
        colleague = Colleague(says)
        assert model.rank("天花板湿", [], colleague)[0].label == label  # type: ignore[arg-type]
        assert colleague.asked == ["天花板湿"]


def test_nobody_is_asked_who_has_no_say(model: linear.LinearClassifier) -> None:
    colleague = Colleague([9, 9, -9], tied=(0, 1, 2))
    model.rank("天花板湿", [], colleague)  # type: ignore[arg-type]
    assert colleague.asked == []


def test_tied_columns_keep_their_order_to_the_first_opinion() -> None:
    tied = second_opinion.tie(np.array([0.5, -1.0, 0.2], dtype=np.float32), [0, 1])
    assert tied.tolist() == pytest.approx([0.5, 0.5, 0.2])


def test_the_heads_know_what_is_taught() -> None:
    blocks = [
        block
        for path in (CHECKOUT / "nlu_data").rglob("*.yml")
        for block in yaml.safe_load(path.read_text("utf-8")).get("nlu") or []
        if "intent" in block
    ]
    taught = {
        "intent": {block["intent"] for block in blocks},
        "matter": {block["metadata"]["matter"] for block in blocks if "metadata" in block},
    }
    with np.load(second_opinion.HEADS, allow_pickle=False) as kept:
        for question, labels in taught.items():
            assert kept[f"{question}_labels"].tolist() == sorted(labels), (
                "run python -m bot.cli.second_opinion"
            )
