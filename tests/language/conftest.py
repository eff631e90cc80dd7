"""A small town with what makes addresses hard: equal numbers, old names, towers and old houses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.desk.community import Area, AreaKind, Building, Community, Place
from bot.language.address import AddressBook

STREET, COMMUNITY, GRID = AreaKind.STREET, AreaKind.COMMUNITY, AreaKind.GRID


def square(longitude: float, latitude: float) -> tuple[tuple[float, float], ...]:
    """A grid's border: 0.002 degrees wide and high (about 200 m), south-west corner given."""
    east, north = longitude + 0.002, latitude + 0.002
    return ((longitude, latitude), (east, latitude), (east, north), (longitude, north))


AREAS = (
    Area(code="cd", kind=STREET, name="城东街道", aliases=("城东",)),
    Area(code="xf", kind=COMMUNITY, name="幸福里社区", parent="cd", aliases=("幸福里居委会",)),
    Area(code="hp", kind=COMMUNITY, name="和平社区", parent="cd"),
    Area(code="xf1", kind=GRID, name="第一网格", parent="xf", polygon=square(116.400, 39.900)),
    Area(code="xf2", kind=GRID, name="第二网格", parent="xf", polygon=square(116.402, 39.900)),
    Area(
        code="hp1", kind=GRID, name="和平社区第一网格", parent="hp", polygon=square(116.4, 39.902)
    ),
    Area(code="hp3", kind=GRID, name="和平社区第三网格", parent="hp"),
)
HOUSE = Building(code="", name="", estate="", grid="", units=3, floors=6)


def estate(name: str, grid: str, prefix: str, numbers: str, **facts: object) -> list[Building]:
    """Buildings `prefix`+number, named 3号楼 each, with the given facts."""
    return [
        replace(HOUSE, code=f"{prefix}{n}", name=f"{n}号楼", estate=name, grid=grid, **facts)  # type: ignore[arg-type]
        for n in numbers.split()
    ]


def house(code: str, name: str, estate: str, grid: str, *aliases: str, **facts: int) -> Building:
    return replace(HOUSE, code=code, name=name, estate=estate, grid=grid, aliases=aliases, **facts)


BUILDINGS = (
    *estate("幸福里小区", "xf1", "x", "1 2 3 4"),
    *estate("幸福里小区", "xf2", "x", "5 6"),
    *estate("阳光花园", "xf2", "y", "1 2 3", units=2, floors=18),
    house("ya", "A座", "阳光花园", "xf2", "写字楼", units=1, floors=32),
    house("yz", "综合楼", "阳光花园", "xf2", units=1, floors=3),
    *estate("四季花城二期", "hp1", "s", "1 8", units=6, floors=32),
    house("h7", "甲7号楼", "和平小区", "hp1"),
    house("h23", "23号楼", "和平小区", "hp1", "机械厂宿舍15号楼", "红楼"),
    house("h24", "24号楼", "和平小区", "hp1", "机械厂宿舍16号楼"),
    house("t", "天桥大厦", "天桥大厦", "hp3", units=1, floors=20),
)
COMMUNITY_OF_TESTS = Community(
    name="城东街道",
    version="1",
    areas={area.code: area for area in AREAS},
    buildings={building.code: building for building in BUILDINGS},
    staff={},
    schedules={},
    categories={},
)


@pytest.fixture(scope="session")
def book() -> AddressBook:
    return AddressBook(COMMUNITY_OF_TESTS)


@pytest.fixture
def home() -> Place:
    """王阿姨 lives in 幸福里小区3号楼2单元501."""
    return Place(building="x3", unit="2", room="501")
