"""The places of a community, arranged so that a question costs a look-up and never a scan."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice

from bot.desk.community import Area, AreaKind, Building, Community
from bot.language.address_cores import Cores
from bot.language.address_grammar import building_key
from bot.language.address_names import (
    Kind,
    NameIndex,
    Standing,
    Target,
    core,
    short_forms,
    spellings,
    tidy,
    tidy_once,
    weak_forms,
)
from bot.language.numerals import to_digits

MOST_PLACES = 100  # nobody chooses from more
_GRID = re.compile(r"(.*?)第?(\d{1,3}|[一二三四五六七八九十]{1,3})(?:号|片)?网格")
_COMMUNITY = ("社区", "居委会", "社区居委会", "居民委员会", "社区居民委员会")
_VILLAGE = ("村", "村委会", "村村委会", "村民委员会", "村村民委员会")
_OLD_NAME = re.compile(r"(.{2,}?)([A-Z甲乙丙丁]?\d{1,3}[A-Z]?(?:号楼|[栋幢座]|#楼?))")


@dataclass(frozen=True)
class Estate:
    """The buildings under one name, present or old: their codes, also by building key."""

    buildings: list[str] = field(default_factory=list)
    numbers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, code: str, key: str | None) -> None:
        _append(self.buildings, code)
        if key:
            _append(self.numbers[key], code)


class Register:
    """Built once from a snapshot; all codes are those of the snapshot."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.estates: dict[str, Estate] = defaultdict(Estate)
        self._by_number: dict[str, dict[str, list[str]]] = defaultdict(dict)  # by key and grid
        self._lineage = {code: self._climb(code) for code in community.areas}
        self._levels = {
            code: (self._level(lineage, AreaKind.COMMUNITY), self._level(lineage, AreaKind.GRID))
            for code, lineage in self._lineage.items()
        }
        self._below: dict[str, set[str]] = defaultdict(set)
        for below, lineage in self._lineage.items():
            for above in lineage:
                self._below[above].add(below)
        self._grids = {code: found.grid for code, found in community.buildings.items()}
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
        settling = frozenset(self._names) - self._nicknamed()
        weak = self._shorten()
        spoken = frozenset(name for name in weak if self._has_area(name))
        names = {name: tuple(targets) for name, targets in self._names.items()}
        self.names = NameIndex(names, Standing(weak=weak, spoken=spoken, settling=settling))
        self.cores = Cores(community.areas, self._lineage)

    def estate_of(self, building: str) -> str:
        return tidy_once(self.community.buildings[building].estate)

    def areas_of(self, building: str) -> tuple[str, ...]:
        """Grid, community and street of a building, as far as the register has them."""
        return self.lineage(self._grids[building])

    def lineage(self, area: str | None) -> tuple[str, ...]:
        """An area and everything above it."""
        return self._lineage.get(area, ()) if area else ()

    def numbered(
        self, key: str, *, within: Iterable[Iterable[str]], first: str | None
    ) -> tuple[list[str], int]:
        """Up to MOST_PLACES buildings with this key, those in the area `first` first, and how
        many there are; each of `within` is a choice of areas to lie in."""
        grids = self._by_number.get(key, {})
        for areas in within:
            wanted = self._grids_in(areas)
            grids = {grid: codes for grid, codes in grids.items() if grid in wanted}
        near = self._grids_in([first] if first else [])
        order = sorted(grids, key=lambda grid: grid not in near) if near else grids
        codes = islice(chain.from_iterable(grids[grid] for grid in order), MOST_PLACES)
        return list(codes), sum(map(len, grids.values()))

    def within(self, codes: Iterable[str], areas: Iterable[str]) -> list[str]:
        """Those of the buildings that lie in one of the areas."""
        wanted = self._grids_in(areas)
        return [code for code in codes if self._grids[code] in wanted]

    def levels(self, area: str | None) -> tuple[str | None, str | None]:
        """The community and the grid that an area is or lies in."""
        return self._levels.get(area, (None, None)) if area else (None, None)

    def is_shared(self, community: str) -> bool:
        """Whether several communities have this name: 辛庄村 is told apart by its town."""
        return len(self.names.targets(tidy_once(community))) > 1

    def has(self, building: str, *, unit: str | None, room: str | None) -> tuple[bool, bool]:
        """Whether the building can have this unit and this room.

        One unit and one floor are what a register says when nobody counted: all is possible.
        """
        found = self.community.buildings[building]
        if found.floors <= 1 and found.units <= 1:
            return True, True
        unit_fits = not unit or not unit.isdecimal() or 1 <= int(unit) <= found.units
        return unit_fits, not room or _on_a_floor(room, floors=found.floors)

    def _level(self, lineage: Iterable[str], kind: AreaKind) -> str | None:
        return next((code for code in lineage if self.community.areas[code].kind is kind), None)

    def _grids_in(self, areas: Iterable[str]) -> set[str]:
        return set().union(*(self._below.get(area, ()) for area in areas))

    def _number(self, key: str, building: Building) -> None:
        _append(self._by_number[key].setdefault(building.grid, []), building.code)

    def _climb(self, code: str) -> tuple[str, ...]:
        found: list[str] = []
        at: str | None = code
        while at and at in self.community.areas and at not in found:
            found.append(at)
            at = self.community.areas[at].parent
        return tuple(found)

    def _add(self, building: Building) -> None:
        estate = tidy_once(building.estate)
        name = tidy_once(building.name).removeprefix(estate)
        key = _key_once(name)
        self.estates[estate].add(building.code, key)
        if key:
            self._number(key, building)
        elif len(name) > 1:
            self._call(name, Kind.BUILDING, building.code)
        for alias in map(tidy_once, building.aliases):
            if other := _key_once(alias.removeprefix(estate)):
                self.estates[estate].add(building.code, other)
                self._number(other, building)
            else:
                self._nicknames[alias].append(building.code)

    def _settle_nicknames(self) -> None:
        """机械厂宿舍1号楼 is one building, and 机械厂宿舍 an old estate with its own numbers.

        A nickname without a number that several buildings share is an estate as well.
        """
        for alias, codes in self._nicknames.items():
            old = _OLD_NAME.fullmatch(to_digits(alias))
            if not old and len(codes) > 1:
                for code in codes:
                    name = tidy_once(self.community.buildings[code].name)
                    self.estates[alias].add(code, _key_once(name))
                continue
            for code in codes:
                self._call(alias, Kind.BUILDING, code)
                if old:
                    self.estates[old[1]].add(code, building_key(old[2]))

    def _call(self, name: str, kind: Kind, code: str) -> None:
        for spelling in spellings(tidy_once(name)):
            self._names[spelling][Target(kind, code)] = None

    def _nicknamed(self) -> set[str]:
        """Names that leave room for a better one: streets, buildings, 幸福里 of an alias."""
        wide = AreaKind.STREET
        return {
            name
            for name, targets in self._names.items()
            if all(
                target.kind is Kind.BUILDING
                or (
                    target.kind is Kind.AREA
                    and (self.community.areas[target.code].kind is wide or core(name) == name)
                )
                for target in targets
            )
        }

    def _shorten(self) -> frozenset[str]:
        """Add 幸福里 for 幸福里小区 where it is no name of its own; estates go before communities.

        Returns the names that count only before a number: those of two characters, and areas
        (和安 of 和安街道 also stands in 噪音和安全).
        """
        weak = {name for name in self._names if len(name) == 2 and self._only_area(name)}
        areas = [area for area in self.community.areas.values() if area.kind is not AreaKind.GRID]
        taken = {name for name in self._names if not self._only_area(name)}
        forms = [(f, Kind.ESTATE, name) for name in self.estates for f in short_forms(name)]
        shortened = {form for form, _, _ in forms} | taken
        forms = [item for item in forms if item[0] not in taken]
        for area in areas:
            bare = core(tidy_once(area.name))
            if bare not in shortened:
                forms.append((bare, Kind.AREA, area.code))
        for form, kind, code in forms:
            self._call(form, kind, code)
            weak.update([form] if len(form) == 2 else [])
        return frozenset(weak | self._weaken(taken | {form for form, _, _ in forms}))

    def _weaken(self, taken: set[str]) -> set[str]:
        """Add 铁路 for 铁路宿舍, and 工会楼 for 老工会楼, which is a good name of its own."""
        weak = {(form, name) for name in self.estates for form in weak_forms(name)}
        weak = {(form, name) for form, name in weak if form not in taken}
        for form, name in sorted(weak):
            self._call(form, Kind.ESTATE, name)
        for alias, codes in self._nicknames.items():
            short = alias[1:]
            if alias[:1] in ("老", "旧", "原") and len(short) >= 3 and short not in self._names:
                for code in codes:
                    self._call(short, Kind.BUILDING, code)
        return {form for form, _ in weak}

    def _only_area(self, name: str) -> bool:
        return all(target.kind is Kind.AREA for target in self._names[name])

    def _has_area(self, name: str) -> bool:
        return any(target.kind is Kind.AREA for target in self._names[name])


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
    """Name and aliases; 第三网格 is also 三号网格 and 3网格, with and without its community.

    A community is called by its office too: 多福巷居委会, 辛庄村委会, 辛庄村.
    """
    for name in (area.name, *area.aliases):
        yield name
        if area.kind is AreaKind.GRID and (found := _GRID.fullmatch(tidy(name))):
            for head in {found[1], ""}:
                for form in ("第{}网格", "{}号网格", "{}网格"):
                    yield head + form.format(found[2])
    if area.kind is AreaKind.COMMUNITY:
        bare = core(tidy_once(area.name))
        village = "村" in area.name[len(bare) :]
        for ending in _VILLAGE if village else _COMMUNITY:
            yield bare + ending


@lru_cache(maxsize=4096)
def _key_once(name: str) -> str | None:
    return building_key(to_digits(name))


def _append(codes: list[str], code: str) -> None:
    """Buildings come one after the other, so that a second time can only be the last time."""
    if not codes or codes[-1] != code:
        codes.append(code)
