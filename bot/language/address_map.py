"""Which grid a point lies in and which building is near it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import cos, hypot, isfinite, radians
from typing import Any

from bot.desk.community import AreaKind, Building, Community

NEAR_METRES = 60.0  # a telephone's position is rarely better than 20 m
_METRES_PER_DEGREE = 111_320.0


class CommunityMap:
    """Built on the first question: most processes never ask where a point lies."""

    def __init__(self, community: Community) -> None:
        self.community = community

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
        return STRtree(points([b.longitude for b in placed], [b.latitude for b in placed])), placed

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
