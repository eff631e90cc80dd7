"""What the tables of `signs` find in a message: a danger that is here and now, and its marks.

A sign counts only where nothing says that it is denied, over, imagined, usual or a figure of
speech. `marks` hands all of that on to the scale (`scale.py`), which has the last word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from bot.language.danger import signs
from bot.language.normal import simplify

_LETTER, _LONG_LETTER = 110, 260  # characters; people in danger write less
_END = 600  # a long letter pleads at its beginning or its end; the middle would only cost time
_CLAUSE = re.compile(r"[^,。?]*[,。?]?")
_SENTENCE_END = re.compile(r"[。!;…\n]+|\.{3,}")
_BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\ufe0f]+")
_GAP = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_PAUSE = re.compile(r"[^\w,。?]+|,{2,}")
_SPELLED_OUT = re.compile(r"(?<![^,。])(?:[\u4e00-\u9fff][,。]){2,}[\u4e00-\u9fff](?![^,。])")
_SEPARATOR = re.compile("[,。]")
_STUTTER = re.compile(r"(.)\1{2,}")
_PICTURES = {"🆘": "救命", "着🔥": "着火", "🔥": "火"}

_MARKS = {
    name: getattr(signs, name)
    for name in ("NEGATED", "OVER", "GOES_ON", "TALK", "PAPERWORK", "PLEA", "HERE")
}


@dataclass(frozen=True)
class Passage:
    """A cleaned message, or the part of a letter that pleads."""

    text: str
    of_letter: bool = False

    @cached_property
    def bare(self) -> str:
        """The text without the harmless meanings of dangerous words."""
        return signs.HARMLESS.pattern.sub("◇", self.text)

    @cached_property
    def signs(self) -> list[signs.Sign]:
        """Every sign whose words are there, the most urgent first."""
        return [sign for sign in signs.SIGNS if sign.words.is_in(self.bare)]

    @cached_property
    def kind(self) -> str | None:
        """The most urgent danger that is real and present, as far as words alone can tell."""
        return next((sign.kind for sign in self.signs if _is_present(sign, self.bare)), None)

    @cached_property
    def marks(self) -> list[str]:
        """What was found, vetoed or not: evidence for the scale."""
        found = [f"rule:{self.kind}"]
        found += [name for name, table in _MARKS.items() if table.is_in(self.text)]
        found += [name for name, table in signs.FRAMES.items() if table.is_in(self.text)]
        found += [f"sign:{sign.kind}" for sign in self.signs]
        found += [f"unless:{sign.kind}" for sign in self.signs if sign.unless.is_in(self.bare)]
        if "◇" in self.bare:
            found.append("harmless")
        return found


def passages(text: str) -> list[Passage]:
    """A short message as a whole; of a letter only the passages that plead for help now.

    People in danger write little. A letter speaks of dangers too, but it argues or remembers.
    """
    if len(text) > 2 * _END:
        text = text[:_END] + "\n" + text[-_END:]
    text = clean(text)
    if len(text) <= _LETTER:
        return [Passage(text)]
    plea = signs.PLEA if len(text) <= _LONG_LETTER else signs.LOUD_PLEA
    clauses = _CLAUSE.findall(text)
    starts = range(0, len(clauses), 4)
    parts = ["".join(clauses[start : start + 8])[:200] for start in starts]
    pleading = [part for part in parts if plea.is_in(part)]
    chosen = pleading[:3] + pleading[3:][-3:]
    return [Passage(p, of_letter=True) for p in chosen if not signs.PAPERWORK.is_in(p)]


def clean(text: str) -> str:
    """Simplified, half width, no blanks; pauses become ",", sentence ends "。" or "?"."""
    text = simplify(unicodedata.normalize("NFKC", text).lower().translate(signs.SPOKEN))
    for picture, word in _PICTURES.items():
        text = text.replace(picture, word)
    text = _PAUSE.sub(",", _BLANK.sub("", _GAP.sub(",", _SENTENCE_END.sub("。", text))))
    text = _SPELLED_OUT.sub(lambda found: _SEPARATOR.sub("", found[0]), text)
    text = _STUTTER.sub(r"\1", text)
    for right, wrong in signs.SPELLINGS.items():
        text = wrong.pattern.sub(right, text)
    return text


def _is_present(sign: signs.Sign, scope: str) -> bool:
    found = list(sign.words.pattern.finditer(scope))
    if not found or sign.unless.is_in(scope) or _is_talk(scope):
        return False
    return not all(_is_vetoed(sign, scope, match) for match in found)


def _is_talk(scope: str) -> bool:
    return signs.TALK.is_in(scope) or (signs.PAPERWORK.is_in(scope) and not signs.PLEA.is_in(scope))


def _is_vetoed(sign: signs.Sign, scope: str, found: re.Match[str]) -> bool:
    before, after = scope[: found.start()], scope[found.end() :]
    negated = signs.NEGATED.is_in(before[-12:]) or signs.NEGATED_INSIDE.is_in(found[0])
    wondered = signs.NOUN.starts(after) or (
        signs.ASKS.starts(after) and not signs.HERE.is_in(scope)
    )
    usual = signs.HABIT_AFTER.starts(after) and "habit" not in sign.skips
    if negated or wondered or usual or signs.OVER.is_in(after):
        return True
    frame = _frame(scope[: found.end()])
    return frame != "now" and frame not in sign.skips and not signs.GOES_ON.is_in(after)


def _frame(before: str) -> str:
    """Past, unreal, habit or now: what the last frame word says; without one it is now."""
    ends = {
        name: max((found.end() for found in table.pattern.finditer(before)), default=0)
        for name, table in signs.FRAMES.items()
    }
    last = max(ends, key=lambda name: ends[name])
    return last if ends[last] else "now"
