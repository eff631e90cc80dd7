"""Finds the names of estates, roads and the like that recur in many texts, without a register.

A Chinese place name ends in one of a few dozen words (小区, 苑, 路). Where it begins is found by
accessor variety (Feng, Chen, Deng and Zheng 2004): 丽发新城 stands after many different
characters, 发新城 only ever after 丽, so the name begins before 丽. A beginning that is mostly said
without the ending is no name: 影响 of 影响小区.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice

_STYLE = "(?:国际|花园|家园|[雅佳嘉名]苑|新城|新村|公馆|华府|豪庭)"
_END = re.compile(
    f"{_STYLE}*(?:小区|社区|街道|大道|广场|公寓|大厦|山庄)"
    f"|{_STYLE}+"
    "|(?<!政)府|城(?![市镇乡管区铁际])|(?<![学铁道])路(?![口面灯段边上线况人])|[苑园庭湾郡街巷桥站镇寓坪岭湖洲](?!学)"
    "|村(?![民委里])|(?:小学|中学|学校|学院|幼儿园|医院|市场|夜市|公园)"
)
# A name does not go back past these: words of grammar and courtesy, counters, administrative units
# (which are too wide to tell two troubles apart), and the end of another name.
_STOP = frozenset(
    "的地得在于和与及或是有到从对向把将被让使我你他她它们这那哪此该本某每各全整个期了着过为由给请问因就也都还又再"
    "才很太更最不没未无说叫称住至往经靠近离后前旁边内外上下里两几些等如像带去来进出要想能会可应须求望盼"
    "市区县省乡路道街号栋幢"
)
_OF_ROADS = tuple("路街巷道桥")
_ALWAYS = 3  # texts that must hold a name, and different neighbours it must stand after
_LONGEST = 6  # characters before the ending
_SHORTEST = 2
_OWN = 0.15  # of the texts with the beginning, the share that says it with its ending
_OWN_OF_ROADS = 0.03  # 人民 is said without 路, and 人民路 is a road all the same
_RUN = re.compile("[\u4e00-\u9fff]+")
_PLAIN = re.compile("(?<=..)(?:小区|社区)$")


def recurring(texts: Sequence[str], *, is_word: Callable[[str], bool]) -> frozenset[str]:
    """The place names that at least three of these normalised texts hold, as they stand there.

    is_word: whether a dictionary lists it; 幼儿园 and 搅拌站 are things, not names.
    """
    held: Counter[str] = Counter()
    after: dict[str, set[str]] = defaultdict(set)
    for number, text in enumerate(texts):
        spans = {(start, end) for start, end, _ending in _candidates(text)}
        held.update({text[start:end] for start, end in spans})
        for start, end in spans:
            known = after[text[start:end]]
            if len(known) < _ALWAYS:
                known.add(_before(text, start, number))
    likely = {
        name
        for name, count in held.items()
        if count >= _ALWAYS and len(after[name]) >= _ALWAYS and not is_word(name)
    }
    return _with_own_beginning(likely, held, texts)


def mentioned(text: str, names: Collection[str]) -> list[tuple[int, int]]:
    """Where a normalised text says one of `names`: spans in order, none inside another."""
    shortest: dict[int, int] = {}
    for start, end, _ending in _candidates(text):
        if text[start:end] in names:
            shortest[end] = max(start, shortest.get(end, 0))
    spans: list[tuple[int, int]] = []
    for end, start in sorted(shortest.items(), reverse=True):
        if not spans or end <= spans[-1][0]:
            spans.append((start, end))
    return spans[::-1]


def short(name: str) -> str:
    """丽发新城小区 and 丽发新城 are one place."""
    return _PLAIN.sub("", name) if len(name) > 4 else name


def _candidates(text: str) -> Iterator[tuple[int, int, int]]:
    """(start, end, where the ending begins) of whatever could be a name."""
    for run in _RUN.finditer(text):
        for ending in _END.finditer(run[0]):
            at = run.start() + ending.start()
            for start in islice(_starts(text, at, run.start()), _LONGEST):
                if at - start >= _SHORTEST:
                    yield start, run.start() + ending.end(), at


def _starts(text: str, at: int, first: int) -> Iterator[int]:
    while at > first and text[at - 1] not in _STOP:
        at -= 1
        yield at


def _before(text: str, start: int, number: int) -> str:
    """The character before; a pause or a word of grammar is another beginning in every text."""
    sign = text[start - 1 : start]
    return sign if _RUN.match(sign) and sign not in _STOP else f"{number}"


def _with_own_beginning(
    names: set[str], held: Counter[str], texts: Sequence[str]
) -> frozenset[str]:
    beginnings = {name: name[: _ending_of(name)] for name in names}
    wanted = set(beginnings.values())
    lengths = sorted({len(beginning) for beginning in wanted})
    said: Counter[str] = Counter()
    for text in texts:
        said.update(
            {
                piece
                for length in lengths
                for at in range(len(text) - length + 1)
                if (piece := text[at : at + length]) in wanted
            }
        )
    return frozenset(
        name
        for name, beginning in beginnings.items()
        if held[name] / max(said[beginning], 1)
        >= (_OWN_OF_ROADS if name.endswith(_OF_ROADS) else _OWN)
    )


def _ending_of(name: str) -> int:
    found = [ending.start() for ending in _END.finditer(name) if ending.end() == len(name)]
    return max(found[0], _SHORTEST) if found else len(name)
