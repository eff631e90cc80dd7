"""Checks that the parts of a community fit together: every reference leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fnmatch import fnmatchcase

from bot.desk.community import EVERYWHERE, AreaKind, Community, Role, RoutingRule, Shift
from bot.desk.errors import BadInput, BadRow
from bot.services.community_sources import Row

Lines = Mapping[tuple[str, str], Row]
Problem = tuple[str, str, str]  # noun, key, what is wrong with it

_PARENT = {AreaKind.STREET: None, AreaKind.COMMUNITY: AreaKind.STREET, AreaKind.GRID:
           AreaKind.COMMUNITY}  # fmt: skip
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
_SORTERS = (Role.DESK, Role.ADMIN)


def check(community: Community, lines: Lines) -> None:
    """Raises BadRow for the first reference that leads nowhere; BadInput where no line says it."""
    for noun, key, problem in _problems(community):
        row = lines.get((noun, key))
        raise row.refuse(problem) if row else BadInput(f"{noun} {key}: {problem}")
    for code in _NEEDED:
        if code not in community.categories:
            raise BadRow(file="categories.yml", line=1, reason=f"the category {code} is missing")
    _check_posts(community, lines)


def name_of(shift: Shift) -> str:
    """What tells a line of a roster from the others."""
    return (
        f"{shift.role.value}@{shift.scope} {shift.date or shift.days} {shift.start} {shift.staff}"
    )


def _check_posts(community: Community, lines: Lines) -> None:
    """Conduct reports need a reader, and what nobody has needs somebody who sorts it."""
    for roles in ((Role.DISCIPLINE,), _SORTERS):
        if not any(person.holds(role) for person in community.staff.values() for role in roles):
            problem = f"no staff member holds the role {' or '.join(role.value for role in roles)}"
            first = next((row for (noun, _), row in lines.items() if noun == "staff"), None)
            raise first.refuse(problem) if first else BadInput(f"staff: {problem}")
    _check_everywhere(community)


def _check_everywhere(community: Community) -> None:
    """Where there are several streets, a conduct report without a place needs a reader as well."""
    index = community.index
    if len(index.roots) > 1 and (Role.DISCIPLINE, EVERYWHERE) not in index.holders:
        raise BadInput(
            "staff: with several streets somebody must hold discipline@*, "
            "who reads conduct reports that do not say where"
        )


def _problems(community: Community) -> Iterator[Problem]:
    yield from _area_problems(community)
    yield from _building_problems(community)
    scopes = _scopes(community)
    yield from _branch_problems(community, scopes)
    yield from _staff_problems(community, scopes)
    yield from _roster_problems(community, scopes)
    yield from _rule_problems(community)


def _scopes(community: Community) -> frozenset[str]:
    estates = (building.estate for building in community.buildings.values())
    places = (*community.areas, *community.buildings, *estates)
    return frozenset((*places, *community.branches, EVERYWHERE))


def _area_problems(community: Community) -> Iterator[Problem]:
    for area in community.areas.values():
        wanted = _PARENT[area.kind]
        parent = community.areas.get(area.parent or "")
        if wanted and (parent is None or parent.kind is not wanted):
            yield "areas", area.code, f"parent {area.parent!r} is not a {wanted.value}"


def _building_problems(community: Community) -> Iterator[Problem]:
    for building in community.buildings.values():
        grid = community.areas.get(building.grid)
        if grid is None or grid.kind is not AreaKind.GRID:
            yield "buildings", building.code, f"grid {building.grid!r} is not known"


def _branch_problems(community: Community, scopes: frozenset[str]) -> Iterator[Problem]:
    branches = community.branches
    for branch in branches.values():
        if branch.area in branches or branch.area not in scopes or branch.area == EVERYWHERE:
            yield (
                "branches",
                branch.code,
                f"area {branch.area!r} is no area, estate or building",
            )
        if branch.parent and branch.parent not in branches:
            yield "branches", branch.code, f"parent {branch.parent!r} is no branch"
        above, at = {branch.code}, branch.parent
        while at and at in branches:
            if at in above:
                yield "branches", branch.code, f"parent {branch.parent!r} leads round in a circle"
                break
            above.add(at)
            at = branches[at].parent


def _staff_problems(community: Community, scopes: frozenset[str]) -> Iterator[Problem]:
    for person in community.staff.values():

        def problem(what: str, code: str = person.code) -> Problem:
            return "staff", code, what

        if person.schedule not in community.schedules:
            yield problem(f"schedule {person.schedule!r} is not in duty.yml")
        if person.deputy and person.deputy not in community.staff:
            yield problem(f"deputy {person.deputy!r} is not in staff.csv")
        if person.branch and person.branch not in community.branches:
            yield problem(f"branch {person.branch!r} is not in branches.csv")
        for post in person.posts:
            if post.scope not in scopes:
                yield problem(f"scope {post.scope!r} is no area, estate, building or branch")
            for pattern in post.matters:
                if not _matches(pattern, community):
                    yield problem(f"matter {pattern!r} is not in categories.yml")


def _roster_problems(community: Community, scopes: frozenset[str]) -> Iterator[Problem]:
    for shift in community.rosters:
        person = community.staff.get(shift.staff)
        if person is None:
            yield "rosters", name_of(shift), f"code {shift.staff!r} is not in staff.csv"
        elif shift.role is Role.DISCIPLINE and not person.holds(shift.role):
            problem = f"{person.name} is no discipline contact, and a roster makes nobody one"
            yield "rosters", name_of(shift), problem
        if shift.scope not in scopes:
            problem = f"scope {shift.scope!r} is no area, estate, building or branch"
            yield "rosters", name_of(shift), problem


def _rule_problems(community: Community) -> Iterator[Problem]:
    for pattern in community.working_time.patterns:
        if pattern.hours and pattern.hours not in community.schedules:
            yield "calendar", pattern.code, f"hours {pattern.hours!r} is not in duty.yml"
    earlier: dict[tuple[str, ...], list[RoutingRule]] = {}
    for rule in community.routing:
        if not _matches(rule.matter, community):
            yield "routing", rule.version, f"matter {rule.matter!r} is not in categories.yml"
        if rule.area != "*" and rule.area not in community.areas:
            yield "routing", rule.version, f"area {rule.area!r} is not known"
        alike = earlier.setdefault((rule.matter, rule.kind, rule.urgency, rule.area), [])
        for other in alike:
            if _same_day(rule, other):
                problem = f"fits exactly what {other.version!r} fits, on the same days"
                yield "routing", rule.version, problem
        alike.append(rule)
    for rule_ in community.duplicates:
        if not _matches(rule_.matter, community):
            yield "duplicates", rule_.code, f"matter {rule_.matter!r} is not in categories.yml"
    for limit in community.deadlines:
        if not _matches(limit.matter, community):
            yield "deadlines", limit.code, f"matter {limit.matter!r} is not in categories.yml"
        if limit.calendar and limit.calendar not in community.calendars:
            yield "deadlines", limit.code, f"calendar {limit.calendar!r} is not in calendar.yml"


def _same_day(one: RoutingRule, other: RoutingRule) -> bool:
    """Whether there is a day on which both hold with neither being the newer version."""
    if one.valid_from != other.valid_from:
        return False
    first = one.valid_from or date.min
    return first <= min(one.valid_until or date.max, other.valid_until or date.max)


def _matches(pattern: str, community: Community) -> bool:
    return any(fnmatchcase(code, pattern) for code in community.categories)
