"""What each clause of a message is about; nothing for the many messages that have only one."""

from __future__ import annotations

from rasa.shared.nlu.constants import TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message

from bot.language import clauses, houses
from bot.language.linear import Guess, LinearClassifier
from bot.language.normal import normalise


def read(message: Message, model: LinearClassifier) -> list[tuple[str, list[Guess]]]:
    """(clause in the writer's own words, matters the likeliest first), or []."""
    whole, end = normalise(message.get(TEXT)), 0
    found: list[tuple[str, list[Guess]]] = []
    for clause in clauses.split(message.get(TEXT)):
        text = normalise(clause)
        start = whole.find(text, end)
        if start < 0:  # normalising moved its borders
            return []
        end = start + len(text)
        tokens = message.get(TEXT_TOKENS) or ()
        words = [(t.text, t.start - start) for t in tokens if start <= t.start < end]
        found.append((clause, model.rank(*houses.alike(text, words))))
    return found
