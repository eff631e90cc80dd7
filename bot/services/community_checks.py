"""Checks that the parts of a community fit together: every reference leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from bot.desk.community import AreaKind, Community, Role
from bot.desk.errors import BadRow

if TYPE_CHECKING:
    from bot.services.community_files import Row

Lines = Mapping[tuple[str, str], "Row"]

_PARENT = {AreaKind.STREET: None, AreaKind.COMMUNITY: AreaKind.STREET, AreaKind.GRID:
           AreaKind.COMMUNITY}  # fmt: skip


def check(community: Community, lines: Lines) -> None:
    """Raises BadRow for the first reference that leads nowhere."""
    for kind, code, problem in _problems(community):
        raise lines[kind, code].refuse(problem)
    for code in _NEEDED:
        if code not in community.categories:
            raise BadRow(file="categories.yml", line=1, reason=f"the category {code} is missing")
    if not any(person.holds(Role.DISCIPLINE) for person in community.staff.values()):
        first = next(row for (kind, _), row in lines.items() if kind == "staff")
        raise first.refuse("no staff member holds the role discipline")


# What the program itself files tickets under: emergencies, conduct, and what nobody understood.
_NEEDED = (
    "other",
    "admin.conduct",
    "safety.fire",
    "safety.gas",
    "safety.trapped",
    "safety.medical",
    "safety.hazard",
    "safety.crime",
)


def _problems(community: Community) -> Iterator[tuple[str, str, str]]:
    yield from _area_problems(community)
    yield from _building_problems(community)
    yield from _staff_problems(community)
    yield from _rule_problems(community)


def _area_problems(community: Community) -> Iterator[tuple[str, str, str]]:
    for area in community.areas.values():
        wanted = _PARENT[area.kind]
        parent = community.areas.get(area.parent or "")
        if wanted and (parent is None or parent.kind is not wanted):
            yield "areas", area.code, f"parent {area.parent!r} is not a {wanted.value}"


def _building_problems(community: Community) -> Iterator[tuple[str, str, str]]:
    for building in community.buildings.values():
        grid = community.areas.get(building.grid)
        if grid is None or grid.kind is not AreaKind.GRID:
            yield "buildings", building.code, f"grid {building.grid!r} is not known"


def _staff_problems(community: Community) -> Iterator[tuple[str, str, str]]:
    estates = {building.estate for building in community.buildings.values()}
    scopes = {*community.areas, *community.buildings, *estates}
    for person in community.staff.values():
        if person.schedule not in community.schedules:
            yield (
                "staff",
                person.code,
                f"schedule {person.schedule!r} is not in duty.yml",
            )
        if person.deputy and person.deputy not in community.staff:
            yield "staff", person.code, f"deputy {person.deputy!r} is not in staff.csv"
        for post in person.posts:
            if post.scope not in scopes:
                yield (
                    "staff",
                    person.code,
                    f"scope {post.scope!r} is no area, estate or building",
                )
            for pattern in post.matters:
                if not _matches(pattern, community):
                    yield (
                        "staff",
                        person.code,
                        f"matter {pattern!r} is not in categories.yml",
                    )


def _rule_problems(community: Community) -> Iterator[tuple[str, str, str]]:
    for rule in community.routing:
        if not _matches(rule.matter, community):
            yield (
                "routing",
                rule.code,
                f"matter {rule.matter!r} is not in categories.yml",
            )
        if rule.area != "*" and rule.area not in community.areas:
            yield "routing", rule.code, f"area {rule.area!r} is not known"
    for limit in community.deadlines:
        if not _matches(limit.matter, community):
            yield (
                "deadlines",
                limit.code,
                f"matter {limit.matter!r} is not in categories.yml",
            )
        if limit.calendar and limit.calendar not in community.calendars:
            yield "deadlines", limit.code, f"calendar {limit.calendar!r} is not in calendar.yml"


def _matches(pattern: str, community: Community) -> bool:
    return any(fnmatchcase(code, pattern) for code in community.categories)
