"""Which of several places is meant, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.desk.community import AreaKind, Building, Community, Place
from bot.language.address_register import Register

UNIQUE_IN_ESTATE = 0.95  # the text names the estate, and it has one such building
UNIQUE = 0.92  # no estate named, but no other building has this number
AT_HOME = 0.95  # 我家, and the register knows home
LIKE_HOME = 0.85  # several, one of them where the writer lives
ONLY_FITTING = 0.8  # several, but only one can have such a unit and room
ONE_OF_SEVERAL = 0.5  # at most, shared by all of them
BESIDE_HOME = 0.3  # at most, shared by those that are not like home
GRID_ONLY, COMMUNITY_ONLY = 0.7, 0.6
NO_SUCH_BUILDING = 0.4  # the estate is right, its building is not in the register
IMPOSSIBLE = 0.2  # taken off for a unit or room that the building cannot have
MOST_PLACES = 200  # nobody chooses from more; the confidence still counts them all


class Chooser:
    """Makes places of codes. `home` is where the writer lives, as far as it is known."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._community: Community = register.community

    def decide(self, codes: list[str], inside: Place, *, home: Place, sure: float) -> list[Place]:
        """A place for each building, with unit, room and detail of `inside`, best first.

        `sure` is the confidence of a building that is the only one.
        """
        likely = self._like_home(codes, home)
        fitting = codes
        if 1 < len(codes) <= MOST_PLACES:
            fitting = [code for code in codes if self._fits(code, inside)]
            if not fitting or (likely and likely not in fitting):
                fitting = codes
        if len(fitting) == 1:
            only = sure if len(codes) == 1 else min(sure, ONLY_FITTING)
            return [self.building(fitting[0], inside, only)]
        likely = self._like_home(fitting, home)
        if not likely:
            share = min(ONE_OF_SEVERAL, sure, 1 / len(fitting))
            places = [self.building(code, inside, share) for code in fitting[:MOST_PLACES]]
            return sorted(places, key=lambda place: -place.confidence)
        others = [code for code in fitting[:MOST_PLACES] if code != likely]
        share = min(BESIDE_HOME, 0.5 / len(others))
        first = self.building(likely, inside, min(sure, LIKE_HOME))
        less = [self.building(code, inside, share) for code in others]
        return [first, *sorted(less, key=lambda place: -place.confidence)]

    def weigh(self, places: list[Place], *, home: Place, at_most: float) -> list[Place]:
        """The same for places without a building: several share, home's community goes first."""
        if len(places) < 2:
            return [replace(p, confidence=min(p.confidence, at_most)) for p in places]
        alike = [p for p in places if p.community and p.community == home.community]
        if len(alike) > 1:
            alike = [p for p in alike if p.grid and p.grid == home.grid]
        if len(alike) == 1:
            first = replace(alike[0], confidence=min(alike[0].confidence, at_most))
            others = [p for p in places if p is not alike[0]][:MOST_PLACES]
            return [first, *(replace(p, confidence=BESIDE_HOME / len(places)) for p in others)]
        share = min(ONE_OF_SEVERAL, at_most, 1 / len(places))
        return [replace(p, confidence=round(share, 2)) for p in places[:MOST_PLACES]]

    def building(self, code: str, inside: Place, confidence: float) -> Place:
        """The building; a unit or room it cannot have is left out, and the confidence falls."""
        unit_fits, room_fits = self._register.has(code, unit=inside.unit, room=inside.room)
        areas = self._register.areas_of(code)
        if not (unit_fits and room_fits):
            confidence = max(confidence - IMPOSSIBLE, confidence / 2)
        return Place(
            community=self._register.level(areas, AreaKind.COMMUNITY),
            grid=self._register.level(areas, AreaKind.GRID),
            building=code,
            unit=inside.unit if unit_fits else None,
            room=inside.room if room_fits else None,
            detail=inside.detail,
            confidence=round(confidence, 3),
        )

    def area(self, code: str, words: str = "") -> Place:
        """A grid or community as a place."""
        areas = self._register.lineage(code)
        grid = self._register.level(areas, AreaKind.GRID)
        return Place(
            community=self._register.level(areas, AreaKind.COMMUNITY),
            grid=grid,
            detail=words,
            confidence=GRID_ONLY if grid else COMMUNITY_ONLY,
        )

    def estates(self, codes: list[str], words: str) -> list[Place]:
        """The estates of these buildings, one place for each estate and community.

        A place has no room for an estate, so its name begins the detail.
        """
        grids: dict[tuple[str, str | None], dict[str, None]] = {}
        for code in codes:
            building = self._community.buildings[code]
            areas = self._register.areas_of(code)
            key = building.estate, self._register.level(areas, AreaKind.COMMUNITY)
            grids.setdefault(key, {})[building.grid] = None
        return [
            Place(
                community=community,
                grid=next(iter(within)) if len(within) == 1 else None,
                detail=estate + words,
                confidence=GRID_ONLY if len(within) == 1 else COMMUNITY_ONLY,
            )
            for (estate, community), within in grids.items()
        ]

    def _fits(self, code: str, inside: Place) -> bool:
        return all(self._register.has(code, unit=inside.unit, room=inside.room))

    def _like_home(self, codes: list[str], home: Place) -> str | None:
        """The one building that shares most with home: itself, its estate, grid or community."""
        own = self._community.buildings.get(home.building or "")
        for alike in self._likenesses(own, home):
            found = [code for code in codes if alike(self._community.buildings[code])]
            if len(found) == 1:
                return found[0]
            codes = found or codes
        return None

    def _likenesses(self, own: Building | None, home: Place) -> list[Callable[[Building], bool]]:
        """Tests from the most exact to the widest; without a home building only areas count."""
        tests: list[Callable[[Building], bool]] = []
        if own:
            tests.append(lambda other: other.code == own.code)
            tests.append(lambda other: other.estate == own.estate)
        if home.grid:
            tests.append(lambda other: other.grid == home.grid)
        if home.community:
            tests.append(lambda other: home.community in self._register.lineage(other.grid))
        return tests
