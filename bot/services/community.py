"""The community in the database: loaded from files, read back as a snapshot."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.desk.community import (
    Absence,
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
from bot.desk.errors import UnknownThing
from bot.services import deadline_json, statutory_days
from bot.services.community_files import Imported
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
    for area in sorted(community.areas.values(), key=lambda area: _LEVELS[area.kind]):
        session.merge(_area_row(area))
        session.flush()  # a child names its parent, so parents go first
    for building in community.buildings.values():
        session.merge(BuildingRow(**_plain(building)))
    for category in community.categories.values():
        session.merge(CategoryRow(**_plain(category)))
    for person in community.staff.values():
        session.merge(_staff_row(person))
    _remove_the_gone(session, community)
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
    """Changes with every import; None before the first."""
    return session.execute(select(CommunityRow.version)).scalar_one_or_none()


def load(session: Session) -> Community:
    """The snapshot the rules work on; raises UnknownThing before the first import."""
    row = session.get(CommunityRow, 1)
    if row is None:
        raise UnknownThing("no community is loaded yet: run `linli community import DIR`")
    return Community(
        name=row.name,
        version=row.version,
        areas={a.code: _area(a) for a in session.scalars(select(AreaRow))},
        buildings={b.code: _building(b) for b in session.scalars(select(BuildingRow))},
        staff={
            s.code: _staff(s)
            for s in session.scalars(select(StaffRow).where(StaffRow.active.is_(True)))
        },
        schedules={item["code"]: _schedule(item) for item in row.schedules},
        categories={c.code: _category(c) for c in session.scalars(select(CategoryRow))},
        routing=tuple(_routing(item) for item in row.routing),
        deadlines=tuple(deadline_json.rule_from(item) for item in row.deadlines),
        working_time=deadline_json.working_time_from(row.rules.get("calendar")),
        statutory=statutory_days.china(),
        settings=row.settings,
    )


def place_from(values: dict[str, Any] | None) -> Place:
    """A Place from its JSON form (`asdict`), tolerating rows of other versions."""
    known = {name: (values or {}).get(name) for name in Place.__dataclass_fields__}
    return Place(**{name: value for name, value in known.items() if value is not None})


_LEVELS = {AreaKind.STREET: 0, AreaKind.COMMUNITY: 1, AreaKind.GRID: 2}


def _community_row(community: Community) -> CommunityRow:
    return CommunityRow(
        id=1,
        name=community.name,
        version=community.version,
        settings=dict(community.settings),
        schedules=[_schedule_json(schedule) for schedule in community.schedules.values()],
        routing=[_plain(rule) for rule in community.routing],
        deadlines=[deadline_json.rule_json(rule) for rule in community.deadlines],
        rules={"calendar": deadline_json.working_time_json(community.working_time)},
    )


def _area_row(area: Area) -> AreaRow:
    polygon = [list(point) for point in area.polygon]
    return AreaRow(**{**_plain(area), "kind": area.kind.value, "polygon": polygon})


def _staff_row(person: Staff) -> StaffRow:
    absences = [
        {"start": a.start.isoformat(), "end": a.end.isoformat(), "reason": a.reason}
        for a in person.absences
    ]
    posts = [_plain(post) for post in person.posts]
    return StaffRow(**{**_plain(person), "posts": posts, "absences": absences, "active": True})


def _remove_the_gone(session: Session, community: Community) -> None:
    session.flush()
    for row in session.scalars(select(StaffRow).where(StaffRow.code.not_in(community.staff))):
        row.active = False
    gone = delete(BuildingRow).where(BuildingRow.code.not_in(community.buildings))
    session.execute(gone.execution_options(synchronize_session=False))
    gone = delete(CategoryRow).where(CategoryRow.code.not_in(community.categories))
    session.execute(gone.execution_options(synchronize_session=False))
    for kind in reversed(AreaKind):  # children before parents
        gone = delete(AreaRow).where(
            AreaRow.code.not_in(community.areas), AreaRow.kind == kind.value
        )
        session.execute(gone.execution_options(synchronize_session=False))


def _save_residents(session: Session, imported: Imported, now: datetime) -> None:
    for known in imported.residents:
        row = session.scalars(select(ResidentRow).where(ResidentRow.code == known.code)).first()
        if row is None:
            row = ResidentRow(code=known.code, created_at=now)
            session.add(row)
        row.name = known.name
        row.home = asdict(known.home) if known.home else None


def _plain(record: Any) -> dict[str, Any]:
    """A record as JSON-ready values: enums by value, tuples as lists."""
    return {name: _plain_value(value) for name, value in asdict(record).items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_plain_value(item) for item in value]
    return value.value if isinstance(value, (Role, AreaKind)) else value


def _area(row: AreaRow) -> Area:
    return Area(
        code=row.code,
        kind=AreaKind(row.kind),
        name=row.name,
        parent=row.parent,
        aliases=tuple(row.aliases),
        polygon=tuple((lon, lat) for lon, lat in row.polygon),
    )


def _building(row: BuildingRow) -> Building:
    values = {name: getattr(row, name) for name in Building.__dataclass_fields__}
    return Building(**{**values, "aliases": tuple(row.aliases)})


def _category(row: CategoryRow) -> Category:
    return Category(
        code=row.code,
        name=row.name,
        urgency=row.urgency,
        gb=tuple(row.gb),
        note=row.note,
    )


def _staff(row: StaffRow) -> Staff:
    return Staff(
        code=row.code,
        name=row.name,
        title=row.title,
        phone=row.phone,
        posts=tuple(
            Post(role=Role(p["role"]), scope=p["scope"], matters=tuple(p["matters"]))
            for p in row.posts
        ),
        schedule=row.schedule,
        deputy=row.deputy,
        absences=tuple(
            Absence(
                start=datetime.fromisoformat(a["start"]),
                end=datetime.fromisoformat(a["end"]),
                reason=a["reason"],
            )
            for a in row.absences
        ),
    )


def _routing(item: dict[str, Any]) -> RoutingRule:
    roles, watch = ([Role(name) for name in item[part]] for part in ("roles", "watch"))
    return RoutingRule(**{**item, "roles": tuple(roles), "watch": tuple(watch)})


def _schedule_json(schedule: Schedule) -> dict[str, Any]:
    periods = {
        str(day): [[start.isoformat(), end.isoformat()] for start, end in spans]
        for day, spans in schedule.periods.items()
    }
    return {"code": schedule.code, "name": schedule.name, "periods": periods}


def _schedule(item: dict[str, Any]) -> Schedule:
    periods = {
        int(day): tuple(
            (time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans
        )
        for day, spans in item["periods"].items()
    }
    return Schedule(code=item["code"], name=item["name"], periods=periods)
