"""Names of estates, areas and buildings, found anywhere in a text, exactly or nearly."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from bot.language.address_near import DOUBLED, Near, NearIndex, weight
from bot.language.normal import normalise
from bot.language.numerals import number

_DASH = re.compile(r"(?<=[\dA-Z])\s?[—–−‐_/\\]\s?(?=\d)")
_PLAIN_ENDING = re.compile("(?:住宅)?小区$|社区$|住宅区$|生活区$")
_ANY_ENDING = re.compile(
    "(?:(?:住宅)?小区|社区|住宅区|生活区|[花家嘉佳名]园|公寓|宿舍|家属院|家属楼|大院|新村|新区|广场|大厦"
    "|[雅名佳嘉花家文馨]苑|[华豪名]庭|[新名]城|国际城?|公馆|丽都)+$"
)
_PART = re.compile(r"(?:[东西南北中]|[一二三四五六七八九十]|\d{1,2})[区期里院]$")
_LAST_SIGN = re.compile("[苑园庭城郡府邸里街路]$")
_OFFICE_ENDING = re.compile(
    "(?:社区|村)?(?:居民委员会|居委会|村民委员会|村委会|办事处)$|(?:社区|村)$"
    "|(?:街道|地区|[\u4e00-\u9fff]族乡|[镇乡])(?:办事处)?$|(?<=..)[区县]$"
)
_BOARD = re.compile("(?:居民委员会|居委会|村民委员会|村委会|委会)$")
_DIGITS = re.compile(r"\d{1,2}")
_NUMERAL = re.compile("[零〇一二三四五六七八九十]+")
_COUNTED = re.compile(_NUMERAL.pattern + "(?=[期区号院村里网])")
_NUMBER_FOLLOWS = re.compile(
    r"(?:小区|家属[院楼]|宿舍|大院|公寓)?\s*的?(?:(?:\d|[零〇一二三四五六七八九十百])+\s*(?:号|栋|幢|座|#|-|单元)|[A-Z]\d?(?:座|栋|幢))"
)
# What may stand before a building's name: 在小白楼, but 卫生服务中心 is not our 服务中心.
_WORD_BEFORE = re.compile(
    r"(?:^|[^\u4e00-\u9fff]|[的在到去从是和与跟住来于这那往向对把被给们咱家离近原老旧个栋幢就也还说叫找])$"
)
# 社区 and the like after a name, as people shorten 多福巷社区居民委员会.
_OFFICE = re.compile(
    "(?:社区|村)?(?:居民委员会|居委会|居委|村民委员会|村委会|村委)|街道办事处|街道办|社区|村"
)
_SAID_BEFORE = re.compile(
    "(?:^|[^\u4e00-\u9fff]|请问|问一下|[反投][映诉]|住在?|家在|位于|来自|我们?是|咱们?是|这里是|地址是?|[街乡镇地][道区]的?"
    "|(?<![现正实存潜内外])在)$"
)
# 王庄 and 西营 are places even alone; 和平 and 团结 are words.
_LIKE_A_PLACE = re.compile(
    "[庄村营街里屯坊峪苑桥沟店堡口河关巷厂坨务镇城坟峪台岭各府院园湾坡塔垡洼道川泉湖滩岗楼山梁井外陵窑场沿"
    "甸淀圈塘铺集旗港渡圃寨崖埝墩坎圩湖潭溪涧沱坪坝堤闸殿庙庵观宫]$"
)


class Kind(str, Enum):
    """What a name can stand for."""

    AREA = "area"  # a street, community or grid, by its code
    ESTATE = "estate"  # an estate, by its present or an old name
    BUILDING = "building"  # one building, by its code


@dataclass(frozen=True)
class Target:
    kind: Kind
    code: str


@dataclass(frozen=True)
class Hit:
    """A name in the text: text[start:end]; `exact` is False where sound or a slip decided."""

    start: int
    end: int
    targets: tuple[Target, ...]
    exact: bool = True

    def codes(self, kind: Kind) -> list[str]:
        return [target.code for target in self.targets if target.kind is kind]

    @property
    def in_doubt(self) -> bool:
        """幸福里 may be the estate 幸福里小区 or the community around it."""
        return bool(self.codes(Kind.AREA) and self.codes(Kind.ESTATE))


@dataclass(frozen=True)
class Standing:
    """How much a name says by itself. The sets hold names as they stand in the index.

    weak: ordinary words too (和平 of 和平小区), which count before a number.
    spoken: words of two characters that name a community where people speak of places.
    settling: nothing in the text can be meant by a better name than these.
    """

    weak: frozenset[str] = frozenset()
    spoken: frozenset[str] = frozenset()
    settling: frozenset[str] = frozenset()


class NameIndex:
    """Finds names by their first two characters, then the longest; costs by the text only."""

    def __init__(self, names: Mapping[str, tuple[Target, ...]], standing: Standing) -> None:
        self._names = names
        self._standing = standing
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in names:
            lengths[name[:2]].add(len(name))
        self._lengths = {pair: sorted(found, reverse=True) for pair, found in lengths.items()}
        self._near = NearIndex(names)

    def find(self, text: str) -> list[Hit]:
        """All names, left to right, none overlapping; slips only if no place was named in full."""
        hits = list(self._exactly(text))
        if any(self._settles(hit, at and hits[at - 1].end, text) for at, hit in enumerate(hits)):
            return hits
        found_near = [_with_office(found, text) for found in self._near.find(text)]
        near = [found for found in found_near if _is_better(found, hits)]
        kept = [hit for hit in hits if all(_apart(hit, found) for found in near)]
        return sorted([*kept, *map(self._meant, near)], key=lambda hit: hit.start)

    def targets(self, name: str) -> tuple[Target, ...]:
        return self._names.get(name, ())

    def _settles(self, hit: Hit, last: int, text: str) -> bool:
        """A full name, unless it may be the end of a longer one: 郭公壮 before 北街社区."""
        if text[hit.start : hit.end] not in self._standing.settling:
            return False
        before = text[max(0, hit.start - 4) : hit.start]
        return hit.start == last or bool(_WORD_BEFORE.search(before) or _SAID_BEFORE.search(before))

    def _meant(self, found: Near) -> Hit:
        targets = dict.fromkeys(target for name in found.names for target in self._names[name])
        return Hit(found.start, found.end, tuple(targets), exact=False)

    def _exactly(self, text: str) -> Iterator[Hit]:
        start = last = 0
        while start < len(text) - 1:
            for length in self._lengths.get(text[start : start + 2], ()):
                hit = self._hit(text, start, start + length, last)
                if hit and (start == last or self._stands_alone(hit, text)):
                    yield hit
                    start = last = hit.end
                    break
            else:
                start += 1

    def _hit(self, text: str, start: int, end: int, last: int) -> Hit | None:
        name = text[start:end]
        if name not in self._names:
            return None
        if name in self._standing.weak and not _NUMBER_FOLLOWS.match(text, end):
            if name not in self._standing.spoken:
                return None
            if not (_is_spoken(text, start, end, last) or self._name_at(text, end)):
                return None
        return Hit(start, end, self._names[name])

    def _name_at(self, text: str, start: int) -> bool:
        """Whether another area is named right after: 密云 before 下会."""
        lengths = self._lengths.get(text[start : start + 2], ())
        return any(text[start : start + length] in self._names for length in lengths)

    def _stands_alone(self, hit: Hit, text: str) -> bool:
        """Names of buildings are everyday words; those of estates and areas are not."""
        if any(target.kind is not Kind.BUILDING for target in hit.targets):
            return True
        return bool(_WORD_BEFORE.search(text[: hit.start][-1:]))


def office(text: str, start: int) -> int:
    """Where 社区居委会 and the like end that begin at `start`; `start` if there are none."""
    found = _OFFICE.match(text, start)
    return found.end() if found else start


def _with_office(found: Near, text: str) -> Near:
    return replace(found, end=office(text, found.end))


def _is_spoken(text: str, start: int, end: int, last: int) -> bool:
    """Whether a word of two characters is said as a place: 住在和平, 城东街道和平, 王庄没水."""
    before = text[max(0, start - 4) : start]
    if _OFFICE.match(text, end) or (start == last and start > 0):
        return True
    if not _SAID_BEFORE.search(before):
        return False
    bare = not before or not "\u4e00" <= before[-1] <= "\u9fff"
    return not bare or bool(_LIKE_A_PLACE.search(text[start:end]))


def _apart(hit: Hit, found: Near) -> bool:
    return hit.end <= found.start or found.end <= hit.start


def _is_better(found: Near, hits: list[Hit]) -> bool:
    """Whether a near name says more than the exact ones it would replace."""
    touched = [hit for hit in hits if not _apart(hit, found)]
    inside = all(found.start <= hit.start and hit.end <= found.end for hit in touched)
    earlier = all(found.start < hit.start for hit in touched)
    longer = min((found.end - found.start - (h.end - h.start) for h in touched), default=9)
    fuller = min(map(weight, found.names)) >= 4 or longer >= 2
    likely = found.cost < DOUBLED or (earlier and fuller)
    return not touched or (inside and longer > 0 and likely)


def tidy(text: str) -> str:
    """A text or a registered name in the form in which the two are compared."""
    return _DASH.sub("-", normalise(text).upper())


@lru_cache(maxsize=4096)
def tidy_once(name: str) -> str:
    """A city has few different building names (3号楼) and many buildings."""
    return tidy(name)


def spellings(name: str) -> set[str]:
    """The name as registered, with its numerals as digits, and with its digits as numerals.

    四季花城二期 is also 四季花城2期, and 4季花城2期 for those who write so.
    """
    counted = _COUNTED.sub(_digits, name)
    words = _DIGITS.sub(lambda found: _spell(int(found[0])), name)
    spellings = {name, counted, _NUMERAL.sub(_digits, name), words}
    return {spelling for spelling in spellings if len(spelling) > 1}


def _digits(found: re.Match[str]) -> str:
    return number(found[0]) or found[0]


def short_forms(name: str) -> tuple[str, ...]:
    """What people call 幸福里小区: 幸福里; the first is 和平 (two characters) at the shortest."""
    plain, bare = _PLAIN_ENDING.sub("", name), _ANY_ENDING.sub("", name)
    forms = [plain] if 2 <= len(plain) < len(name) else []
    if 3 <= len(bare) < len(plain):
        forms.append(bare)
    if (whole := _PART.sub("", name)) != name and len(whole) >= 3:
        forms.append(whole)  # 幸福里 may be 幸福里南区
    return tuple(forms)


def weak_forms(name: str) -> tuple[str, ...]:
    """What 铁路宿舍, 翠湖苑 and 幸福里南区 are called before a number: 铁路, 翠湖, 幸福里南."""
    short = _PLAIN_ENDING.sub("", name)
    forms = {_ANY_ENDING.sub("", name), _LAST_SIGN.sub("", short)}
    if _PART.search(name):
        forms = {name[:-1], name[:-1] + "院"}
    return tuple(form for form in forms if 2 <= len(form) < len(name) or form.endswith("院"))


def core(name: str) -> str:
    """多福巷 of 多福巷社区居委会, 辛庄 of 辛庄村村委会, 东华门 of 东华门街道, 江村 of 江村委会."""
    for ending in (_OFFICE_ENDING, _BOARD):
        bare = ending.sub("", name)
        if len(bare) >= 2:
            return bare
    return name


def _spell(value: int) -> str:
    """3 → 三, 12 → 十二, 20 → 二十."""
    tens, ones = divmod(value, 10)
    head = ("" if tens == 1 else "零一二三四五六七八九"[tens]) + "十" if tens else ""
    return head + ("零一二三四五六七八九"[ones] if ones or not tens else "")
