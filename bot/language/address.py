"""From what a resident writes to a place of the register, as exactly as the words allow.

    幸福里小区3号楼2单元501漏水   building, unit and room, confidence 0.95
    三号楼二单元五零一             the same, if home or the register leave no doubt which 3号楼
    我家楼下                      home without its room, detail 楼下
    打了3次电话                   nothing

Names are found first (`address_names`), then numbers (`address_grammar`); both are looked up
(`address_register`) and weighed (`address_choice`). A building that is not in the register is
never invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.desk.community import AreaKind, Community, Place
from bot.language.address_choice import (
    AT_HOME,
    CALLED,
    HINTED_HOME,
    LIKE_HOME,
    NO_SUCH_BUILDING,
    UNIQUE,
    UNIQUE_IN_ESTATE,
    Chooser,
)
from bot.language.address_datum import Datum, to_wgs84
from bot.language.address_grammar import Mention
from bot.language.address_map import NEAR_METRES, CommunityMap
from bot.language.address_names import Kind, spellings
from bot.language.address_reading import Reading, read
from bot.language.address_register import Register

MISHEARD = 0.85  # factor: a name was read by sound
VAGUE = 0.9  # factor: 幸福里3号, 3-501
CONTRADICTED = 0.6  # factor: the text also names an area in which this is not
IN_DOUBT = 0.95  # factor: 幸福里 may also be the community
FOREIGN = 0.4  # the number is known, the estate before it is not
FURTHER = 0.8  # factor: not the first building of the text
_FURTHER_READ = 20  # of those with the number of a further building; home's come first

_UNKNOWN_ESTATE = re.compile(
    "[\u4e00-\u9fff](?<![们本咱我你这那个该的住在是整旧老到进回从和了对给一])"
    "(?:小区|公寓|公馆|新村|[园苑庭郡邸城])的?$"
)
_NEIGHBOUR = re.compile("楼上|楼下|隔壁|对门")
# Said with no other place: below whose flat if not the writer's? But not 隔壁小区, 楼下超市.
_BESIDE_HOME = re.compile(
    "(?<![人大国厂店老])家门[口前外]|(?<![家号栋幢座元])(?:楼上|楼下|隔壁|对门)(?!小区|社区|[村院楼栋幢]|单位|学校|工地|商|超|[饭酒商]?店|公司)"
)


class AddressBook:
    """Resolves words and positions against one snapshot; build it once for each version."""

    def __init__(self, community: Community) -> None:
        self._community = community
        self._register = Register(community)
        self._chooser = Chooser(self._register)
        self._map = CommunityMap(community)

    def resolve(self, text: str, *, home: Place | None = None) -> list[Place]:
        """Places the text may mean, best first; [] if it names none.

        `home` is where the writer lives: it settles what the text leaves open. Where the first
        two are equally sure, ask. A text that names several buildings gives the first of them,
        then the others, less sure.
        """
        reading = read(text, self._register, home)
        for attempt in (self._numbered, self._called, self._at_home, self._estate, self._area):
            if places := attempt(reading):
                return _lowered(places, MISHEARD) if reading.misheard else places
        return []

    def locate(self, latitude: float, longitude: float, datum: Datum = Datum.WGS84) -> Place | None:
        """The grid around a point and the nearest building within 60 m; None if neither.

        `datum` is what the channel's coordinates mean; Chinese map applications say GCJ-02.
        """
        area, building, metres = self._map.locate(*to_wgs84(latitude, longitude, datum))
        if building:
            return self._chooser.building(building, Place(), 0.9 - 0.4 * metres / NEAR_METRES)
        return self._chooser.area(area) if area else None

    def describe(self, place: Place) -> str:
        """幸福里小区3号楼2单元501; without a building, the areas and the words; "" for nothing."""
        building = self._community.buildings.get(place.building or "")
        if building:
            words = [building.estate, building.name.removeprefix(building.estate)]
        else:
            words = list(self._area_words(place))
        words += [f"{place.unit}单元" if place.unit else "", place.room or "", place.detail]
        text = ""
        for word in words:
            text += " " + word if text[-1:].isdigit() and word[:1].isdigit() else word
        return text

    # The attempts, most exact first; each gives [] if the text has nothing for it.

    def _numbered(self, reading: Reading) -> list[Place]:
        """3号楼2单元501. Where the writer lives counts less than what else is named."""
        results: list[list[Place]] = []
        home = reading.home.place
        for mention in sorted(reading.numbered, key=lambda mention: mention.lives):
            codes, total, sure = self._buildings(mention, reading)
            codes = codes[:_FURTHER_READ] if results else codes
            if codes:
                inside = reading.place_in(mention)
                places = self._chooser.decide(codes, inside, home=home, sure=sure, total=total)
                if not results and not _is_clear(places):
                    return places
                results.append(places)
        clear = [places[0] for places in results if _is_clear(places)]
        return [*_several(clear), *results[0][1:]] if results else []

    def _called(self, reading: Reading) -> list[Place]:
        """A building with a name, 综合楼, or with an old one."""
        hit, estates = reading.named(Kind.BUILDING), reading.estates()
        codes = hit.codes(Kind.BUILDING) if hit else []
        inside = [code for code in codes if self._register.estate_of(code) in estates]
        codes, factor = self._within_areas(inside or codes, reading)
        if not codes:
            return []
        clear = inside or reading.inside.unit or reading.inside.room
        sure = factor * (UNIQUE_IN_ESTATE if clear else CALLED)
        return self._chooser.decide(codes, reading.inside, home=reading.home.place, sure=sure)

    def _at_home(self, reading: Reading) -> list[Place]:
        """我家楼下, or a unit or room alone, which can only be meant at home."""
        home, word, inside = reading.home, reading.home_word, reading.inside
        if reading.numbered or set(reading.estates()) - {home.estate}:
            return []
        if home.building and (inside.unit or inside.room):
            if not inside.unit and _NEIGHBOUR.search(reading.text):
                inside = replace(inside, unit=home.place.unit)
            return [self._chooser.building(home.building, inside, LIKE_HOME)]
        if home.building and word in ("flat", "unit", "building"):
            unit = home.place.unit if word != "building" else None
            room = home.place.room if word == "flat" else None
            own = Place(unit=unit, room=room, detail=reading.words)
            return [self._chooser.building(home.building, own, AT_HOME)]
        if home.building and not (word or reading.hits) and _BESIDE_HOME.search(reading.text):
            unit = None if "隔壁单元" in reading.text else home.place.unit
            hinted = Place(unit=unit, detail=reading.words)
            return [self._chooser.building(home.building, hinted, HINTED_HOME)]
        grid = home.place.grid if word != "community" else None
        area = grid or home.place.community
        known = area and word and not (word == "estate" and home.estate)
        return [self._chooser.area(area, reading.words)] if known and area else []

    def _estate(self, reading: Reading) -> list[Place]:
        """幸福里小区南门: the building stays open; so it does if the register does not have it."""
        hit = reading.named(Kind.ESTATE)
        estates = [] if hit and hit.in_doubt else reading.estates()
        every = [code for name in estates for code in self._register.estates[name].buildings]
        codes, factor = self._within_areas(list(dict.fromkeys(every)), reading)
        if len(codes) == 1 and not reading.numbered:
            sure = UNIQUE_IN_ESTATE * factor
            return self._chooser.decide(codes, reading.inside, home=reading.home.place, sure=sure)
        places = self._chooser.estates(codes, reading.literally)
        at_most = NO_SUCH_BUILDING if reading.numbered or factor < 1 else 1.0
        return self._chooser.weigh(places, home=reading.home.place, at_most=at_most)

    def _area(self, reading: Reading) -> list[Place]:
        """第三网格, 幸福社区. A street alone is too wide to be a place."""
        areas = self._community.areas
        named = reading.areas()
        every = list(dict.fromkeys(code for codes in named for code in codes))
        grids = [code for code in every if areas[code].kind is AreaKind.GRID]
        codes = grids or [code for code in every if areas[code].kind is AreaKind.COMMUNITY]
        for wanted in named:
            inside = [c for c in codes if not set(wanted).isdisjoint(self._register.lineage(c))]
            codes = inside or codes
        places = [self._chooser.area(code, reading.literally) for code in codes]
        at_most = NO_SUCH_BUILDING if reading.numbered else 1.0
        return self._chooser.weigh(places, home=reading.home.place, at_most=at_most)

    # What the attempts share.

    def _buildings(self, mention: Mention, reading: Reading) -> tuple[list[str], int, float]:
        """Codes of the buildings with this number, how many there are, how sure the only one is."""
        hit = reading.named(Kind.ESTATE, before=mention.start)
        in_doubt = hit is not None and hit.in_doubt
        vague = VAGUE if mention.vague else 1
        estates = reading.estates(before=mention.start)
        if found := self._in_estates(estates, mention):
            codes, factor = self._within_areas(found, reading)
            factor *= IN_DOUBT if in_doubt else 1
            return codes, len(codes), UNIQUE_IN_ESTATE * factor * vague
        if estates and not in_doubt:
            return [], 0, 0.0
        codes, total = self._anywhere(mention, reading)
        unknown = _UNKNOWN_ESTATE.search(reading.text[: mention.start])
        return codes, total, FOREIGN if unknown else UNIQUE * vague

    def _in_estates(self, estates: list[str], mention: Mention) -> list[str]:
        for key in _keys(mention):
            numbers = [self._register.estates[name].numbers.get(key, []) for name in estates]
            if codes := dict.fromkeys(code for found in numbers for code in found):
                return self._in_zone(mention.zone, [*codes])
        return []

    def _anywhere(self, mention: Mention, reading: Reading) -> tuple[list[str], int]:
        areas = reading.areas()
        near = reading.home.place.community or reading.home.place.grid
        for key in _keys(mention):
            codes, total = self._register.numbered(key, within=areas, first=near)
            if total > len(codes):
                return codes, total
            if codes:
                codes = self._in_zone(mention.zone, codes)
                return codes, len(codes)
        return [], 0

    def _in_zone(self, zone: str, codes: list[str]) -> list[str]:
        """二期3号楼: of all buildings 3 those of 幸福里二期, if there are any."""
        if not zone:
            return codes
        names = {code: spellings(self._register.estate_of(code)) for code in codes}
        return [code for code in codes if any(zone in name for name in names[code])] or codes

    def _within_areas(self, codes: list[str], reading: Reading) -> tuple[list[str], float]:
        """Only those in the areas of the text; the factor falls if one of these has none."""
        factor = 1.0
        for wanted in reading.areas(doubtful=False):
            inside = self._register.within(codes, wanted)
            factor = factor if inside else CONTRADICTED
            codes = inside or codes
        return codes, factor

    def _area_words(self, place: Place) -> Iterator[str]:
        areas = self._community.areas
        community, grid = areas.get(place.community or ""), areas.get(place.grid or "")
        if community and not (grid and not place.estate and grid.name.startswith(community.name)):
            above = areas.get(community.parent or "")
            if above and self._register.is_shared(community.name):
                yield above.name
            yield community.name
        if place.estate:
            yield place.estate
        elif grid:
            yield grid.name


def _keys(mention: Mention) -> Iterator[str]:
    """What the register may call it: A区东3 is A区东3, 东3 or 3; 3甲 is 甲3, which is never 3."""
    number = mention.number or ""
    yield mention.zone + number
    yield number
    yield number.lstrip("东西南北中新老")
    if number[-1:] in tuple("甲乙丙丁"):
        yield number[-1] + number[:-1]


def _is_clear(places: list[Place]) -> bool:
    return len(places) == 1 or places[0].confidence > 2 * places[1].confidence


def _several(places: list[Place]) -> list[Place]:
    """One place for each building, said as exactly as anywhere; the first stays the first."""
    exact: dict[str | None, Place] = {}
    for place in places:
        best = exact.setdefault(place.building, place)
        if not (best.unit or best.room):
            exact[place.building] = place
    first, *others = exact.values()
    return [first, *_lowered(others, FURTHER)]


def _lowered(places: list[Place], factor: float) -> list[Place]:
    return [replace(place, confidence=round(place.confidence * factor, 3)) for place in places]
