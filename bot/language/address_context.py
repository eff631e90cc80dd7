"""Places that mean something only beside another: "不对，是2号楼" after 1号楼, a bare 3单元."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.desk.community import Place
from bot.language.address import AddressBook
from bot.language.normal import normalise
from bot.language.numerals import to_digits

# What follows the last of these is what the resident means.
_CORRECTED = re.compile(r"不对|说错了?|写错了?|搞错了?|弄错了?|错了|应该是|改成|改为|而是")
_HOME = re.compile(r"我家|家里|俺家|我们家|咱家")
_UNIT = re.compile(r"(?<!\d)(\d{1,2})单元")
_ROOM = re.compile(r"(?<![\d号栋#-])(\d{3,4})(?=室|号房|$|[，。,吧啊呢的])")


def resolve(
    book: AddressBook, text: str, *, home: Place | None, context: Place | None
) -> list[Place]:
    """Places of `text`, best first, read beside what was spoken of before.

    home: where the writer lives, meant by 我家. context: the place of the matter in hand; its
    estate settles which 2号楼 is meant, and a bare unit or room changes only that.
    """
    beside = home if _HOME.search(text) else context or home
    tail = _CORRECTED.split(text)[-1]
    whole = book.resolve(text, home=beside)
    # "书香雅苑1号楼，哦不对，2号楼": the number is another, the estate still holds.
    estate = whole[0] if _is_clear(whole) else beside
    meant = book.resolve(tail, home=estate) if tail != text else []
    if meant or whole:
        return meant or whole
    changed = _refined(tail, context) if context else None
    return [changed] if changed else []


def _is_clear(places: list[Place]) -> bool:
    return bool(places) and (len(places) == 1 or places[0].confidence > places[1].confidence)


def _refined(words: str, place: Place) -> Place | None:
    """`place` with the unit or room that `words` name, if they name nothing else."""
    words = to_digits(normalise(words))
    unit, room = _UNIT.search(words), _ROOM.search(words)
    if not place.building or not (unit or room):
        return None
    return replace(
        place,
        unit=unit[1] if unit else place.unit,
        room=room[1] if room else (None if unit else place.room),
        confidence=0.85,
    )
