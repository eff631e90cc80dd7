"""The places of a community, arranged so that a question costs a look-up and never a scan."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import cos, hypot, isfinite, radians
from typing import Any

from bot.desk.community import Area, AreaKind, Building, Community
from bot.language.address_grammar import building_key
from bot.language.address_names import Kind, NameIndex, Target, short_forms, spellings
from bot.language.normal import normalise

NEAR_METRES = 60.0  # a telephone's position is rarely better than 20 m
_METRES_PER_DEGREE = 111_320.0
_DASH = re.compile(r"(?<=[\dA-Z])\s?[—–−‐_/\\]\s?(?=\d)")
_GRID = re.compile(r"(.*?)第?(\d{1,3}|[一二三四五六七八九十]{1,3})(?:号|片)?网格")
_OLD_NAME = re.compile(r"(.{2,}?)([A-Z甲乙丙丁]?\d{1,3}[A-Z]?(?:号楼|[栋幢座]|#楼?))")


def tidy(text: str) -> str:
    """A text or a registered name in the form in which the two are compared."""
    return _DASH.sub("-", normalise(text).upper())


@dataclass(frozen=True)
class Estate:
    """The buildings under one name, present or old: their codes, also by building key."""

    buildings: list[str] = field(default_factory=list)
    numbers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, code: str, key: str | None) -> None:
        self.buildings.append(code)
        if key and code not in self.numbers[key]:
            self.numbers[key].append(code)


class Register:
    """Built once from a snapshot; all codes are those of the snapshot."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.estates: dict[str, Estate] = defaultdict(Estate)
        self.by_number: dict[str, list[str]] = defaultdict(list)
        self._lineage = {code: self._climb(code) for code in community.areas}
        self._names: dict[str, dict[Target, None]] = defaultdict(dict)
        self._nicknames: dict[str, list[str]] = defaultdict(list)
        for area in community.areas.values():
            for name in _area_names(area):
                self._call(name, Kind.AREA, area.code)
        for building in community.buildings.values():
            self._add(building)
        self._settle_nicknames()
        for estate in self.estates:
            self._call(estate, Kind.ESTATE, estate)
        weak = self._shorten()
        names = {name: tuple(targets) for name, targets in self._names.items()}
        self.names = NameIndex(names, weak=weak)

    def estate_of(self, building: str) -> str:
        return _tidy_once(self.community.buildings[building].estate)

    def areas_of(self, building: str) -> tuple[str, ...]:
        """Grid, community and street of a building, as far as the register has them."""
        return self.lineage(self.community.buildings[building].grid)

    def lineage(self, area: str | None) -> tuple[str, ...]:
        """An area and everything above it."""
        return self._lineage.get(area, ()) if area else ()

    def level(self, areas: Iterable[str], kind: AreaKind) -> str | None:
        return next((code for code in areas if self.community.areas[code].kind is kind), None)

    def has(self, building: str, *, unit: str | None, room: str | None) -> tuple[bool, bool]:
        """Whether the building can have this unit and this room.

        One unit and one floor are what a register says when nobody counted: all is possible.
        """
        found = self.community.buildings[building]
        if found.floors <= 1 and found.units <= 1:
            return True, True
        unit_fits = not unit or not unit.isdecimal() or 1 <= int(unit) <= found.units
        return unit_fits, not room or _on_a_floor(room, floors=found.floors)

    def locate(self, latitude: float, longitude: float) -> tuple[str | None, str | None, float]:
        """(grid or community, building, metres to it) of a point; WGS84 like the register.

        In a grid only that grid's buildings are near: across its border others are responsible.
        """
        if not (isfinite(latitude) and isfinite(longitude)):
            return None, None, 0.0
        area = self._area_at(latitude, longitude)
        near = sorted(self._near(latitude, longitude))
        if area and self.community.areas[area].kind is AreaKind.GRID:
            near = [item for item in near if self.community.buildings[item[1]].grid == area]
        return (area, near[0][1], near[0][0]) if near else (area, None, 0.0)

    def _climb(self, code: str) -> tuple[str, ...]:
        found: list[str] = []
        at: str | None = code
        while at and at in self.community.areas and at not in found:
            found.append(at)
            at = self.community.areas[at].parent
        return tuple(found)

    def _add(self, building: Building) -> None:
        estate = _tidy_once(building.estate)
        name = _tidy_once(building.name).removeprefix(estate)
        key = building_key(name)
        self.estates[estate].add(building.code, key)
        if key:
            self.by_number[key].append(building.code)
        elif len(name) > 1:
            self._call(name, Kind.BUILDING, building.code)
        for alias in map(tidy, building.aliases):
            if other := building_key(alias.removeprefix(estate)):
                self.estates[estate].add(building.code, other)
                self.by_number[other].append(building.code)
            else:
                self._nicknames[alias].append(building.code)

    def _settle_nicknames(self) -> None:
        """机械厂宿舍1号楼 is one building, and 机械厂宿舍 an old estate with its own numbers.

        A nickname without a number that several buildings share is an estate as well.
        """
        for alias, codes in self._nicknames.items():
            old = _OLD_NAME.fullmatch(alias)
            if not old and len(codes) > 1:
                for code in codes:
                    name = _tidy_once(self.community.buildings[code].name)
                    self.estates[alias].add(code, building_key(name))
                continue
            for code in codes:
                self._call(alias, Kind.BUILDING, code)
                if old:
                    self.estates[old[1]].add(code, building_key(old[2]))

    def _call(self, name: str, kind: Kind, code: str) -> None:
        for spelling in spellings(_tidy_once(name)):
            self._names[spelling][Target(kind, code)] = None

    def _shorten(self) -> frozenset[str]:
        """Add 幸福里 for 幸福里小区 where it is no name of its own; estates go before communities.

        Returns the forms of two characters: they count only before a number.
        """
        weak: set[str] = set()
        areas = self.community.areas.values()
        communities = {_tidy_once(a.name): a.code for a in areas if a.kind is AreaKind.COMMUNITY}
        estates = {estate: estate for estate in self.estates}
        for kind, full_names in ((Kind.ESTATE, estates), (Kind.AREA, communities)):
            given = set(self._names)
            for name, code in full_names.items():
                forms = [form for form in short_forms(name) if form not in given]
                for form in forms:
                    self._call(form, kind, code)
                weak.update(form for form in forms if len(form) == 2)
        return frozenset(weak)

    @cached_property
    def _area_tree(self) -> tuple[Any, list[Any], list[str]]:
        from shapely import STRtree
        from shapely.geometry import Polygon
        from shapely.validation import make_valid

        kinds = (AreaKind.GRID, AreaKind.COMMUNITY)
        areas = [a for a in self.community.areas.values() if a.kind in kinds and len(a.polygon) > 2]
        shapes = [make_valid(Polygon(area.polygon)) for area in areas]
        return STRtree(shapes), shapes, [area.code for area in areas]

    def _area_at(self, latitude: float, longitude: float) -> str | None:
        """The most exact area around a point, the smallest where two overlap."""
        from shapely.geometry import Point

        tree, shapes, codes = self._area_tree
        found = tree.query(Point(longitude, latitude), predicate="intersects")
        grids = [at for at in found if self.community.areas[codes[at]].kind is AreaKind.GRID]
        smallest = min(grids or found, key=lambda at: float(shapes[at].area), default=None)
        return None if smallest is None else codes[smallest]

    @cached_property
    def _building_tree(self) -> tuple[Any, list[Building]]:
        from shapely import STRtree, points

        # 0, 0 lies in the Atlantic and means that nobody has measured.
        placed = [b for b in self.community.buildings.values() if b.latitude or b.longitude]
        return STRtree(points([(b.longitude, b.latitude) for b in placed])), placed

    def _near(self, latitude: float, longitude: float) -> Iterator[tuple[float, str]]:
        from shapely.geometry import box

        tree, placed = self._building_tree
        wide = cos(radians(max(-89.0, min(89.0, latitude)))) * _METRES_PER_DEGREE
        x, y = NEAR_METRES / wide, NEAR_METRES / _METRES_PER_DEGREE
        area = box(longitude - x, latitude - y, longitude + x, latitude + y)
        for at in tree.query(area):
            building = placed[at]
            metres = hypot(
                (building.longitude - longitude) * wide,
                (building.latitude - latitude) * _METRES_PER_DEGREE,
            )
            if metres <= NEAR_METRES:
                yield metres, building.code


def _on_a_floor(room: str, *, floors: int) -> bool:
    """501 and 0501 are on floor 5; a number below 100 counts the doors of the whole building."""
    digits = re.sub(r"\D", "", room)
    if floors <= 1 or not digits:
        return True
    floor, door = divmod(int(digits), 100)
    return (
        1 <= floor <= floors and door > 0 if floor or len(digits) > 2 else 1 <= door <= floors * 8
    )


def _area_names(area: Area) -> Iterator[str]:
    """Name and aliases; 第三网格 is also 三号网格 and 3网格, with and without its community."""
    for name in (area.name, *area.aliases):
        yield name
        if area.kind is AreaKind.GRID and (found := _GRID.fullmatch(tidy(name))):
            for head in {found[1], ""}:
                for form in ("第{}网格", "{}号网格", "{}网格"):
                    yield head + form.format(found[2])


@lru_cache(maxsize=4096)
def _tidy_once(name: str) -> str:
    """A city has few different building names (3号楼) and many buildings."""
    return tidy(name)
