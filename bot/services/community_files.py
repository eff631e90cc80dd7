"""Reads the files of a community (YAML, CSV, GeoJSON, Excel) into one checked snapshot.

Nothing is half read: the first bad row stops the import with its file, line and reason.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.desk import closure, ladder, rate_rules, reasons
from bot.desk.community import (
    Absence,
    Area,
    AreaKind,
    Community,
    DeadlineRule,
    Place,
    Role,
    Schedule,
    Staff,
)
from bot.desk.errors import BadInput
from bot.desk.working_time import WorkingTime
from bot.services import (
    community_checks,
    community_deadlines,
    community_json,
    community_rows,
    community_sources,
    statutory_days,
)
from bot.services.community_names import NOUNS
from bot.services.community_sources import Row, Source, items
from bot.services.community_yaml import LINE

T = TypeVar("T")
Sources = Mapping[str, Source]
Lines = dict[tuple[str, str], Row]

FILES = tuple(noun.file for noun in NOUNS.values() if noun.required)


@dataclass(frozen=True, kw_only=True)
class Resident:
    """A resident known beforehand, such as those of the demo."""

    code: str
    name: str
    home: Place | None


@dataclass(frozen=True, kw_only=True)
class Imported:
    community: Community
    residents: tuple[Resident, ...]


def read(path: Path, current: Community | None = None) -> Imported:
    """The community in a folder or a single file; raises BadInput or BadRow and changes nothing.

    A folder is everything: what it does not hold is no more. Of a single file, such as a workbook
    with only 人员 and 请假, the rest stays as it is in `current`. Leave entered by hand stays.
    """
    sources = community_sources.collect(path)
    base = None if path.is_dir() else current
    for noun, about in NOUNS.items():
        if about.required and noun not in sources and base is None:
            raise BadInput(f"{about.file} is missing (or a workbook's sheet {about.sheet})")
    lines: Lines = {}
    community = _build(sources, base, current, lines)
    community_checks.check(community, lines)
    rows = sources["residents"].rows if "residents" in sources else ()
    build = partial(community_rows.resident, community=community)
    residents = _keyed("residents", lambda row: Resident(**build(row)), rows, lines)
    return Imported(community=community, residents=tuple(residents.values()))


def _build(
    sources: Sources, base: Community | None, current: Community | None, lines: Lines
) -> Community:
    def part(noun: str, attribute: str, build: Callable[[Row], T]) -> Mapping[str, T]:
        """By code, from the files; where they have none of it, what there was."""
        if noun in sources:
            return _keyed(noun, build, sources[noun].rows, lines)
        found = getattr(base, attribute) if base else {}
        return found if isinstance(found, Mapping) else {_key(item): item for item in found}

    head = _head(sources)
    settings = _settings(head) if head else dict(base.settings if base else {})
    name = head.text("name") if head else base.name if base else ""
    duty = _merged(sources["duty"]) if "duty" in sources else ()
    schedules = _keyed("duty", community_rows.schedule, duty, lines)
    schedules = schedules or dict(base.schedules if base else {})
    categories = part("categories", "categories", community_rows.category)
    staff = part("staff", "staff", community_rows.staff)
    shifts = [community_rows.shift(row) for row in _rows(sources, "rosters")]
    community = Community(
        name=name,
        version="",
        areas=_areas(sources, base, lines),
        buildings=part("buildings", "buildings", community_rows.building),
        staff=_with_leave(staff, sources, ZoneInfo(settings["timezone"]), base, current),
        schedules=schedules,
        categories=categories,
        branches=part("branches", "branches", community_rows.branch),
        rosters=tuple(shifts) if "rosters" in sources or not base else base.rosters,
        routing=tuple(part("routing", "routing", community_rows.routing).values()),
        deadlines=_deadlines(sources, base, lines, categories),
        duplicates=tuple(part("duplicates", "duplicates", community_rows.duplicate).values()),
        working_time=_working_time(sources, base, schedules),
        statutory=statutory_days.china(),
        settings=settings,
        rules=_more_rules(sources, base),
    )
    for row, shift in zip(_rows(sources, "rosters"), shifts, strict=True):
        lines["rosters", community_checks.name_of(shift)] = row
    return replace(community, version=community_json.fingerprint(community))


def _deadlines(
    sources: Sources, base: Community | None, lines: Lines, categories: Collection[str]
) -> tuple[DeadlineRule, ...]:
    """The community's own rules, with those of the presets it names below them."""
    if "deadlines" not in sources:
        return base.deadlines if base else ()
    source = sources["deadlines"]
    named = source.head.words("presets") if source.head else ()
    below: list[Row] = []
    for name in named:
        assert source.head is not None
        preset = community_sources.yaml(community_deadlines.preset(source.head, name))
        below += items(preset, "rules")
    rows = community_deadlines.layered(below, source.rows, categories)
    return tuple(_keyed("deadlines", community_deadlines.rule, rows, lines).values())


def _working_time(
    sources: Sources, base: Community | None, schedules: Mapping[str, Schedule]
) -> WorkingTime:
    head = sources["calendar"].head if "calendar" in sources else None
    if head is None:
        return base.working_time if base else WorkingTime()
    rows = {name: [*items(head, name)] if name in head.values else [] for name in _OF_CALENDAR}
    return community_deadlines.working_time(head, rows, schedules)


def _more_rules(sources: Sources, base: Community | None) -> dict[str, Any]:
    found = dict(base.rules) if base else {}
    for stem, check in _MORE_RULES.items():
        head = sources[stem].head if stem in sources else None
        if head:
            found[stem] = check(_without_lines(head.values))
    return found


def _without_lines(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_lines(inner) for name, inner in value.items() if name != LINE}
    return [_without_lines(item) for item in value] if isinstance(value, list) else value


def _key(item: Any) -> str:
    """What tells it from the others of its kind: a rule has versions."""
    return str(getattr(item, "version", None) or item.code)


def _keyed(noun: str, build: Callable[[Row], T], rows: Iterable[Row], lines: Lines) -> dict[str, T]:
    found: dict[str, T] = {}
    for row in rows:
        item = build(row)
        key = _key(item)
        if key in found:
            raise row.refuse(f"{row.title('code')} {key!r} occurs twice")
        found[key] = item
        lines[noun, key] = row
    return found


def _rows(sources: Sources, noun: str) -> tuple[Row, ...]:
    return sources[noun].rows if noun in sources else ()


def _head(sources: Sources) -> Row | None:
    """Name, city, time zone and settings; in a table they are lines of name and value."""
    if "community" not in sources:
        return None
    source = sources["community"]
    if source.head:
        return source.head
    values = {row.text("name"): row.text("value", "") for row in source.rows}
    basics = {name: values.pop(_BASICS[name], values.pop(name, "")) for name in _BASICS}
    return Row(source.where, 1, {**basics, "settings": values})


def _settings(head: Row) -> dict[str, str]:
    extra = head.values.get("settings") or {}
    if not isinstance(extra, Mapping):
        raise head.refuse("settings: expected names and values")
    try:
        ZoneInfo(head.text("timezone"))
    except (ZoneInfoNotFoundError, ValueError):
        raise head.refuse(f"timezone {head.text('timezone')!r} is not known") from None
    for name in _NUMBERS:
        try:
            float(extra.get(name, 0))
        except (TypeError, ValueError):
            raise head.refuse(f"settings: {name} is not a number") from None
    basics = {name: head.text(name) for name in ("city", "timezone")}
    return basics | {str(k): str(v) for k, v in extra.items() if k != LINE}


_NUMBERS = ("triage_below", "silent_minutes", "rating_days", "decide_hours")  # settings that count
_OF_CALENDAR = ("calendars", "days")


def _ladder(words: Any) -> Any:
    try:
        ladder.read(words, [role.value for role in Role])
    except BadInput as error:
        raise BadInput(f"ladder.yml: {error}") from None
    return words


# Rules that are kept as they are written, once they are checked.
_MORE_RULES: dict[str, Callable[[Any], Any]] = {
    "ladder": _ladder,
    reasons.STEM: reasons.check,
    closure.STEM: closure.check_rules,
    rate_rules.STEM: rate_rules.check,
}
_BASICS = {"name": "名称", "city": "城市", "timezone": "时区"}


def _areas(sources: Sources, base: Community | None, lines: Lines) -> dict[str, Area]:
    """Streets and communities come with the head or a table of their own, grids with theirs."""
    rows = [*_upper_areas(sources), *_grids(_rows(sources, "grids"))]
    found = _keyed("areas", community_rows.area, rows, lines)
    has_upper = any(area.kind is not AreaKind.GRID for area in found.values())
    for area in base.areas.values() if base else ():
        is_grid = area.kind is AreaKind.GRID
        if area.code not in found and not ("grids" in sources if is_grid else has_upper):
            found[area.code] = area
    return found


def _upper_areas(sources: Sources) -> Iterator[Row]:
    head = sources["community"].head if "community" in sources else None
    if head and ("areas" in head.values or "areas" not in sources):
        yield from items(head, "areas")
    yield from _rows(sources, "areas")


def _grids(rows: Iterable[Row]) -> Iterator[Row]:
    """Features of GeoJSON, or lines of a table with the border as pairs of numbers."""
    for row in rows:
        if row.values.get("type") != "Feature":
            border = [
                pair.split() for pair in row.text("polygon", "").replace("，", ",").split(",")
            ]
            ring = [pair for pair in border if pair]
            yield replace(row, values={**row.values, "kind": "grid", "polygon": ring})
            continue
        geometry = row.values.get("geometry") or {}
        if geometry.get("type") != "Polygon":
            raise row.refuse(f"geometry is {geometry.get('type')!r}, expected a Polygon")
        ring = geometry["coordinates"][0]
        properties = row.values.get("properties") or {}
        yield replace(row, values={**properties, "kind": "grid", "polygon": ring})


def _merged(source: Source) -> Iterator[Row]:
    """Schedules: in a table each line is one period, and several lines make a schedule."""
    if source.head:
        yield from source.rows
        return
    found: dict[str, list[Row]] = {}
    for row in source.rows:
        found.setdefault(row.text("code"), []).append(row)
    for rows in found.values():
        yield replace(rows[0], values={**rows[0].values, "periods": rows})


def _with_leave(
    staff: Mapping[str, Staff],
    sources: Sources,
    zone: ZoneInfo,
    base: Community | None,
    current: Community | None,
) -> dict[str, Staff]:
    """Leave from the file, or where there is none what there was, and all entered by hand."""
    from_file: dict[str, list[Absence]] = {code: [] for code in staff}
    for row in _rows(sources, "absences"):
        code, absence = community_rows.absence(row, zone)
        if code not in staff:
            raise row.wrong("code", code, "somebody of the staff")
        from_file[code].append(absence)

    def leave(code: str) -> tuple[Absence, ...]:
        before = current.staff.get(code) if current else None
        known = before.absences if before else ()
        keep = base is not None and "absences" not in sources
        kept = known if keep else tuple(a for a in known if a.by_hand)
        return (*from_file[code], *kept)

    return {code: replace(person, absences=leave(code)) for code, person in staff.items()}
