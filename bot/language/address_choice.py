"""Which of several places is meant, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.desk.community import Community, Place
from bot.language.address_names import tidy
from bot.language.address_register import MOST_PLACES, Register

UNIQUE_IN_ESTATE = 0.95  # the text names the estate, and it has one such building
UNIQUE = 0.92  # no estate named, but no other building has this number
AT_HOME = 0.95  # 我家, and the register knows home
CALLED = 0.9  # a name such as 小白楼, and nothing else
LIKE_HOME = 0.85  # several, one of them where the writer lives
HINTED_HOME = 0.6  # 楼下 with no other place, and the register knows home
ONLY_FITTING = 0.8  # several, but only one can have such a unit and room
ONE_OF_SEVERAL = 0.5  # at most, shared by all of them
BESIDE_HOME = 0.3  # at most, shared by those that are not like home
GRID_ONLY, COMMUNITY_ONLY = 0.7, 0.6
NO_SUCH_BUILDING = 0.4  # the estate is right, its building is not in the register
IMPOSSIBLE = 0.2  # taken off for a unit or room that the building cannot have


class Chooser:
    """Makes places of codes. `home` is where the writer lives, as far as it is known."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._community: Community = register.community

    def decide(
        self, codes: list[str], inside: Place, *, home: Place, sure: float, total: int = 0
    ) -> list[Place]:
        """A place for each building, with unit, room and detail of `inside`, best first.

        `sure` is the confidence of a building that is the only one; `total` counts all of which
        `codes` are the first.
        """
        likely = self._like_home(codes, home)
        fitting = [code for code in codes if self._fits(code, inside)]
        if not fitting or (likely and likely not in fitting) or total > len(codes):
            fitting = codes
        if len(fitting) == 1:
            only = sure if len(codes) == 1 else min(sure, ONLY_FITTING)
            return [self.building(fitting[0], inside, only)]
        total = max(total, len(fitting))
        likely = likely or self._like_home(fitting, home)
        share = min(BESIDE_HOME, 0.5 / (total - 1)) if likely else min(ONE_OF_SEVERAL, 1 / total)
        places = [self.building(c, inside, min(sure, share)) for c in fitting if c != likely]
        places.sort(key=lambda place: -place.confidence)
        return [self.building(likely, inside, min(sure, LIKE_HOME)), *places] if likely else places

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
        found = self._community.buildings[code]
        unit_fits, room_fits = self._register.has(code, unit=inside.unit, room=inside.room)
        community, grid = self._register.levels(found.grid)
        if not (unit_fits and room_fits):
            confidence = max(confidence - IMPOSSIBLE, confidence / 2)
        return Place(
            community=community,
            grid=grid,
            estate=found.estate,
            building=code,
            unit=inside.unit if unit_fits else None,
            room=inside.room if room_fits else None,
            detail=inside.detail,
            confidence=max(0.001, round(confidence, 3)),
        )

    def area(self, code: str, words: str = "") -> Place:
        """A grid or community as a place."""
        community, grid = self._register.levels(code)
        sure = GRID_ONLY if grid else COMMUNITY_ONLY
        return Place(community=community, grid=grid, detail=words, confidence=sure)

    def estates(self, codes: list[str], words: str) -> list[Place]:
        """The estates of these buildings, one place for each estate and community."""
        grids: dict[tuple[str, str | None], dict[str, None]] = {}
        for code in codes:
            building = self._community.buildings[code]
            key = building.estate, self._register.levels(building.grid)[0]
            grids.setdefault(key, {})[building.grid] = None
        return [
            Place(
                community=community,
                grid=next(iter(within)) if len(within) == 1 else None,
                estate=estate,
                detail=words,
                confidence=GRID_ONLY if len(within) == 1 else COMMUNITY_ONLY,
            )
            for (estate, community), within in grids.items()
        ]

    def _fits(self, code: str, inside: Place) -> bool:
        return all(self._register.has(code, unit=inside.unit, room=inside.room))

    def _like_home(self, codes: list[str], home: Place) -> str | None:
        """The one building that shares most with home: itself, its estate, grid or community."""
        for found in self._like(codes, home):
            if len(found) == 1:
                return found[0]
        return None

    def _like(self, codes: list[str], home: Place) -> Iterator[list[str]]:
        """The buildings that are alike, from the most exact level to the widest."""
        if home.estate and (estate := self._register.estates.get(tidy(home.estate))):
            own = set(estate.buildings)
            codes = [code for code in codes if code in own] or codes
            yield [home.building] if home.building in codes else codes
        for area in (home.grid, home.community):
            if area:
                codes = self._register.within(codes, [area]) or codes
                yield codes
