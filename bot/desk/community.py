"""A community as the rules see it: its places, its people, its categories and its rules.

One immutable snapshot, built by `bot.services.community` from the database. Everything that
decides (routing, deadlines, address resolution) takes it as an argument.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.desk.calendar import Calendar
from bot.desk.errors import UnknownThing
from bot.desk.spans import Span
from bot.desk.working_time import Days, WorkingTime


class Role(str, Enum):
    """The posts a person can hold; one person may hold several."""

    GRID_WORKER = "grid_worker"  # 网格员: first to go and look, in one grid
    BUILDING_HEAD = "building_head"  # 楼门长: a resident who looks after one building
    PARTY_MEMBER = "party_member"  # 责任党员: helps people of one or more buildings
    SECRETARY = "secretary"  # 支部书记: leads the community's Party branch
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


class AreaKind(str, Enum):
    """The levels of the tree above a building, widest first."""

    STREET = "street"  # 街道
    COMMUNITY = "community"  # 社区
    GRID = "grid"  # 网格


@dataclass(frozen=True, kw_only=True)
class Category:
    """A leaf of the taxonomy: what a message is about."""

    code: str
    name: str
    urgency: str = "normal"  # normal | urgent | emergency; the default of a report
    gb: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Area:
    """A street, community or grid. `polygon` is a ring of (longitude, latitude), WGS84."""

    code: str
    kind: AreaKind
    name: str
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    polygon: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Building:
    """A building of an estate (小区), e.g. estate 幸福里小区, name 3号楼."""

    code: str
    name: str
    estate: str
    grid: str
    aliases: tuple[str, ...] = ()
    units: int = 1
    floors: int = 1
    latitude: float = 0.0
    longitude: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something is, as exactly as it is known. Codes are those of the register.

    confidence: 0..1, how sure the resolver is of the most exact level it names.
    """

    community: str | None = None
    grid: str | None = None
    estate: str | None = None
    building: str | None = None
    unit: str | None = None
    room: str | None = None
    detail: str = ""
    confidence: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Duty hours: weekday (0 Monday .. 6 Sunday) → periods of local time, end exclusive."""

    code: str
    name: str
    periods: Mapping[int, tuple[tuple[time, time], ...]]


@dataclass(frozen=True, kw_only=True)
class Post:
    """A role somebody holds for an area, an estate or a building (`scope` is its code)."""

    role: Role
    scope: str
    matters: tuple[str, ...] = ()  # patterns such as "utility.*"; empty: every matter


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Leave: from `start` to `end` (aware), end exclusive."""

    start: datetime
    end: datetime
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Staff:
    """A person who works for the community, paid or not."""

    code: str
    name: str
    title: str = ""
    phone: str = ""
    posts: tuple[Post, ...] = ()
    schedule: str = "always"
    deputy: str | None = None
    absences: tuple[Absence, ...] = ()

    def holds(self, role: Role) -> bool:
        return any(post.role is role for post in self.posts)


@dataclass(frozen=True, kw_only=True)
class RoutingRule:
    """Who gets what: the first role of the chain with somebody present; `watch` look on."""

    code: str
    roles: tuple[Role, ...]
    matter: str = "*"
    kind: str = "*"
    urgency: str = "*"
    area: str = "*"
    watch: tuple[Role, ...] = ()


class Stage(str, Enum):
    """What a deadline rule can speak of: how long something may take, or is waited for."""

    ACCEPT = "accept"  # 签收, from when the ticket came to whoever has it
    CONTACT = "contact"  # 联系 the resident, from the opening
    RESOLVE = "resolve"  # 办结, from the opening
    ASSIST = "assist"  # 协办: a co-handler's part, from being asked
    ARRIVE = "arrive"  # 到场, from the whistle (吹哨)
    VERIFY = "verify"  # 核查, from the report that it is done
    REVISIT = "revisit"  # 回访, from the rating
    REPLY_WAIT = "reply_wait"  # how long a resident who has to add something is waited for
    HOLD_REVIEW = "hold_review"  # when a held ticket is looked at again, if nobody says


@dataclass(frozen=True, kw_only=True)
class DeadlineRule:
    """How long a matter may take, stage by stage; of a stage it does not name others decide.

    calendar: whose working time counts; "": the community's first. In force on local days from
    `valid_from` up to and with `valid_until`.
    """

    code: str
    limits: Mapping[Stage, Span]
    matter: str = "*"
    urgency: str = "*"
    calendar: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Community:
    """The whole snapshot; `version` changes with every import."""

    name: str
    version: str
    areas: Mapping[str, Area]
    buildings: Mapping[str, Building]
    staff: Mapping[str, Staff]
    schedules: Mapping[str, Schedule]
    categories: Mapping[str, Category]
    routing: tuple[RoutingRule, ...] = ()
    deadlines: tuple[DeadlineRule, ...] = ()
    working_time: WorkingTime = field(default_factory=WorkingTime)
    statutory: Days = field(default_factory=Days)  # the State Council's days, as far as known
    settings: Mapping[str, str] = field(default_factory=dict)

    def category(self, code: str) -> Category:
        try:
            return self.categories[code]
        except KeyError:
            raise UnknownThing(f"no category {code!r} in {self.name}") from None

    def person(self, code: str) -> Staff:
        try:
            return self.staff[code]
        except KeyError:
            raise UnknownThing(f"no staff member {code!r} in {self.name}") from None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone people here live in."""
        return ZoneInfo(self.settings.get("timezone", "Asia/Shanghai"))

    @cached_property
    def calendars(self) -> Mapping[str, Calendar]:
        """By code, the usual one first."""
        hours = {code: schedule.periods for code, schedule in self.schedules.items()}
        return self.working_time.calendars(hours, self.zone, self.statutory)

    @cached_property
    def reckoned_by(self) -> str:
        """The version of all that deadlines are reckoned by: rules, hours, days off."""
        told = repr((self.deadlines, tuple(self.calendars.values())))
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def chain(self, place: Place) -> tuple[str, ...]:
        """Codes from the most exact to the widest: building, estate, grid, community, street."""
        return tuple(self._climb(place))

    def _climb(self, place: Place) -> Iterator[str]:
        area, estate = place.grid or place.community, place.estate
        if place.building and (building := self.buildings.get(place.building)):
            yield building.code
            area, estate = building.grid, building.estate
        if estate:
            yield estate
        while area and area in self.areas:
            yield area
            area = self.areas[area].parent

    @cached_property
    def streets(self) -> tuple[Area, ...]:
        return tuple(a for a in self.areas.values() if a.kind is AreaKind.STREET)
