"""Is this message an emergency? Rules look for the signs of danger, the scale weighs them, and
where it is undecided the meaning of the whole sentence tips it.

The levels were chosen by cross-validation over families of examples and over ordinary talk. Of
families it has not learnt from, 92.6 % of the dangers, 11.0 % of the near misses and 15 of 1,000
ordinary messages alarm; by the scale alone 91.0 and 11.8 % and 19.
A missed fire is worse than a false alarm, so they lie below zero, where the scale is undecided. A
letter argues or remembers: it must plead, and speak clearly.
"""

from __future__ import annotations

from bot.desk.emergency import EMERGENCIES, Emergency
from bot.language.danger.meaning import meaning
from bot.language.danger.rules import Passage, passages
from bot.language.danger.scale import scale

_HEARD = -0.3  # a sign of danger and no veto: enough, unless the scale speaks against it
_UNHEARD = -0.15  # no rule knows it
_UNHEARD_AND_DOUBTED = 0.25  # in a letter, or with a word that says it is over or imagined
# Chosen like the levels: every twentieth ordinary message is undecided, every third dangerous one.
_UNDECIDED = 0.5
_SHARE = 0.15  # of the meaning's log odds in the score
_PRIOR = 0.5  # added to them, so that more is heard and less is alarmed at, not only one of them
_DOUBTS = {"OVER", "past", "unreal", "habit", "TALK", "PAPERWORK"}

_URGENCY = list(EMERGENCIES)


def find_emergency(text: str) -> Emergency | None:
    """The danger that is real and present in a resident's message, the most urgent first."""
    kinds = [kind for passage in passages(text) for kind in _kinds(passage)]
    return EMERGENCIES[min(kinds, key=_URGENCY.index)] if kinds else None


def _kinds(passage: Passage) -> list[str]:
    """What the rules and the scale take it for, or nothing."""
    score, likeliest = _weighed(passage)
    if passage.kind:
        return [passage.kind, likeliest] if score > _HEARD else []
    doubted = passage.of_letter or not _DOUBTS.isdisjoint(passage.marks)
    return [likeliest] if score > (_UNHEARD_AND_DOUBTED if doubted else _UNHEARD) else []


def _weighed(passage: Passage) -> tuple[float, str]:
    """How much it sounds like danger now, and the likeliest kind."""
    score, likeliest = scale().weigh(passage.text, passage.marks)
    if abs(score) < _UNDECIDED and (second := meaning()):
        score += _SHARE * (second.weigh(passage.text) + _PRIOR)
    return score, likeliest
