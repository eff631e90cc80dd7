"""A whole city for measuring: its real streets and communities, with invented people and houses."""

from __future__ import annotations

import csv
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from bot.desk.community import (
    EVERYWHERE,
    Absence,
    Area,
    AreaKind,
    Branch,
    Building,
    Community,
    Post,
    Role,
    RoutingRule,
    Schedule,
    Staff,
)
from bot.desk.errors import BadInput

STREETS, COMMUNITIES = "beijing_streets.csv", "beijing_communities.csv"
BORDERS = "beijing_subdistricts_343.geojson"
_HOUSES = 3  # buildings of a community
_OF_A_STREET = (  # posts of each street; departments share the matters among them
    Role.DESK, Role.DESK, Role.DUTY, Role.DUTY, Role.DISCIPLINE, Role.ADMIN, Role.SECRETARY,
)  # fmt: skip
_DEPARTMENTS = (
    ("order.*", "safety.*"), ("utility.*", "traffic.*"), ("welfare.*",),
    ("property.*", "neighbour.*"), ("environment.*",), ("admin.*", "participation.*"),
)  # fmt: skip
_OF_A_COMMUNITY = (Role.GRID_WORKER, Role.PROPERTY, Role.SECRETARY, Role.PARTY_MEMBER)
_ON_LEAVE = 0.05
_CAPACITY = 12  # of half of the grid workers and property staff


def build(folder: Path, like: Community, *, people: int, now: datetime, seed: int = 1) -> Community:
    """The city in `folder` with so many people; rules, hours and matters as in `like`.

    Every twentieth person is on leave at `now`. Raises BadInput where a file is missing.
    """
    dice = random.Random(seed)  # noqa: S311
    streets, communities = _rows(folder / STREETS), _rows(folder / COMMUNITIES)
    areas = {area.code: area for area in _areas(streets, communities, _borders(folder / BORDERS))}
    buildings = {house.code: house for house in _buildings(communities)}
    staff = _staff(areas, people, like.schedules, dice, now)
    return replace(
        like,
        name="北京市",
        version="bench",
        areas=areas,
        buildings=buildings,
        staff={person.code: person for person in staff},
        branches={branch.code: branch for branch in _branches(areas.values())},
        rosters=(),
        routing=(*like.routing, *_own_rules(streets)),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise BadInput(f"{path.name}: {error.strerror}; expected {STREETS}, {COMMUNITIES} and "
                       f"{BORDERS} in the folder of --data") from None  # fmt: skip


def _borders(path: Path) -> dict[str, tuple[tuple[float, float], ...]]:
    """The outer ring of each street, by the code of the street."""
    try:
        features = json.loads(path.read_text("utf-8"))["features"]
    except OSError as error:
        raise BadInput(f"{path.name}: {error.strerror}") from None
    return {str(f["properties"]["code"])[:9]: _ring(f["geometry"]) for f in features}


def _ring(geometry: Mapping[str, Any]) -> tuple[tuple[float, float], ...]:
    rings = geometry["coordinates"]
    while rings and isinstance(rings[0][0], list):  # of several parts and holes, the first ring
        rings = rings[0]
    return tuple((float(point[0]), float(point[1])) for point in rings)


def _areas(
    streets: Sequence[Mapping[str, str]],
    communities: Sequence[Mapping[str, str]],
    borders: Mapping[str, tuple[tuple[float, float], ...]],
) -> Iterator[Area]:
    for row in streets:
        code = row["code"]
        yield Area(code=code, kind=AreaKind.STREET, name=row["name"], polygon=borders.get(code, ()))
    for row in communities:
        code, name = row["code"], row["name"].removesuffix("居委会")
        yield Area(code=code, kind=AreaKind.COMMUNITY, name=name, parent=row["streetCode"])
        yield Area(code=f"g{code}", kind=AreaKind.GRID, name=f"{name}第一网格", parent=code)


def _buildings(communities: Sequence[Mapping[str, str]]) -> Iterator[Building]:
    for row in communities:
        code, estate = (
            row["code"],
            f"{row['name'].removesuffix('社区居委会')}{row['code'][-3:]}小区",
        )
        for number in range(1, _HOUSES + 1):
            house = f"{code}-{number}"
            yield Building(code=house, name=f"{number}号楼", estate=estate, grid=f"g{code}")


def _branches(areas: Iterable[Area]) -> Iterator[Branch]:
    for area in areas:
        if area.kind is not AreaKind.GRID:
            code, name = f"b{area.code}", f"{area.name}党组织"
            parent = f"b{area.parent}" if area.parent else None
            yield Branch(code=code, name=name, area=area.code, parent=parent)


def _staff(
    areas: Mapping[str, Area],
    people: int,
    schedules: Mapping[str, Schedule],
    dice: random.Random,
    now: datetime,
) -> list[Staff]:
    leave = Absence(start=now - timedelta(days=1), end=now + timedelta(days=5), reason="年休假")
    by_street: dict[str, list[Staff]] = defaultdict(list)
    for number, (street, post) in enumerate(islice(_posts(areas), people)):
        fellows = by_street[street]
        limited = post.role in (Role.GRID_WORKER, Role.PROPERTY) and dice.random() < 0.5
        person = Staff(
            code=f"p{number}",
            name=f"第{number}号",
            phone="",
            posts=(post,),
            schedule="always" if post.role is Role.DUTY else dice.choice(sorted(schedules)),
            deputy=dice.choice(fellows).code if fellows else None,
            absences=(leave,) if dice.random() < _ON_LEAVE else (),
            capacity=_CAPACITY if limited else None,
            branch=f"b{street}",
        )
        fellows.append(person)
    return [person for fellows in by_street.values() for person in fellows]


def _posts(areas: Mapping[str, Area]) -> Iterator[tuple[str, Post]]:
    """Street and post of one person after another: streets first, then round the communities."""
    streets = [area.code for area in areas.values() if area.kind is AreaKind.STREET]
    for role in (Role.DESK, Role.DESK, Role.DISCIPLINE, Role.ADMIN):
        yield streets[0], Post(role=role, scope=EVERYWHERE)
    for street in streets:
        for role in _OF_A_STREET:
            yield street, Post(role=role, scope=street)
        for matters in _DEPARTMENTS:
            yield street, Post(role=Role.LIAISON, scope=street, matters=matters)
    communities = [area for area in areas.values() if area.kind is AreaKind.COMMUNITY]
    for role in cycle(_OF_A_COMMUNITY):
        for area in communities:
            scope = f"g{area.code}" if role is Role.GRID_WORKER else area.code
            yield str(area.parent), Post(role=role, scope=scope)


def _own_rules(streets: Sequence[Mapping[str, str]]) -> Iterator[RoutingRule]:
    """Every street has a rule of its own, as streets do."""
    for row in streets:
        yield RoutingRule(
            code=f"own-{row['code']}",
            matter="environment.garbage",
            area=row["code"],
            roles=(Role.LIAISON, Role.GRID_WORKER, Role.DESK),
            watch=(Role.SECRETARY,),
        )
