"""All communities of Beijing as one register: the right one of 7,535 is found in what people write.

The names are read from a folder beside the project (LINLI_GIS, else ../shared/data/gis) and are
no part of it. The variants are made by a fixed seed from fixed frames, so that every run measures
the same; a failure says which kind of variant fell.
"""

from __future__ import annotations

import csv
import os
import random
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.desk.community import Area, AreaKind, Community
from bot.language.address import AddressBook
from bot.language.pinyin import readings

GIS = Path(os.environ.get("LINLI_GIS") or Path(__file__).parents[2] / "../shared/data/gis")
pytestmark = pytest.mark.skipif(
    not (GIS / "beijing_communities.csv").is_file(),
    reason="needs Beijing's community names, beijing_communities.csv in the folder LINLI_GIS",
)
SEED = 20261123
PER_KIND = 400
AT_MOST = 8  # buttons: a question with more is no answer
_CODES = (
    "110101 东城区 110102 西城区 110105 朝阳区 110106 丰台区 110107 石景山区 "
    "110108 海淀区 110109 门头沟区 110111 房山区 110112 通州区 110113 顺义区 "
    "110114 昌平区 110115 大兴区 110116 怀柔区 110117 平谷区 110118 密云区 "
    "110119 延庆区"
)
DISTRICTS = dict(zip(_CODES.split()[::2], _CODES.split()[1::2], strict=True))
_SUFFIX = re.compile("(?:社区|村)?(?:居民委员会|居委会|村民委员会|村委会)$|(?:社区|村)$")
SUFFIXES = {True: ("村", "村委会"), False: ("社区", "居委会", "社区居委会")}  # by is_village
FRAMES = (
    "我住{}，楼道灯坏了",
    "{}垃圾三天没人收了",
    "您好，我是{}的居民，想反映停水的事",
    "{}门口有人乱停车",
    "请问{}的电话是多少",
    "我们这里是{}，晚上施工太吵",
    "在{}，井盖丢了",
    "麻烦问一下，{}什么时候通暖气",
)


@dataclass(frozen=True)
class Said:
    kind: str
    text: str
    meant: frozenset[str]  # every community that fits what was said
    slip: bool = False


class City:
    """The register, and for every name and area which communities fit."""

    def __init__(self) -> None:
        self.streets = {row["code"]: row for row in _rows("beijing_streets.csv")}
        self.rows = [row for row in _rows("beijing_communities.csv") if _is_named(row["name"])]
        self.by_name: dict[str, set[str]] = defaultdict(set)
        self.villages: set[str] = set()
        for row in self.rows:
            self.by_name[bare(row["name"])].add(row["code"])
            self.villages |= {row["code"]} if is_village(row["name"]) else set()
        self.book = AddressBook(self._community())

    def like(self, name: str, within: str, said: str = "") -> frozenset[str]:
        """The communities of this name whose code begins as that of the area does.

        Who says 村 means a village, who says 社区 means none; where only the bare name is said,
        both fit.
        """
        found = {code for code in self.by_name[name] if code.startswith(within)}
        if said.startswith("村"):
            found &= self.villages
        elif said:
            found -= self.villages
        return frozenset(found)

    def _community(self) -> Community:
        areas = [Area(code=c, kind=AreaKind.STREET, name=n) for c, n in DISTRICTS.items()]
        areas += [
            Area(code=c, kind=AreaKind.STREET, name=row["name"], parent=row["areaCode"])
            for c, row in self.streets.items()
        ]
        areas += [
            Area(
                code=row["code"],
                kind=AreaKind.COMMUNITY,
                name=row["name"],
                parent=row["streetCode"],
            )
            for row in self.rows
        ]
        return Community(
            name="北京市",
            version="1",
            areas={area.code: area for area in areas},
            buildings={},
            staff={},
            schedules={},
            categories={},
        )


def bare(name: str) -> str:
    """多福巷 of 多福巷社区居委会, 江村 of 江村村委会."""
    found = _SUFFIX.sub("", name)
    return found if len(found) >= 2 else re.sub("(?:居委会|村委会)$", "", name)


def is_village(name: str) -> bool:
    return "村" in name[len(bare(name)) :]


def _rows(name: str) -> list[dict[str, str]]:
    with (GIS / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _is_named(name: str) -> bool:
    """Development zones and "virtual communities" are no place a resident would name."""
    return bool(_SUFFIX.search(name)) and "虚拟" not in name


@pytest.fixture(scope="module")
def city() -> City:
    return City()


def variants(city: City) -> Iterator[Said]:
    """PER_KIND utterances of each kind; the name, the frame and the slip by a fixed seed."""
    dice = random.Random(SEED)
    for kind in ("full", "bare", "office", "street", "district", "homophone", "typo"):
        for row in dice.sample(city.rows, PER_KIND):
            yield _said(city, kind, row, dice)


def _said(city: City, kind: str, row: dict[str, str], dice: random.Random) -> Said:
    name, frame = bare(row["name"]), dice.choice(FRAMES)
    suffix = dice.choice(SUFFIXES[is_village(row["name"])])
    often = dice.choice(("", suffix))
    if kind == "full":
        return Said(kind, frame.format(row["name"]), city.like(name, "", suffix))
    if kind in ("bare", "office"):
        suffix = suffix if kind == "office" else ""
        return Said(kind, frame.format(name + suffix), city.like(name, "", suffix))
    street = city.streets[row["streetCode"]]["name"]
    district = DISTRICTS[row["areaCode"]]
    if kind == "street":
        meant = city.like(name, row["streetCode"], often)
        return Said(kind, frame.format(street + name + often), meant)
    if kind == "district":
        said = dice.choice((district, district[:-1])) + name + often
        return Said(kind, frame.format(said), city.like(name, row["areaCode"], often))
    slipped = homophone(name, dice) if kind == "homophone" else typo(name, dice)
    # Of a name of two characters half is wrong: nobody could tell without its street.
    where = street if len(name) < 3 else dice.choice(("", street))
    within = row["streetCode"] if where else ""
    said = where + slipped + (suffix if len(name) < 3 else often)
    return Said(kind, frame.format(said), city.like(name, within), slip=True)


def homophone(name: str, dice: random.Random) -> str:
    """One character written as a common one of the same syllable."""
    places = [at for at, sign in enumerate(name) if _alike(sign)]
    if not places:
        return name
    at = dice.choice(places)
    return name[:at] + dice.choice(_alike(name[at])) + name[at + 1 :]


def typo(name: str, dice: random.Random) -> str:
    """Two characters changed over, one left out, one doubled or one of another sound."""
    at = dice.randrange(len(name))
    kinds = ("other", "doubled") if len(name) < 3 else ("other", "doubled", "left out", "changed")
    kind = dice.choice(kinds)
    if kind == "changed":
        at = min(at, len(name) - 2)
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    if kind == "left out":
        return name[:at] + name[at + 1 :]
    if kind == "doubled":
        return name[: at + 1] + name[at:]
    return name[:at] + dice.choice(COMMON) + name[at + 1 :]


# Level one of GB 2312 is the 3,755 characters in common use, in the order of their pinyin.
COMMON = [
    bytes((high, low)).decode("gb2312")
    for high in range(0xB0, 0xD8)
    for low in range(0xA1, 0xFF)
    if (high, low) <= (0xD7, 0xF9)
]
_BY_SYLLABLE: dict[str, list[str]] = defaultdict(list)


def _alike(sign: str) -> list[str]:
    if not _BY_SYLLABLE:
        for common in COMMON:
            _BY_SYLLABLE[readings(common)[0]].append(common)
    spoken = readings(sign)
    return [other for other in _BY_SYLLABLE.get(spoken[0] if spoken else "", ()) if other != sign]


def is_right(city: City, said: Said) -> bool:
    """The community is the first, or stands among few that are equally sure.

    Where several fit what was said, all are offered; after a slip one of them is enough.
    """
    places = city.book.resolve(said.text)
    best = [p for p in places if p.confidence == places[0].confidence]
    codes = {place.community for place in best}
    if said.slip:
        return bool(codes & said.meant) and (
            len(codes) <= AT_MOST or best[0].community in said.meant
        )
    return said.meant <= codes and len(codes) <= max(AT_MOST, len(said.meant))


def measured(city: City) -> tuple[dict[str, float], list[Said], list[float]]:
    """(share right by kind, what went wrong, seconds of each answer)."""
    right: dict[str, list[bool]] = defaultdict(list)
    wrong, spent = list[Said](), list[float]()
    for said in variants(city):
        start = time.thread_time()
        fine = is_right(city, said)
        spent.append(time.thread_time() - start)
        right[said.kind].append(fine)
        wrong += [] if fine else [said]
    return {kind: sum(found) / len(found) for kind, found in right.items()}, wrong, spent


Figures = tuple[dict[str, float], list[Said], list[float]]


@pytest.fixture(scope="module")
def figures(city: City) -> Figures:
    return measured(city)


def test_the_right_community_of_a_city_is_found(figures: Figures) -> None:
    shares, wrong, _ = figures
    share = sum(shares.values()) / len(shares)
    assert share >= 0.95, f"{share:.3f} {shares}, e.g. {[said.text for said in wrong[:20]]}"


def test_a_city_of_communities_answers_in_milliseconds(figures: Figures) -> None:
    spent = sorted(figures[2])
    assert spent[len(spent) // 2] < 0.005
    assert spent[int(len(spent) * 0.95)] < 0.02  # 5 ms, and room for a busy machine


if __name__ == "__main__":
    found, mistaken, times = measured(City())
    print({kind: round(share, 3) for kind, share in found.items()})
    print("all", round(sum(found.values()) / len(found), 4))
    ordered = sorted(times)
    print("ms p50", round(1000 * ordered[len(ordered) // 2], 2), end=" ")
    print("p95", round(1000 * ordered[int(len(ordered) * 0.95)], 2))
    for one in mistaken:
        print(one.kind, one.text, sorted(one.meant)[:3])
