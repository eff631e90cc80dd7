"""Examples are copied and told apart without working out again what is known of them."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy, deepcopy
from typing import Any

from rasa.shared.nlu.constants import INTENT, RESPONSE
from rasa.shared.nlu.training_data import util
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.dialogue.patches.patch import Change, Patch


def _sanitize(original: Callable[[list[Message]], list[Message]]) -> Callable[..., list[Message]]:
    def sanitize_examples(examples: list[Message]) -> list[Message]:
        for example in examples:
            for name in (INTENT, RESPONSE):
                # Setting a value, even the same one, makes the example forget its fingerprint.
                if example.get(name) and example.get(name) != example.get(name).strip():
                    example.set(name, example.get(name).strip())
        return list(dict.fromkeys(examples))

    return sanitize_examples


def _merge(original: Callable[..., TrainingData]) -> Callable[..., TrainingData]:
    def merge(self: TrainingData, *others: TrainingData | None) -> TrainingData:
        parts = [self, *(other for other in others if other)]
        synonyms = dict(self.entity_synonyms)
        responses = deepcopy(self.responses)
        for part in parts[1:]:
            for text, synonym in part.entity_synonyms.items():
                util.check_duplicate_synonym(synonyms, text, synonym, "merging training data")
            synonyms.update(part.entity_synonyms)
            responses.update(part.responses)
        return TrainingData(
            [_copied(example) for part in parts for example in part.training_examples],
            synonyms,
            [deepcopy(feature) for part in parts for feature in part.regex_features],
            [deepcopy(table) for part in parts for table in part.lookup_tables],
            responses,
        )

    return merge


def _copied(example: Message) -> Message:
    twin = copy(example)
    twin.data = {name: _plain(value) for name, value in example.data.items()}
    twin.features = list(example.features)
    twin.output_properties = set(example.output_properties)
    return twin


def _plain(value: Any) -> Any:
    """A deep copy of what examples are made of before the first component sees them."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value if isinstance(value, (str, int, float, bool)) else deepcopy(value)


PATCH = Patch(
    name="training_copies",
    why="Rasa copies all examples a dozen times, and hashes each one anew after every copy.",
    changes=(
        Change(TrainingData, "sanitize_examples", _sanitize, "8bcbceeb425c"),
        Change(TrainingData, "merge", _merge, "29a2ae274e01"),
    ),
    is_speed=True,
    is_for_training=True,
)
