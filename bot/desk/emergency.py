"""Emergencies in a resident's message: found by rule, answered before anything else.

They run before any statistics, also while the engine is down, so they are tables of words
(`emergency_words`) and not a model. A missed fire is worse than a false alarm: the signs are wide
(typos, dialect, Traditional characters), and each veto names one kind of message that only sounds
like danger.
"""

from __future__ import annotations

import re
import unicodedata

from bot.desk import emergency_words as words
from bot.desk.emergency_words import Emergency

__all__ = ["Emergency", "find_emergency"]


_LETTER, _LONG_LETTER = 110, 260  # characters; people in danger write less
_END = 600  # a long letter pleads at its beginning or its end; the middle would only cost time
_CLAUSE = re.compile(r"[^,。?]*[,。?]?")
_SENTENCE_END = re.compile(r"[。!;…\n]+|\.{3,}")
_BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\ufe0f]+")
_PAUSE = re.compile(r"[^\w,。?]+|,{2,}")
_SPELLED_OUT = re.compile(r"(?<![^,。])(?:[\u4e00-\u9fff][,。]){2,}[\u4e00-\u9fff](?![^,。])")
_SEPARATOR = re.compile("[,。]")
_STUTTER = re.compile(r"(.)\1{2,}")


def find_emergency(text: str) -> Emergency | None:
    """The first danger that is real and present in a resident's message, most urgent first."""
    if len(text) > 2 * _END:
        text = text[:_END] + "\n" + text[-_END:]
    scopes = _scopes(_normalise(text))
    for sign in words.SIGNS:
        if any(_is_present(sign, scope) for scope in scopes):
            return sign.emergency
    return None


def _normalise(text: str) -> str:
    """Simplified, half width, no blanks; pauses become ",", sentence ends "。" or "?"."""
    text = unicodedata.normalize("NFKC", text).lower().translate(words.SIMPLIFIED)
    text = text.replace("🆘", "救命").replace("着🔥", "着火")
    text = _PAUSE.sub(",", _BLANK.sub("", _SENTENCE_END.sub("。", text)))
    text = _SPELLED_OUT.sub(lambda found: _SEPARATOR.sub("", found[0]), text)
    text = _STUTTER.sub(r"\1", text)
    for right, wrong in words.SPELLINGS.items():
        text = wrong.pattern.sub(right, text)
    return words.HARMLESS.pattern.sub("◇", text)


def _scopes(text: str) -> list[str]:
    """A short message as a whole; of a letter only the passages that plead for help now.

    People in danger write little. A letter speaks of dangers too, but it argues or remembers.
    """
    if len(text) <= _LETTER:
        return [text]
    plea = words.PLEA if len(text) <= _LONG_LETTER else words.LOUD_PLEA
    clauses = _CLAUSE.findall(text)
    starts = range(0, len(clauses), 4)
    passages = ["".join(clauses[start : start + 8])[:200] for start in starts]
    pleading = [passage for passage in passages if plea.is_in(passage)]
    return [p for p in pleading[:3] + pleading[3:][-3:] if not words.PAPERWORK.is_in(p)]


def _is_present(sign: words.Sign, scope: str) -> bool:
    found = list(sign.words.pattern.finditer(scope))
    if not found or sign.unless.is_in(scope) or _is_talk(scope):
        return False
    return not all(_is_vetoed(sign, scope, match) for match in found)


def _is_talk(scope: str) -> bool:
    return words.TALK.is_in(scope) or (words.PAPERWORK.is_in(scope) and not words.PLEA.is_in(scope))


def _is_vetoed(sign: words.Sign, scope: str, found: re.Match[str]) -> bool:
    before, after = scope[: found.start()], scope[found.end() :]
    negated = words.NEGATED.is_in(before[-12:]) or words.NEGATED_INSIDE.is_in(found[0])
    wondered = words.NOUN.starts(after) or (
        words.ASKS.starts(after) and not words.HERE.is_in(scope)
    )
    usual = words.HABIT_AFTER.starts(after) and "habit" not in sign.skips
    if negated or wondered or usual or words.OVER.is_in(after):
        return True
    frame = _frame(scope[: found.end()])
    return frame != "now" and frame not in sign.skips and not words.GOES_ON.is_in(after)


def _frame(before: str) -> str:
    """Past, unreal, habit or now: what the last frame word says; without one it is now."""
    ends = {
        name: max((found.end() for found in words.pattern.finditer(before)), default=0)
        for name, words in words.FRAMES.items()
    }
    last = max(ends, key=lambda name: ends[name])
    return last if ends[last] else "now"
