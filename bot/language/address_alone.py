"""Whether words are an address and hardly anything else: 书香雅苑的, 我在3号楼2单元这边."""

from __future__ import annotations

from collections.abc import Iterable

from bot.language.normal import normalise

_WORDS = frozenset(
    "0123456789一二两三四五六七八九十零〇号楼栋幢单元室层#-"
    "在是我们就家住这里那边小区的门口东南西北侧，。！,.! "
)
_A_FEW = 2  # characters


def is_alone(text: str, names: Iterable[str]) -> bool:
    """names: of the places that the text was read as; without any, it is no address."""
    known = set("".join(names))
    if not known:
        return False
    return sum(sign not in known and sign not in _WORDS for sign in normalise(text)) <= _A_FEW
