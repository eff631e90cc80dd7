"""The talk with stock DIET, whose side is played here by a script of a few lines."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.desk.errors import Unavailable
from bot.dialogue.examples import Example
from bot.evaluate.answers import INTENT, KIND, MATTER
from bot.evaluate.diet import DietRival

TAUGHT = [
    Example("楼上漏水", "report", "property.leak"),
    Example("谢谢", "thanks", None),
]

# Ranks the labels it was taught: 0.9 for the one whose example this is, 0.1 for the others.
STOCK = """#!{python}
import json, pathlib, sys
_worker, _config, folder, name = sys.argv[1:]
taught = pathlib.Path(folder, name + ".jsonl").read_text("utf-8").splitlines()
rows = [json.loads(line) for line in taught]
print(json.dumps({{"train_seconds": 2.5}}), flush=True)
for line in sys.stdin:
    text = json.loads(line)["text"]
    if text == "die":
        sys.exit(1)
    found = [(row["label"], 0.9 if row["text"] == text else 0.1) for row in rows]
    print(json.dumps({{"ranking": found}}), flush=True)
"""


@pytest.fixture
def diet(tmp_path: Path) -> DietRival:
    python, config = tmp_path / "python", tmp_path / "config.yml"
    python.write_text(STOCK.format(python=sys.executable), encoding="utf-8")
    python.chmod(0o700)
    config.write_text("pipeline: []", encoding="utf-8")
    told: list[str] = []
    found = DietRival(
        TAUGHT, python=python, config=config, cache=tmp_path / "cache", tell=told.append
    )
    assert len(told) == 2  # that it takes minutes is said before it does
    return found


def test_both_models_answer_each_text_in_order(diet: DietRival) -> None:
    with closing(diet):
        leak, thanks = diet.answers(["楼上漏水", "谢谢"])
    assert diet.train_seconds == 5.0
    assert (leak[INTENT].said, leak[KIND].said, leak[MATTER].said) == (
        "report",
        "report",
        "property.leak",
    )
    assert (thanks[INTENT].ranking, thanks[INTENT].confidence) == (("thanks", "report"), 0.9)


def test_matters_are_learnt_from_the_examples_that_have_one(
    diet: DietRival, tmp_path: Path
) -> None:
    diet.close()
    intents, matters = sorted((tmp_path / "cache").glob("*.jsonl"))
    assert len(intents.read_text("utf-8").splitlines()) == 2
    assert len(matters.read_text("utf-8").splitlines()) == 1
    assert "property.leak" in matters.read_text("utf-8")


def test_a_process_that_dies_is_said_to_have_died(diet: DietRival) -> None:
    with closing(diet), pytest.raises(Unavailable, match=r"diet\.log"):
        list(diet.answers(["die"]))
