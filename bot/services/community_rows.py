"""One function per kind of row: from the words of a file to a record of the desk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time
from typing import TYPE_CHECKING, Any, TypeVar

from bot.desk import kinds
from bot.desk.community import (
    Area,
    AreaKind,
    Building,
    Category,
    Community,
    Place,
    Post,
    Role,
    RoutingRule,
    Schedule,
    Staff,
)

if TYPE_CHECKING:
    from bot.services.community_files import Row

E = TypeVar("E", AreaKind, Role)

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_URGENCIES = ("normal", "urgent", "emergency")
_POST = re.compile(r"(?P<role>[a-z_]+)@(?P<scope>[^\[\]@]+)(\[(?P<matters>[^\]]+)\])?")


def area(row: Row) -> Area:
    ring = row.values.get("polygon") or ()
    try:
        ring = [(float(p[0]), float(p[1])) for p in ring]
    except (TypeError, ValueError, IndexError):
        raise row.refuse("polygon: expected pairs of numbers, [longitude, latitude]") from None
    return Area(
        code=row.text("code"),
        kind=_member(row, "kind", row.text("kind"), AreaKind),
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
    )


def schedule(row: Row) -> Schedule:
    periods: dict[int, tuple[tuple[time, time], ...]] = {}
    for period in row.values.get("periods") or ():
        span = _clock(row, period.get("from")), _clock(row, period.get("to"))
        for day in period.get("days") or ():
            if day not in _DAYS:
                raise row.refuse(f"day is {day!r}, expected one of {', '.join(_DAYS)}")
            weekday = _DAYS.index(day)
            periods[weekday] = tuple(sorted((*periods.get(weekday, ()), span)))
    return Schedule(code=row.text("code"), name=row.text("name"), periods=periods)


def category(row: Row) -> Category:
    urgency = row.text("urgency", "normal")
    if urgency not in _URGENCIES:
        raise row.refuse(f"urgency is {urgency!r}, expected one of {', '.join(_URGENCIES)}")
    return Category(
        code=row.text("code"),
        name=row.text("name"),
        urgency=urgency,
        gb=row.words("gb"),
        note=row.text("note", ""),
    )


def routing(row: Row) -> RoutingRule:
    roles = tuple(_member(row, "roles", name, Role) for name in row.words("roles"))
    if not roles:
        raise row.refuse("roles is empty, expected at least one role")
    return RoutingRule(
        code=row.text("code"),
        roles=roles,
        watch=tuple(_member(row, "watch", name, Role) for name in row.words("watch")),
        matter=row.text("matter", "*"),
        kind=_choice(row, "kind", ("*", *kinds.OF_INTENT.values())),
        urgency=_choice(row, "urgency", ("*", *_URGENCIES)),
        area=row.text("area", "*"),
    )


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
        role=_member(row, "posts", match["role"], Role),
        scope=match["scope"].strip(),
        matters=tuple((match["matters"] or "").split("|")) if match["matters"] else (),
    )


def _member(row: Row, name: str, value: str, kind: type[E]) -> E:
    try:
        return kind(value)
    except ValueError:
        choices = ", ".join(member.value for member in kind)
        raise row.refuse(f"{name}: {value!r} is not one of {choices}") from None


def _choice(row: Row, name: str, choices: Sequence[str]) -> str:
    value = row.text(name, "*")
    if value not in choices:
        raise row.refuse(f"{name} is {value!r}, expected one of {', '.join(choices)}")
    return value


def _clock(row: Row, value: Any) -> time:
    text = "00:00" if value == "24:00" else str(value)
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise row.refuse(f'{value!r} is not a time such as "08:30"') from None
