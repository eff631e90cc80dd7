"""Names that are not quite written as registered: by sound, with one slip, or in Latin letters.

People write what their input method offered first (幸福里 becomes 兴福里), leave out or double a
character, change two over, or do not switch the keyboard (xingfuli). A name and a text that
differ in one place still share pairs of characters; those find the few names worth comparing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from operator import ne

from bot.language.pinyin import folded, readings, sound_alike

BY_SOUND = 0.3  # cost of a character written for another that sounds alike
DOUBLED, CHANGED_OVER, OTHER = 0.5, 0.7, 1.0
IMPOSSIBLE = 99.0

# A slip from one of these to another is another place, not a slip: 东区 is not 西区.
_TELLING = frozenset("东西南北中前后左右上下新老大小甲乙丙丁一二三四五六七八九十0123456789ABCDEFGH")
_NEVER_A_SLIP = frozenset(
    "的了是在和有不我你他们这那个就也都很没吗呢吧啊，。！？、；：从去到说人家 "
)
_COMMON_WORDS = (
    "社区 小区 居委 委会 村委 家园 花园 公寓 宿舍 新村 大厦 广场 "
    "委员 员会 居民 村民 民委 生活 住宅 家属"
)
_COMMON_PAIRS = frozenset(_COMMON_WORDS.split())
_OFFICE = re.compile(
    "(?:社区|村)?(?:居民委员会|居委会|村民委员会|村委会|委员会)$|(?:社区|小区|村|住宅区)$"
)
_LONG_ENDING = re.compile("(?:居委会|村委会|委员会)$")
_ENDING = re.compile("(?:小区|社区|村|居委会|住宅区|花园|家园|公寓|宿舍|家属院)$")
# What shows that a name has just been said.
_NAME_ENDS = re.compile(
    r"\s*的?(?:小区|社区|居委|村|院|(?:\d|[零〇一二三四五六七八九十百])+\s*(?:号|栋|幢|座|#|-|单元|院)"
    r"|[A-Z]\d?(?:座|栋|幢)|[甲乙丙丁]\d)"
)
_LATIN = re.compile(r"(?<![A-Z])[A-Z]{3,40}(?![A-Z])")
_MOST_READ = 60  # characters of a text in which slips are looked for
_MOST_NAMES = 200  # a pair that more names have says nothing
_MOST_SOUNDS = 8  # ways to read a name whose characters have several readings


@dataclass(frozen=True)
class Near:
    """text[start:end] was meant for one of `names`; `cost` as above, 0 for Latin letters."""

    start: int
    end: int
    names: tuple[str, ...]
    cost: float


class NearIndex:
    """Built once; a look-up costs by the length of the text, not by the number of names."""

    def __init__(self, names: Iterable[str]) -> None:
        # Of the long endings only those of short names tell anything: 团河居委会.
        self._names = [n for n in names if len(n) >= 3 and len(_LONG_ENDING.sub("", n)) >= 2]
        self._names = [n for n in self._names if len(n) <= 5 or not _LONG_ENDING.search(n)]
        # The number is all that tells grids apart, and a number is never a slip.
        self._names = [n for n in self._names if not n.endswith("网格")]
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._by_pair: dict[str, list[tuple[int, int]]] = defaultdict(list)  # (name, offset)
        self._by_letters: dict[str, list[str]] = defaultdict(list)
        lengths = set()
        for number, name in enumerate(self._names):
            lengths.add(len(name))
            for sound in _sounds(name):
                self._by_sound[sound].append(name)
            for offset, pair in _pairs(name):
                self._by_pair[pair].append((number, offset))
            for letters in _latin(name):
                self._by_letters[letters].append(name)
        self._lengths = sorted(lengths, reverse=True)

    def find(self, text: str) -> list[Near]:
        """The likeliest readings, none overlapping another, in the order of the text."""
        head = text[:_MOST_READ]
        best: dict[tuple[int, int], Near] = {}
        for found in (*self._latin_names(head), *self._by_ear(head), *self._by_slip(head)):
            span = (found.start, found.end)
            known = best.get(span)
            if known is None or found.cost < known.cost:
                best[span] = found
            elif found.cost == known.cost:
                names = tuple(dict.fromkeys((*known.names, *found.names)))
                best[span] = Near(found.start, found.end, names, found.cost)
        taken: list[Near] = []
        for found in sorted(best.values(), key=_rank):
            if all(found.end <= other.start or other.end <= found.start for other in taken):
                taken.append(found)
        return sorted(taken, key=lambda found: found.start)

    def _latin_names(self, text: str) -> Iterator[Near]:
        for found in _LATIN.finditer(text):
            names = self._by_letters.get(found[0], ())
            # Four letters may be a word; before a number they are a name.
            if names and (len(found[0]) >= 6 or _NAME_ENDS.match(text, found.end())):
                yield Near(found.start(), found.end(), tuple(names), 0.0)

    def _by_ear(self, text: str) -> Iterator[Near]:
        heard = [folded(sign)[0] + " " for sign in text]
        for start in range(len(text) - 2):
            for length in self._lengths:
                sound = "".join(heard[start : start + length])
                for name in self._by_sound.get(sound, ()) if start + length <= len(text) else ():
                    written = text[start : start + length]
                    wrong = _differ(written, name)
                    # Three of three may be anything, unless a number shows that it is a name.
                    if wrong * 2 <= length or (
                        wrong < length and _NAME_ENDS.match(text, start + length)
                    ):
                        cost = slips(written, name)
                        if 0 < cost < IMPOSSIBLE:
                            yield Near(start, start + length, (name,), cost)

    def _by_slip(self, text: str) -> Iterator[Near]:
        votes: dict[tuple[int, int], int] = defaultdict(int)
        for at, pair in _pairs(text):
            found = self._by_pair.get(pair, ())
            if len(found) <= _MOST_NAMES:
                for number, offset in found:
                    votes[number, at - offset] += 1
        for (number, start), count in votes.items():
            name = self._names[number]
            near = count + votes.get((number, start - 1), 0) + votes.get((number, start + 1), 0)
            if near >= (2 if len(name) > 4 else 1):
                yield from _compared(text, name, start)


def slips(written: str, name: str) -> float:
    """What it costs to have written this for that name; IMPOSSIBLE if it is another name."""
    if len(written) == len(name):
        at = [i for i, sign in enumerate(name) if written[i] != sign]
        if (
            len(at) == 2
            and at[1] - at[0] == 1
            and written[at[0]] + written[at[1]] == (name[at[1]] + name[at[0]])
        ):
            return CHANGED_OVER
        costs = [_slip(written[i], name[i]) for i in at]
        grave = max(costs, default=0.0) >= OTHER
        return IMPOSSIBLE if grave and len(costs) > 1 else round(sum(costs), 2)
    if len(written) == len(name) + 1:
        return _one_more(written, name)
    if len(written) == len(name) - 1:
        return OTHER if _one_more(name, written, telling=True) < IMPOSSIBLE else IMPOSSIBLE
    return IMPOSSIBLE


def closest(
    text: str, starts: Iterable[int], ends: Iterable[int], names: Iterable[str]
) -> list[Near]:
    """Of a few names, those that best fit a piece of the text that begins or ends in one place.

    Where an area is named before it, even one of two characters may be wrong.
    """
    found: list[Near] = []
    starts, ends = list(starts), list(ends)
    for name in names:
        spans = {(start, start + len(name)) for start in starts}
        spans |= {(end - len(name), end) for end in ends}
        if len(name) > 2:
            spans |= {(s, e + by) for s, e in list(spans) for by in (-1, 1)}
        for start, end in spans:
            if 0 <= start < end <= len(text):
                written = text[start:end]
                cost = slips(written, name)
                if cost <= OTHER and _NEVER_A_SLIP.isdisjoint(set(written) - set(name)):
                    found.append(Near(start, end, (name,), cost))
    least = min((near.cost / len(near.names[0]) for near in found), default=0.0)
    return [near for near in found if near.cost / len(near.names[0]) == least]


def _rank(found: Near) -> tuple[float, int, int]:
    telling = max(map(weight, found.names))
    return found.cost / telling, -telling, found.start


def weight(name: str) -> int:
    """How many characters tell this name from others: 2 of 团河社区居委会."""
    return max(1, len(_OFFICE.sub("", name)))


def _compared(text: str, name: str, start: int) -> Iterator[Near]:
    """The name against the pieces of text it may be, one character longer or shorter as well."""
    end = start + len(name)
    for first, last in ((start, end), (start, end - 1), (start, end + 1)):
        if 0 <= first < last <= len(text):
            written = text[first:last]
            cost = slips(written, name)
            if 0 < cost <= OTHER and _is_likely(text, first, last, name, cost):
                yield Near(first, last, (name,), cost)


def _is_likely(text: str, start: int, end: int, name: str, cost: float) -> bool:
    """A homophone is likely; anything else needs a long name or the end of one after it."""
    written = text[start:end]
    if cost < DOUBLED:
        return True
    if not _NEVER_A_SLIP.isdisjoint(set(written) - set(name)):
        return False
    followed = bool(_NAME_ENDS.match(text, end))
    if len(written) < 3 or not _OFFICE.sub("", written):  # 居委会 is not 居委会楼
        return False
    if not followed and written == name[:-1]:  # 老年餐 is not 老年餐厅
        return False
    if cost < OTHER or len(written) < len(name):
        whole = weight(name) >= 4 or bool(_ENDING.search(written))
        return followed or whole or cost < OTHER
    if len(_ENDING.sub("", name)) >= 4:
        return len(name) >= 5 or followed
    return followed or bool(_ENDING.search(written))


def _slip(one: str, other: str) -> float:
    alike = sound_alike(one, other)
    telling = (one in _TELLING) + (other in _TELLING)
    if telling == 2 or (telling and not alike):
        return IMPOSSIBLE
    return BY_SOUND if alike else OTHER


def _one_more(longer: str, shorter: str, *, telling: bool = False) -> float:
    """The cost of one character that is too many; one that tells places apart may be forgotten."""
    at = next((i for i, sign in enumerate(shorter) if sign != longer[i]), len(shorter))
    if longer[:at] + longer[at + 1 :] != shorter or (longer[at] in _TELLING and not telling):
        return IMPOSSIBLE
    return DOUBLED if at and longer[at] == longer[at - 1] else OTHER


def _differ(written: str, name: str) -> int:
    return sum(map(ne, written, name))


def _pairs(text: str) -> Iterator[tuple[int, str]]:
    """Neighbours and next neighbours, with the place of the first."""
    for at in range(len(text) - 1):
        pair = text[at : at + 2]
        if pair not in _COMMON_PAIRS:
            yield at, pair
        if at + 2 < len(text):
            yield at, text[at] + text[at + 2]


def _sounds(name: str) -> set[str]:
    return {" ".join(sound) + " " for sound in _ways([folded(sign) for sign in name])}


def _latin(name: str) -> set[str]:
    """XINGFULI and XFL; a name with a sign that has no reading has none."""
    spoken = [readings(sign) for sign in name]
    if not all(spoken):
        return set()
    ways = [*_ways(spoken)]
    return {"".join(way).upper() for way in ways} | {
        "".join(syllable[0] for syllable in way).upper() for way in ways
    }


def _ways(spoken: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Every way to read a name, or only the commonest if there are many."""
    count = 1
    for choices in spoken:
        count *= len(choices)
    return product(*spoken) if count <= _MOST_SOUNDS else product(*(c[:1] for c in spoken))
