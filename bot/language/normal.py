"""Bring what people type to one form: half width, Simplified, no invisible signs, no shouting."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

Replacement = str | Callable[[re.Match[str]], str]
Sub = Callable[[re.Pattern[str], Replacement, str], str]
CHINESE = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f"

# Characters that NFKC would damage: Chinese punctuation would become ASCII, and "①3号楼" would
# become "13号楼".
_KEPT = "，。？！：；（）…①-⒛㉑-㊿"
_FOLDABLE = re.compile(f"[^{_KEPT}]+")

_PICTURES = re.compile(
    "[\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\u3030\u303d\u3297\u3299\uffed\uffee\ufffc\ufffd"
    "\U0001f000-\U0001f0ff\U0001f200-\U0001faff\U0001f1e6-\U0001f1ff]+"
)
_ROUND_ZERO = re.compile("(?<=[零一二三四五六七八九○])[○◯]")  # 五○一
# Controls, format and private-use characters, lone surrogates, variation selectors, the keycap
# sign, and letters that draw nothing.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\u2800\u3164\ud800-\udfff\ue000-\uf8ff"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff\U000f0000-\U0010ffff]+"
)
_SPACE_IN_CHINESE = re.compile(
    f"(?<=[{CHINESE}，。？！：；（）、])\\s+(?=[{CHINESE}，。？！：；（）、])"
)
_SPACES = re.compile(r"\s+")
_EDGES = re.compile(r"\A | \Z")
_ASCII_PUNCTUATION = re.compile(f"(?<=[{CHINESE}，。？！：；（）])[,?!:;()]+|[()](?=[{CHINESE}])")
_TO_CHINESE = str.maketrans(",?!:;()", "，？！：；（）")
_CLOCK = re.compile(r"(?<=\d)：(?=\d)")
# Digits, Chinese digits, the I of III期 and the w of www say something when repeated.
_RUN = re.compile(r"([^\d〇零一二三四五六七八九幺IwW])\1{2,}")

# OpenCC leaves 著 alone; in Taiwan and Hong Kong 著火 is what the mainland writes 着火.
_ZHE = re.compile("(?<![名巨原专编论译显卓昭土合遗拙大新])著(?![名作者述称书录])")


@dataclass(frozen=True)
class Traced:
    """A normalised text that knows where each of its characters stood in the resident's own.

    sources: for each character of `text` the first place in the original and the one after the
    last; one of several that became one character covers them all.
    """

    text: str
    sources: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end] stands in the original; start < end."""
        return self.sources[start][0], self.sources[end - 1][1]


def normalise(text: str) -> str:
    """The text as every other module wants to read it; doing it twice changes nothing more.

    Chinese punctuation stays Chinese, and ASCII punctuation after a Chinese character becomes
    Chinese, so that 停水了? and 停水了？ are one text. An emoji counts as a space.
    """
    return _walk(text, _sub)


def trace(text: str) -> Traced:
    """normalise(text), with the way back to the original; several times slower."""
    tracer = _Tracer(len(text))
    return Traced(_walk(text, tracer.sub), tuple(tracer.sources))


def _walk(text: str, sub: Sub) -> str:
    text = sub(_INVISIBLE, "", text)
    text = sub(_PICTURES, " ", sub(_ROUND_ZERO, "〇", text))
    if not unicodedata.is_normalized("NFKC", text):
        text = sub(_FOLDABLE, _fold, text)
    text = _simplify(text, sub)
    text = sub(_EDGES, "", sub(_SPACES, " ", text))
    text = sub(_ASCII_PUNCTUATION, _chinese_punctuation, text)
    text = sub(_CLOCK, ":", text)
    text = sub(_SPACE_IN_CHINESE, "", text)
    return sub(_RUN, r"\1\1", text)


def _sub(pattern: re.Pattern[str], replacement: Replacement, text: str) -> str:
    return pattern.sub(replacement, text)


class _Tracer:
    """Does what re.sub does, and keeps the sources of every character in step."""

    def __init__(self, length: int) -> None:
        self.sources = [(at, at + 1) for at in range(length)]

    def sub(self, pattern: re.Pattern[str], replacement: Replacement, text: str) -> str:
        parts: list[str] = []
        sources: list[tuple[int, int]] = []
        last = 0
        for found in pattern.finditer(text):
            parts.append(text[last : found.start()])
            sources += self.sources[last : found.start()]
            new = replacement(found) if callable(replacement) else found.expand(replacement)
            pieces = [(found[0], new)]
            if replacement is _fold:
                pieces = _folded_pieces(found[0], new)
            at = found.start()
            for old, piece in pieces:
                parts.append(piece)
                sources += _spread(self.sources[at : at + len(old)], len(piece))
                at += len(old)
            last = found.end()
        parts.append(text[last:])
        self.sources = sources + self.sources[last:]
        return "".join(parts)


def _spread(old: list[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    """Sources of `count` characters that came from these: one for one, the last takes the rest."""
    new = [old[min(at, len(old) - 1)] for at in range(count)]
    if 0 < count < len(old):
        new[-1] = (new[-1][0], old[-1][1])
    return new


def simplify(text: str) -> str:
    """Traditional to Simplified, by OpenCC's own t2s tables; a text without any is returned."""
    return _simplify(text, _sub)


def _simplify(text: str, sub: Sub) -> str:
    table, pattern, signs = _traditional()
    if signs.isdisjoint(text):
        return text
    text = sub(pattern, lambda found: table[found[0]], text)
    return sub(_ZHE, "着", text)


def _fold(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0])


def _folded_pieces(old: str, new: str) -> list[tuple[str, str]]:
    """A folded run in the smallest pieces that fold alone; in one if they fold together."""
    starts = [at for at, sign in enumerate(old) if not at or not _joins(sign)]
    parts = [old[start:end] for start, end in zip(starts, [*starts[1:], len(old)], strict=True)]
    pieces = [(part, unicodedata.normalize("NFKC", part)) for part in parts]
    return pieces if "".join(piece for _, piece in pieces) == new else [(old, new)]


def _joins(sign: str) -> bool:
    """Whether it changes the sign before it: an accent, a sound mark, a Korean letter."""
    return bool(unicodedata.combining(unicodedata.normalize("NFKC", sign)[:1] or " ")) or (
        "\u1100" <= sign <= "\u11ff"
    )


def _chinese_punctuation(found: re.Match[str]) -> str:
    return found[0].translate(_TO_CHINESE)


@cache
def _traditional() -> tuple[Mapping[str, str], re.Pattern[str], frozenset[str]]:
    """What becomes what (phrases and characters), the pattern that finds it, what gives it away.

    OpenCC's own `convert` tries every substring of every length and grows with the square of a
    long sentence; one alternation, longest phrase first, reads the same tables in one walk.
    """
    read = _opencc_entries()
    table = {key: read.get(value, value) for key, value in read.items() if key != value}
    # 乾坤 is to stay 乾坤, and 蕭乾, once it is 萧乾, too.
    table.update({value: value for value in read.values() if len(value) > 1})
    table["著"] = "著"  # left to _ZHE
    signs = {
        old
        for key, value in table.items()
        for old, new in zip(key, value, strict=False)
        if old != new or old == "著"
    }
    phrases = sorted((key for key in table if len(key) > 1), key=len, reverse=True)
    characters = "".join(key for key in table if len(key) == 1)
    starts = "".join(sorted({phrase[0] for phrase in phrases}))
    pattern = re.compile(f"(?=[{starts}])(?:{'|'.join(phrases)})|[{characters}]")
    return table, pattern, frozenset(signs)


def _opencc_entries() -> dict[str, str]:
    from opencc import OpenCC

    entries: dict[str, str] = {}
    for _, _, read in OpenCC("t2s").dict_cache.values():
        entries.update({key: value.split(" ")[0] for key, value in read.items()})
    return entries
