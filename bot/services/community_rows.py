"""One function per kind of row: from the words of a file to a record of the desk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot.desk.community import (
    Absence,
    Area,
    AreaKind,
    Branch,
    Building,
    Category,
    Community,
    Help,
    Place,
    Post,
    Role,
    RoutingRule,
    Schedule,
    Shift,
    Staff,
)
from bot.desk.duplicate_rules import DuplicateRule, Near
from bot.services.community_names import (
    ANY_URGENCY,
    AREA_KINDS,
    DAYS,
    KINDS,
    NEAR,
    ROLES,
    URGENCIES,
)
from bot.services.community_sources import Row

E = TypeVar("E", AreaKind, Role)

_DAYS = tuple(DAYS.values())
_POST = re.compile(r"(?P<role>[^\[\]@]+)@(?P<scope>[^\[\]@]+)(\[(?P<matters>[^\]]+)\])?")


def area(row: Row) -> Area:
    ring = row.values.get("polygon") or ()
    try:
        ring = [(float(p[0]), float(p[1])) for p in ring]
    except (TypeError, ValueError, IndexError):
        raise row.refuse("polygon: expected pairs of numbers, [longitude, latitude]") from None
    return Area(
        code=row.text("code"),
        kind=_member(row, "kind", row.text("kind"), AreaKind, AREA_KINDS),
        name=row.text("name"),
        parent=row.text("parent", "") or None,
        aliases=row.words("aliases"),
        polygon=tuple(ring),
    )


def building(row: Row) -> Building:
    return Building(
        code=row.text("code"),
        name=row.text("name"),
        estate=row.text("estate"),
        grid=row.text("grid"),
        aliases=row.words("aliases"),
        units=int(row.number("units", low=1, high=99)),
        floors=int(row.number("floors", low=1, high=200)),
        longitude=row.number("longitude", low=-180, high=180),
        latitude=row.number("latitude", low=-90, high=90),
    )


def staff(row: Row) -> Staff:
    return Staff(
        code=row.text("code"),
        name=row.text("name"),
        title=row.text("title", ""),
        phone=row.text("phone", ""),
        posts=tuple(_post(row, words) for words in row.words("posts")),
        schedule=row.text("schedule", "always"),
        deputy=row.text("deputy", "") or None,
        capacity=_capacity(row),
        branch=row.text("branch", "") or None,
    )


def branch(row: Row) -> Branch:
    return Branch(
        code=row.text("code"),
        name=row.text("name"),
        area=row.text("area"),
        parent=row.text("parent", "") or None,
    )


def absence(row: Row, zone: ZoneInfo) -> tuple[str, Absence]:
    """Whose leave, and from when to when; a date alone is the whole day."""
    start, end = row.moment("from", zone), row.moment("to", zone, end_of_day=True)
    if end <= start:
        raise row.refuse(f"{row.title('to')} is before {row.title('from')}")
    return row.text("code"), Absence(start=start, end=end, reason=row.text("reason", ""))


def shift(row: Row) -> Shift:
    day, days = row.day("date"), _weekdays(row, row.words("days"))
    if (day is None) is (not days):
        raise row.refuse(f"expected either {row.title('date')} or {row.title('days')}")
    return Shift(
        role=_member(row, "role", row.text("role"), Role, ROLES),
        scope=row.text("scope"),
        staff=row.text("code"),
        start=row.clock("from"),
        end=row.clock("to"),
        date=day,
        days=days,
        name=row.text("shift", ""),
    )


def schedule(row: Row) -> Schedule:
    periods: dict[int, tuple[tuple[time, time], ...]] = {}
    for period in _periods(row):
        span = period.clock("from"), period.clock("to")
        for day in _weekdays(period, period.words("days")):
            periods[day] = tuple(sorted((*periods.get(day, ()), span)))
    return Schedule(code=row.text("code"), name=row.text("name"), periods=periods)


def category(row: Row) -> Category:
    return Category(
        code=row.text("code"),
        name=row.text("name"),
        urgency=row.choice("urgency", URGENCIES, "normal"),
        gb=row.words("gb"),
        note=row.text("note", ""),
    )


def routing(row: Row) -> RoutingRule:
    roles = tuple(_roles(row, "roles"))
    if not roles:
        raise row.refuse(f"{row.title('roles')} is empty, expected at least one role")
    rule = RoutingRule(
        code=row.text("code"),
        roles=roles,
        watch=tuple(_roles(row, "watch")),
        assist=tuple(_help(row, words) for words in row.words("assist")),
        matter=row.text("matter", "*"),
        kind=row.choice("kind", {"*": "*", **KINDS}, "*"),
        urgency=row.choice("urgency", ANY_URGENCY, "*"),
        area=row.text("area", "*"),
        valid_from=row.day("valid_from"),
        valid_until=row.day("valid_until"),
    )
    if rule.valid_from and rule.valid_until and rule.valid_until < rule.valid_from:
        raise row.refuse(f"{row.title('valid_until')} is before {row.title('valid_from')}")
    return rule


def duplicate(row: Row) -> DuplicateRule:
    usual = DuplicateRule(code="")
    given = {
        name: row.number(name, low=0, high=high)
        for name, high in (("hours", 24 * 366), ("alike", 1))
        if row.text(name, "")
    }
    near = Near(row.choice("near", NEAR, usual.near.value))
    return replace(usual, code=row.text("code"), matter=row.text("matter", "*"), near=near, **given)


def resident(row: Row, community: Community) -> dict[str, Any]:
    code = row.text("home_building", "")
    home = None
    if code:
        if code not in community.buildings:
            raise row.refuse(f"home_building {code!r} is not in buildings.csv")
        house = community.buildings[code]
        grid = community.areas.get(house.grid)
        home = Place(
            community=grid.parent if grid else None,
            grid=house.grid,
            estate=house.estate,
            building=code,
            unit=row.text("home_unit", "") or None,
            room=row.text("home_room", "") or None,
            confidence=1.0,
        )
    return {"code": row.text("code"), "name": row.text("name"), "home": home}


def _post(row: Row, words: str) -> Post:
    match = _POST.fullmatch(words)
    if not match:
        raise row.refuse(f"post {words!r}: expected role@scope or role@scope[matter.*|…]")
    return Post(
        role=_member(row, "posts", match["role"].strip(), Role, ROLES),
        scope=match["scope"].strip(),
        matters=tuple((match["matters"] or "").split("|")) if match["matters"] else (),
    )


def _roles(row: Row, name: str) -> Iterator[Role]:
    return (_member(row, name, words, Role, ROLES) for words in row.words(name))


def _help(row: Row, words: str) -> Help:
    """property, or property? where it is welcome but not needed."""
    role = words.rstrip("?？")
    return Help(role=_member(row, "assist", role, Role, ROLES), required=role == words)


def _capacity(row: Row) -> int | None:
    if not row.text("capacity", ""):
        return None
    number = row.number("capacity", low=0, high=9999)
    if number != int(number):
        raise row.wrong("capacity", row.text("capacity"), "a whole number")
    return int(number)


def _periods(row: Row) -> Iterator[Row]:
    for period in row.values.get("periods") or ():
        yield period if isinstance(period, Row) else Row(row.file, row.line, period)


def _weekdays(row: Row, days: tuple[str, ...]) -> tuple[int, ...]:
    known = [DAYS.get(day, day) for day in days]
    for day in known:
        if day not in _DAYS:
            choices = ", ".join(_DAYS)
            raise row.refuse(f"day is {day!r}, expected one of {choices}")
    return tuple(sorted({_DAYS.index(day) for day in known}))


def _member(row: Row, name: str, value: str, kind: type[E], chinese: Mapping[str, str]) -> E:
    try:
        return kind(chinese.get(value, value))
    except ValueError:
        choices = ", ".join(f"{code} ({word})" for word, code in chinese.items())
        raise row.refuse(f"{row.title(name)}: {value!r} is not one of {choices}") from None
