"""What is done to Rasa's training for speed: the same is learnt, from the same files, with the same
complaints."""

from __future__ import annotations

import pytest

from bot.dialogue import tensorflow_stub

tensorflow_stub.install()

from rasa.shared.exceptions import YamlException  # noqa: E402
from rasa.shared.nlu.training_data.message import Message  # noqa: E402
from rasa.shared.nlu.training_data.training_data import TrainingData  # noqa: E402

from bot.dialogue.patches import (  # noqa: E402
    no_cache,
    plain_check,
    read_once,
    training_copies,
)
from bot.settings import CHECKOUT  # noqa: E402

FILES = sorted(str(path) for path in (CHECKOUT / "nlu_data/nlu/dialogue").glob("*.yml"))
NLU = "shared/nlu/training_data/schemas/nlu.yml"
GOOD = "nlu:\n- intent: greet\n  examples: |\n    - 你好\n"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_examples_that_are_read_once_are_the_same_each_time(language: str) -> None:
    change = read_once.PATCH.changes[0]
    ours = change.replacement()
    for paths in (FILES[:2], FILES[2:4], FILES[:2]):
        theirs = change.function(paths, "zh")
        assert len(theirs.training_examples) > 5
        for _ in range(2):
            found = ours(paths, language)
            assert found.fingerprint() == theirs.fingerprint()
            assert [m.data for m in found.nlu_examples] == [m.data for m in theirs.nlu_examples]
            found.training_examples.clear()  # what is done to one is not done to the next


def test_a_file_is_read_once_whatever_language_it_is_taken_for() -> None:
    read: list[str] = []

    def original(paths: tuple[str, ...], language: str) -> TrainingData:
        read.append(language)
        return TrainingData([Message.build(text="你好", intent="greet")])

    ours = read_once.PATCH.changes[0].make(original)
    for paths in (["b.yml", "a.yml"], ["a.yml", "b.yml"], ["a.json"]):
        for language in ("zh", "en"):
            assert len(ours(paths, language).training_examples) == 1
    assert read == ["zh", "zh", "en"]  # a file of another kind may mind the language


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        GOOD.replace("intent", "intend"),
        GOOD + "- examples: 12\n",
        GOOD.replace("你好", "{"),
        "nlu: [",
        "nlu:\n- intent: a\n  intent: b\n",
        "",
    ],
)
def test_a_file_is_found_good_or_bad_in_the_same_words(content: str) -> None:
    change = plain_check.PATCH.changes[0]
    said = [_complaint(check, content) for check in (change.function, change.replacement())]
    assert said[0] == said[1]


def test_a_good_file_is_not_checked_twice() -> None:
    def original(*_: object) -> None:
        raise AssertionError("the file is good")

    plain_check.PATCH.changes[0].make(original)(GOOD, NLU)


def _complaint(check: object, content: str) -> str | None:
    assert callable(check)
    try:
        check(content, NLU)
    except YamlException as error:
        return f"{type(error).__name__}: {error}"
    return None


def test_copies_of_examples_are_alike_and_apart() -> None:
    merge = training_copies.PATCH.changes[1]
    some, more = (read_once.PATCH.changes[0].function([path], "zh") for path in FILES[:2])
    theirs, ours = merge.function(some, more), merge.replacement()(some, more)
    assert [m.data for m in ours.training_examples] == [m.data for m in theirs.training_examples]
    ours.training_examples[0].data["intent"] = "another"
    assert some.training_examples[0].data["intent"] != "another"


def test_no_step_leaves_anything_for_the_next_training() -> None:
    before, after = (change.replacement() for change in no_cache.PATCH.changes)
    assert before(None, "step", None, {}, {}) == {}
    assert after(None, "step", None, {}, None, {}) is None
