"""What the assistant is taught, as Rasa reads it: for measuring, not for serving."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.loading import load_data

from bot.settings import CHECKOUT


@dataclass(frozen=True)
class Example:
    """One sentence with its intent, and its matter if the block names one."""

    text: str
    intent: str
    matter: str | None


def taught() -> Iterator[Example]:
    """Every example of nlu_data/nlu, without the marks of entities."""
    for message in load_data(str(CHECKOUT / "nlu_data" / "nlu")).training_examples:
        text, intent = message.get(TEXT), message.get(INTENT)
        if text and intent:
            block = (message.get(METADATA) or {}).get("intent") or {}
            yield Example(text, intent, block.get("matter"))
