"""What does the person want (intent), and what is it about (matter)? Both linear, both ranked."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.desk import kinds
from bot.dialogue.components import clauses
from bot.language import houses, linear, second_opinion
from bot.language.linear import Guess, LinearClassifier
from bot.language.normal import normalise
from bot.language.second_opinion import Head

MATTERS = "matters"  # on the message: [{"code", "confidence"}], the likeliest first
CLAUSES = "clauses"  # of a message with several: [{"text", "intent", "matters"}], see clauses.py
_INTENTS_OF_CLAUSES = "intents_of_clauses"
_DENIED = re.compile(r"^.*不是[^，,。]{1,12}[，,]?(而)?是")
_SHOWN_INTENTS = 10
_SHOWN_MATTERS = 5


class _Linear(GraphComponent):
    """Trains, keeps and asks one linear classifier. Subclasses say what it learns and where the
    answer goes."""

    question: str  # what the second opinion calls it

    def __init__(
        self, storage: ModelStorage, resource: Resource, model: LinearClassifier | None
    ) -> None:
        self._storage, self._resource, self._model = storage, resource, model
        self._second = second_opinion.head(self.question, model.labels) if model else None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> _Linear:
        return cls(model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> _Linear:
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, LinearClassifier.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        labelled = [
            (message, label)
            for message in training_data.training_examples
            if message.get(TEXT) and (label := self.label_of(message))
        ]
        examples = [self.seen(message) for message, _ in labelled]
        self._model = linear.train(examples, [label for _, label in labelled])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if self._model and message.get(TEXT):
                ranked = self._model.rank(*self.seen(message), self.second_for(message))
                self.answer(message, ranked)
        return messages

    def seen(self, message: Message) -> tuple[str, list[str]]:
        """What the classifier looks at: the normalised text and its words, house numbers alike."""
        words = [(token.text, token.start) for token in message.get(TEXT_TOKENS) or ()]
        return houses.alike(normalise(message.get(TEXT)), words)

    def second_for(self, message: Message) -> Head | None:
        """Whom to ask when the answer is unsure."""
        return self._second

    @abstractmethod
    def label_of(self, message: Message) -> str | None:
        """What an example teaches; None: nothing."""

    @abstractmethod
    def answer(self, message: Message, guesses: list[Guess]) -> None:
        """Put the ranked guesses on the message."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(_Linear, IntentClassifier):
    """Sets `intent` and `intent_ranking`."""

    question = "intent"

    def label_of(self, message: Message) -> str | None:
        intent = message.get(INTENT)
        return str(intent) if intent else None

    def answer(self, message: Message, guesses: list[Guess]) -> None:
        ranking = [{"name": g.label, "confidence": g.confidence} for g in guesses]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking[:_SHOWN_INTENTS], add_to_output=True)
        assert self._model  # it has just answered
        message.set(_INTENTS_OF_CLAUSES, [g[0] for _, g in clauses.read(message, self._model)])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class MatterClassifier(_Linear):
    """Sets `matters`. Learns from the examples whose block carries `metadata: {matter: …}`."""

    question = "matter"

    def label_of(self, message: Message) -> str | None:
        block = (message.get(METADATA) or {}).get("intent") or {}
        matter = block.get("matter")
        return str(matter) if matter else None

    def seen(self, message: Message) -> tuple[str, list[str]]:
        """Of "不是漏水，是水压太小" only what it is: a matter that is denied is not meant."""
        text = normalise(message.get(TEXT))
        denied = _DENIED.search(text)
        start = denied.end() if denied else 0
        tokens = message.get(TEXT_TOKENS) or ()
        words = [(token.text, token.start - start) for token in tokens if token.start >= start]
        return houses.alike(text[start:], words)

    def second_for(self, message: Message) -> Head | None:
        """Nobody, for a greeting: it is about nothing, and no answer would be sure."""
        intent = (message.get(INTENT) or {}).get("name")
        return self._second if intent in kinds.OF_INTENT else None

    def answer(self, message: Message, guesses: list[Guess]) -> None:
        message.set(MATTERS, _shown(guesses), add_to_output=True)
        assert self._model  # it has just answered
        intents = message.get(_INTENTS_OF_CLAUSES) or []
        parts = [
            {
                "text": text,
                "intent": {"name": intent.label, "confidence": round(intent.confidence, 4)},
                MATTERS: _shown(ranked),
            }
            for intent, (text, ranked) in zip(
                intents, clauses.read(message, self._model), strict=True
            )
        ]
        if parts:
            message.set(CLAUSES, parts, add_to_output=True)


def _shown(guesses: list[Guess]) -> list[dict[str, Any]]:
    top = guesses[:_SHOWN_MATTERS]
    return [{"code": g.label, "confidence": round(g.confidence, 4)} for g in top]
