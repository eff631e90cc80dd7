"""A community as the rules see it: its places, its people, its categories and its rules.

One immutable snapshot, built by `bot.services.community` from the database. Everything that
decides (routing, deadlines, address resolution) takes it as an argument.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from bot.desk import ladder
from bot.desk.calendar import Calendar
from bot.desk.duplicate_rules import DuplicateRule
from bot.desk.errors import UnknownThing
from bot.desk.index import Index
from bot.desk.organisation import (
    EVERYWHERE,
    Absence,
    Branch,
    Post,
    Role,
    Schedule,
    Shift,
    Staff,
)
from bot.desk.spans import Span
from bot.desk.working_time import Days, WorkingTime

__all__ = [
    "EVERYWHERE",
    "Absence",
    "Area",
    "AreaKind",
    "Branch",
    "Building",
    "Category",
    "Community",
    "DeadlineRule",
    "Help",
    "Place",
    "Post",
    "Role",
    "RoutingRule",
    "Schedule",
    "Shift",
    "Staff",
    "Stage",
]


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
class Help:
    """A role that lends a hand beside the responsible person (协办)."""

    role: Role
    required: bool = True  # the matter is not done before their part is


@dataclass(frozen=True, kw_only=True)
class RoutingRule:
    """Who gets what: the first role of the chain with somebody present takes it.

    `assist` lend a hand, `watch` look on. The rule holds from `valid_from` to `valid_until`, local
    dates, both included; None: without a limit. Its code and its first day name one version of it.
    """

    code: str
    roles: tuple[Role, ...]
    matter: str = "*"
    kind: str = "*"
    urgency: str = "*"
    area: str = "*"
    watch: tuple[Role, ...] = ()
    assist: tuple[Help, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def version(self) -> str:
        """repairs, or repairs@2027-01-01 where it has a first day."""
        return f"{self.code}@{self.valid_from}" if self.valid_from else self.code

    def holds_on(self, day: date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_until or day)


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
    branches: Mapping[str, Branch] = field(default_factory=dict)
    rosters: tuple[Shift, ...] = ()
    routing: tuple[RoutingRule, ...] = ()
    deadlines: tuple[DeadlineRule, ...] = ()
    duplicates: tuple[DuplicateRule, ...] = ()  # none: those of bot.desk.duplicate_rules
    working_time: WorkingTime = field(default_factory=WorkingTime)
    statutory: Days = field(default_factory=Days)  # the State Council's days, as far as known
    settings: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, Any] = field(default_factory=dict)  # of optional files, by their stem

    def number(self, name: str, default: float) -> float:
        """A setting that counts; the import has checked that it is a number."""
        return float(self.settings.get(name, default))

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
        told = [repr(self.deadlines), *(one.contents for one in self.calendars.values())]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]

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
    def index(self) -> Index:
        """Where to look up who is in charge; built with the first question."""
        return Index(self)

    def name_of(self, code: str) -> str:
        """What people call an area, building, branch or estate."""
        if code == EVERYWHERE:
            return self.name
        if building := self.buildings.get(code):
            return building.estate + building.name
        found = self.areas.get(code) or self.branches.get(code)
        return found.name if found else code

    @cached_property
    def ladder(self) -> ladder.Ladder:
        """Who is told when a deadline comes near and passes."""
        words = self.rules.get("ladder")
        roles = [role.value for role in Role]
        return ladder.read(words, roles) if words is not None else ladder.DEFAULT
