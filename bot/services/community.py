"""The community in the database: an import is saved, and read back as a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk.community import (
    Area,
    AreaKind,
    Building,
    Category,
    Community,
    Place,
    Staff,
)
from bot.desk.errors import UnknownThing
from bot.services import community_json as as_json
from bot.services import community_tables, deadline_json, statutory_days
from bot.services.community_files import Imported
from bot.store.base import Base, table
from bot.store.tables import (
    AreaRow,
    BuildingRow,
    CategoryRow,
    CommunityRow,
    ResidentRow,
    StaffRow,
)


@dataclass(frozen=True, kw_only=True)
class Count:
    """What an import holds."""

    areas: int
    buildings: int
    staff: int
    categories: int
    rules: int
    residents: int


def save(session: Session, imported: Imported, *, now: datetime) -> Count:
    """Make the database hold exactly `imported`; loading the same again changes nothing.

    People who are gone stay as inactive rows, because tickets name them.
    """
    community = imported.community
    session.merge(_community_row(community))
    session.flush()
    people = {p.code: {**as_json.plain(p), "active": True} for p in community.staff.values()}
    gone = community_tables.put(session, StaffRow, people)
    community_tables.set_for(session, StaffRow, gone, active=False)
    _save_places(session, community)
    gone = community_tables.put(session, CategoryRow, _plain(community.categories))
    community_tables.remove(session, CategoryRow, gone)
    _save_residents(session, imported, now)
    return Count(
        areas=len(community.areas),
        buildings=len(community.buildings),
        staff=len(community.staff),
        categories=len(community.categories),
        rules=len(community.routing) + len(community.deadlines),
        residents=len(imported.residents),
    )


def version(session: Session) -> str | None:
    """Changes with every import of something else; None before the first."""
    return session.execute(select(CommunityRow.version)).scalar_one_or_none()


def load(session: Session) -> Community:
    """The snapshot the rules work on; raises UnknownThing before the first import."""
    row = session.get(CommunityRow, 1)
    if row is None:
        raise UnknownThing("no community is loaded yet: run `linli community import DIR`")
    people = select(table(StaffRow)).where(StaffRow.active.is_(True))
    return Community(
        name=row.name,
        version=row.version,
        areas=_keyed(_area(values) for values in _rows(session, AreaRow)),
        buildings=_keyed(_building(values) for values in _rows(session, BuildingRow)),
        staff=_keyed(_staff(v) for v in session.connection().execute(people).mappings()),
        schedules=_keyed(as_json.schedule(item) for item in row.schedules),
        categories=_keyed(_category(values) for values in _rows(session, CategoryRow)),
        branches=_keyed(as_json.branch(item) for item in row.branches),
        rosters=tuple(as_json.shift(item) for item in row.rosters),
        routing=tuple(as_json.routing(item) for item in row.routing),
        deadlines=tuple(deadline_json.rule_from(item) for item in row.deadlines),
        duplicates=tuple(as_json.duplicate(item) for item in row.rules.get(_DUPLICATES, ())),
        working_time=deadline_json.working_time_from(row.rules.get(_CALENDAR)),
        statutory=statutory_days.china(),
        settings=row.settings,
        rules={
            stem: rule for stem, rule in row.rules.items() if stem not in (_CALENDAR, _DUPLICATES)
        },
    )


def place_from(values: dict[str, Any] | None) -> Place:
    """A Place from its JSON form (`asdict`), tolerating rows of other versions."""
    known = {name: (values or {}).get(name) for name in Place.__dataclass_fields__}
    return Place(**{name: value for name, value in known.items() if value is not None})


_CALENDAR, _DUPLICATES = "calendar", "duplicates"  # kept beside the rules that go by their file
_LEVELS = (AreaKind.STREET, AreaKind.COMMUNITY, AreaKind.GRID)


def _community_row(community: Community) -> CommunityRow:
    return CommunityRow(
        id=1,
        name=community.name,
        version=community.version,
        settings=dict(community.settings),
        schedules=[as_json.plain(schedule) for schedule in community.schedules.values()],
        routing=[as_json.plain(rule) for rule in community.routing],
        deadlines=[deadline_json.rule_json(rule) for rule in community.deadlines],
        branches=[as_json.plain(branch) for branch in community.branches.values()],
        rosters=[as_json.plain(shift) for shift in community.rosters],
        rules={
            **community.rules,
            _CALENDAR: deadline_json.working_time_json(community.working_time),
            _DUPLICATES: [as_json.plain(rule) for rule in community.duplicates],
        },
    )


def _save_places(session: Session, community: Community) -> None:
    """A child names its parent: parents come first and go last."""
    areas = community.areas.values()
    in_order = {a.code: a for kind in _LEVELS for a in areas if a.kind is kind}
    gone = set(community_tables.put(session, AreaRow, _plain(in_order)))
    buildings = community_tables.put(session, BuildingRow, _plain(community.buildings))
    community_tables.remove(session, BuildingRow, buildings)
    for kind in reversed(_LEVELS):
        of_kind = session.scalars(select(AreaRow.code).where(AreaRow.kind == kind.value))
        community_tables.remove(session, AreaRow, gone & set(of_kind))


def _plain(records: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {code: as_json.plain(record) for code, record in records.items()}


def _rows(session: Session, row: type[Base]) -> Any:
    # Past the session's objects: a city has tens of thousands of rows.
    return session.connection().execute(select(table(row))).mappings()


def _keyed(records: Any) -> dict[str, Any]:
    return {record.code: record for record in records}


def _save_residents(session: Session, imported: Imported, now: datetime) -> None:
    for known in imported.residents:
        row = session.scalars(select(ResidentRow).where(ResidentRow.code == known.code)).first()
        if row is None:
            row = ResidentRow(code=known.code, created_at=now)
            session.add(row)
        row.name = known.name
        row.home = asdict(known.home) if known.home else None


def _area(values: Any) -> Area:
    return Area(
        code=values["code"],
        kind=AreaKind(values["kind"]),
        name=values["name"],
        parent=values["parent"],
        aliases=tuple(values["aliases"]),
        polygon=tuple((lon, lat) for lon, lat in values["polygon"]),
    )


def _building(values: Any) -> Building:
    return Building(**{**values, "aliases": tuple(values["aliases"])})


def _category(values: Any) -> Category:
    return Category(**{**values, "gb": tuple(values["gb"])})


def _staff(values: Any) -> Staff:
    known = {name: values[name] for name in Staff.__dataclass_fields__}
    return Staff(
        **{
            **known,
            "posts": tuple(as_json.post(item) for item in values["posts"]),
            "absences": tuple(as_json.absence(item) for item in values["absences"]),
        }
    )
