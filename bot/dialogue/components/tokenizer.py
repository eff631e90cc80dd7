"""Rasa's tokeniser: normalised text, cut by jieba with the community's own words."""

from __future__ import annotations

import json
import os
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import settings
from bot.language.normal import normalise
from bot.language.tokens import Cutter

LOOKUP = "community_words"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class CommunityTokenizer(Tokenizer):
    """Token offsets point into the normalised text, which is all that later parts look at."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
        }

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, words: list[str]
    ) -> None:
        super().__init__(config)
        self._storage, self._resource = storage, resource
        self._words = words
        self._cutter = _cutter(words)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CommunityTokenizer:
        return cls(config, model_storage, resource, [])

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CommunityTokenizer:
        with model_storage.read_from(resource) as folder:
            words = json.loads((folder / "words.json").read_text("utf-8"))
        return cls(config, model_storage, resource, words)

    @staticmethod
    def required_packages() -> list[str]:
        return ["jieba"]

    def train(self, training_data: TrainingData) -> Resource:
        """Take the community's words from the lookup table of the training data."""
        words = [
            word
            for table in training_data.lookup_tables
            if table["name"] == LOOKUP
            for word in table["elements"]
        ]
        self._words = sorted(set(words))
        self._cutter = _cutter(self._words)
        with self._storage.write_to(self._resource) as folder:
            content = json.dumps(self._words, ensure_ascii=False)
            (folder / "words.json").write_text(content, "utf-8")
        return self._resource

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text = message.get(attribute) or ""
        if attribute == TEXT:
            text = normalise(text)
        return [Token(word, start) for word, start in self._cutter.cut(text)]


def _cutter(words: list[str]) -> Cutter:
    # Rasa builds this object, so nobody can hand us the folder: it depends on the machine, and
    # must not be trained into the model.
    return Cutter(settings.read(os.environ).data_dir / "jieba", words)
