"""The people of a community: their posts, Party branches, duty hours, rosters and leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum

EVERYWHERE = "*"  # the scope of a post that reaches over the whole tree


class Role(str, Enum):
    """The posts a person can hold; one person may hold several."""

    GRID_WORKER = "grid_worker"  # 网格员: first to go and look, in one grid
    BUILDING_HEAD = "building_head"  # 楼门长: a resident who looks after one building
    PARTY_MEMBER = "party_member"  # 责任党员: helps people of one or more buildings
    SECRETARY = "secretary"  # 支部书记: leads a Party branch; told when a level below is empty
    PROPERTY = "property"  # 物业: repairs and services of an estate
    LIAISON = "liaison"  # 部门联络员: the way into a department (police, utilities, housing ...)
    DUTY = "duty"  # 值班: answers the emergency page, day and night
    DESK = "desk"  # 受理台: sorts what no rule could place (triage)
    DISCIPLINE = "discipline"  # 纪检联络员: the only reader of conduct reports
    ADMIN = "admin"  # 管理员: runs the assistant

    @property
    def chinese(self) -> str:
        return _ROLE_NAMES[self]


_ROLE_NAMES = {
    Role.GRID_WORKER: "网格员",
    Role.BUILDING_HEAD: "楼门长",
    Role.PARTY_MEMBER: "责任党员",
    Role.SECRETARY: "支部书记",
    Role.PROPERTY: "物业",
    Role.LIAISON: "部门联络员",
    Role.DUTY: "值班员",
    Role.DESK: "受理台",
    Role.DISCIPLINE: "纪检联络员",
    Role.ADMIN: "管理员",
}


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A Party branch beside the tree: `area` is the code of an area, estate or building."""

    code: str
    name: str
    area: str
    parent: str | None = None


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Duty hours: weekday (0 Monday .. 6 Sunday) → periods of local time, end exclusive."""

    code: str
    name: str
    periods: Mapping[int, tuple[tuple[time, time], ...]]


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A line of a duty roster: who has a role for a scope, on one date or on some weekdays.

    Local time, end exclusive; an end that is not after the start is on the next day.
    """

    role: Role
    scope: str
    staff: str
    start: time
    end: time
    date: date | None = None
    days: tuple[int, ...] = ()  # 0 Monday .. 6 Sunday; used where there is no date
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Post:
    """A role somebody holds for an area, an estate, a building, a branch or everywhere.

    `scope` is its code, for an estate its name.
    """

    role: Role
    scope: str
    matters: tuple[str, ...] = ()  # patterns such as "utility.*"; empty: every matter


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Leave: from `start` to `end` (aware), end exclusive."""

    start: datetime
    end: datetime
    reason: str = ""
    by_hand: bool = False  # entered on the desk, not read from a file: an import leaves it alone


@dataclass(frozen=True, kw_only=True)
class Staff:
    """A person who works for the community, paid or not.

    capacity: how many tickets at once, urgent ones apart; None: as many as come.
    """

    code: str
    name: str
    title: str = ""
    phone: str = ""
    posts: tuple[Post, ...] = ()
    schedule: str = "always"
    deputy: str | None = None
    absences: tuple[Absence, ...] = ()
    capacity: int | None = None
    branch: str | None = None

    def holds(self, role: Role) -> bool:
        return any(post.role is role for post in self.posts)
