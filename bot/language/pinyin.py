"""How a Chinese character sounds, from the data of pypinyin.

Only its table of characters is read: importing the package itself loads 47,000 phrases, which
costs every process 58 MB and most of a second.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_MOST_READINGS = 3  # those that come later are rare
_FOLDED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))  # what many speakers do not part


def readings(sign: str) -> tuple[str, ...]:
    """Syllables without tone, the most common first: 长 → chang, zhang; () for other signs."""
    return _table().get(sign, ())


@cache
def folded(sign: str) -> tuple[str, ...]:
    """The readings as many speakers hear them, 幸 → xin; any other sign stands for itself."""
    return tuple(dict.fromkeys(map(_fold, readings(sign)))) or (sign,)


def sound_alike(one: str, other: str) -> bool:
    """Whether two different characters share a reading, zh and z or ng and n being one."""
    return one != other and not set(folded(one)).isdisjoint(folded(other))


def _fold(syllable: str) -> str:
    for written, spoken in _FOLDED:
        syllable = syllable.replace(written, spoken)
    return syllable


@cache
def _table() -> dict[str, tuple[str, ...]]:
    """The 6,763 characters of GB 2312, which is what a telephone offers first."""
    found = find_spec("pypinyin")
    assert found and found.origin
    data = json.loads(Path(found.origin).with_name("pinyin_dict.json").read_text(encoding="utf-8"))
    written = ((chr(int(code)), spoken) for code, spoken in data.items())
    common = ((sign, spoken) for sign, spoken in written if _is_common(sign))
    return {sign: _plain(spoken) for sign, spoken in common}


def _is_common(sign: str) -> bool:
    return len(sign.encode("gb2312", "ignore")) == 2


def _plain(spoken: str) -> tuple[str, ...]:
    """lǜ,lǚ → lv: without tones, and with ü as people type it."""
    letters = unicodedata.normalize("NFD", spoken).replace("u\u0308", "v")
    bare = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return tuple(dict.fromkeys(bare.split(",")))[:_MOST_READINGS]
