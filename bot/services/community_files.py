"""Reads the folder of a community (YAML, CSV, GeoJSON) into one checked snapshot.

Nothing is half read: the first bad row stops the import with its file, line and reason.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from bot.desk.community import Community, Place, Schedule
from bot.desk.errors import BadInput, BadRow
from bot.desk.working_time import WorkingTime
from bot.services import community_checks, community_deadlines, community_rows, statutory_days

T = TypeVar("T")

FILES = (
    "community.yml",
    "grids.geojson",
    "buildings.csv",
    "categories.yml",
    "duty.yml",
    "staff.csv",
    "routing.yml",
    "deadlines.yml",
    "residents.csv",
)
CALENDAR = "calendar.yml"  # may be missing: then the office hours of most offices count


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


@dataclass(frozen=True)
class Row:
    """A mapping with the place it comes from; `get` and friends blame that place."""

    file: str
    line: int
    values: Mapping[str, Any]

    def refuse(self, reason: str) -> BadRow:
        return BadRow(file=self.file, line=self.line, reason=reason)

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name)
        if value is None or str(value).strip() == "":
            if default is None:
                raise self.refuse(f"{name} is missing")
            return default
        return str(value).strip()

    def number(self, name: str, *, low: float, high: float) -> float:
        value = self.text(name)
        try:
            number = float(value)
        except ValueError:
            raise self.refuse(f"{name} is {value!r}, expected a number") from None
        if not low <= number <= high:
            raise self.refuse(f"{name} is {value}, expected {low:g} to {high:g}")
        return number

    def words(self, name: str) -> tuple[str, ...]:
        """A YAML list, or a CSV cell with ';' between the words."""
        value = self.values.get(name) or ()
        parts = value.split(";") if isinstance(value, str) else value
        if not isinstance(parts, (list, tuple)):
            raise self.refuse(f"{name} is {value!r}, expected a list")
        return tuple(str(part).strip() for part in parts if str(part).strip())


def read(folder: Path) -> Imported:
    """The community in `folder`; raises BadInput or BadRow and changes nothing."""
    if not folder.is_dir():
        raise BadInput(f"{folder}: expected a folder with {', '.join(FILES)}")
    head = _yaml(folder / "community.yml")
    schedules = _keyed(community_rows.schedule, _items(_yaml(folder / "duty.yml"), "schedules"))
    areas = _keyed(community_rows.area, [*_items(head, "areas"), *_grids(folder)])
    community = Community(
        name=head.text("name"),
        version=_version(folder),
        areas=areas,
        buildings=_keyed(community_rows.building, _csv(folder / "buildings.csv")),
        staff=_keyed(community_rows.staff, _csv(folder / "staff.csv")),
        schedules=schedules,
        categories=_keyed(community_rows.category, _leaves(folder)),
        routing=tuple(_keyed(community_rows.routing, _rules(folder, "routing.yml")).values()),
        deadlines=tuple(_keyed(community_deadlines.rule, _limits(folder)).values()),
        working_time=_working_time(folder, schedules),
        statutory=statutory_days.china(),
        settings=_settings(head),
    )
    community_checks.check(community, _lines(folder))
    residents = _keyed(
        lambda row: Resident(**community_rows.resident(row, community)),
        _csv(folder / "residents.csv"),
    )
    return Imported(community=community, residents=tuple(residents.values()))


def _lines(folder: Path) -> dict[tuple[str, str], Row]:
    """Where each coded row stands, so that a broken reference is blamed on its line."""
    sources: dict[str, list[Row]] = {
        "areas": [*_items(_yaml(folder / "community.yml"), "areas"), *_grids(folder)],
        "buildings": list(_csv(folder / "buildings.csv")),
        "staff": list(_csv(folder / "staff.csv")),
        "routing": list(_rules(folder, "routing.yml")),
        "deadlines": _limits(folder),
    }
    return {(kind, row.text("code")): row for kind, rows in sources.items() for row in rows}


def _keyed(build: Callable[[Row], T], rows: Iterator[Row] | list[Row]) -> dict[str, T]:
    found: dict[str, T] = {}
    for row in rows:
        code = row.text("code")
        if code in found:
            raise row.refuse(f"code {code!r} occurs twice")
        found[code] = build(row)
    return found


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
    return basics | {str(k): str(v) for k, v in extra.items() if k != _LINE}


def _rules(folder: Path, name: str) -> Iterator[Row]:
    return _items(_yaml(folder / name), "rules")


def _limits(folder: Path) -> list[Row]:
    """The rows of deadlines.yml, with those of the presets it names below them."""
    head = _yaml(folder / "deadlines.yml")
    presets = [_yaml(community_deadlines.preset(head, name)) for name in head.words("presets")]
    own = [] if presets and "rules" not in head.values else [*_items(head, "rules")]
    categories = [row.text("code") for row in _leaves(folder)]
    below = [row for preset in presets for row in _items(preset, "rules")]
    return community_deadlines.layered(below, own, categories)


def _working_time(folder: Path, schedules: Mapping[str, Schedule]) -> WorkingTime:
    if not (folder / CALENDAR).exists():
        return WorkingTime()
    head = _yaml(folder / CALENDAR)
    rows = {
        name: [*_items(head, name)] if name in head.values else [] for name in ("calendars", "days")
    }
    return community_deadlines.working_time(head, rows, schedules)


def _leaves(folder: Path) -> Iterator[Row]:
    leaves = _yaml(folder / "categories.yml").values.get("leaves") or {}
    for code, values in leaves.items():
        if code != _LINE:
            if not isinstance(values, Mapping):
                raise BadRow(file="categories.yml", line=leaves[_LINE], reason=f"{code} is empty")
            yield Row("categories.yml", values.get(_LINE, 0), {**values, "code": code})


def _grids(folder: Path) -> Iterator[Row]:
    # JSON is YAML, so the same loader gives line numbers.
    for feature in _items(_yaml(folder / "grids.geojson"), "features"):
        geometry = feature.values.get("geometry") or {}
        if geometry.get("type") != "Polygon":
            raise feature.refuse(f"geometry is {geometry.get('type')!r}, expected a Polygon")
        properties = feature.values.get("properties") or {}
        yield replace(
            feature,
            values={
                **properties,
                "kind": "grid",
                "polygon": geometry["coordinates"][0],
            },
        )


def _items(row: Row, name: str) -> Iterator[Row]:
    items = row.values.get(name)
    if not isinstance(items, list):
        raise row.refuse(f"{name} is missing or not a list")
    for item in items:
        if not isinstance(item, Mapping):
            raise row.refuse(f"{name}: {item!r} is not a mapping")
        yield Row(row.file, item.get(_LINE, row.line), item)


def _csv(path: Path) -> Iterator[Row]:
    with _open(path) as stream:
        reader = csv.DictReader(stream)
        for values in reader:
            if None in values or None in values.values():
                raise BadRow(
                    file=path.name,
                    line=reader.line_num,
                    reason=f"expected {len(reader.fieldnames or ())} cells",
                )
            yield Row(path.name, reader.line_num, values)


def _yaml(path: Path) -> Row:
    with _open(path) as stream:
        try:
            values = yaml.load(stream, Loader=_LineLoader)  # noqa: S506 a SafeLoader, see below
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 0
            raise BadRow(file=path.name, line=line, reason=str(error.problem)) from None
    if not isinstance(values, Mapping):
        raise BadRow(file=path.name, line=1, reason="expected names and values")
    return Row(path.name, 1, values)


def _open(path: Path) -> Any:
    try:
        return io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")
    except UnicodeDecodeError:
        raise BadInput(
            f"{path.name}: expected UTF-8, as a spreadsheet's “CSV UTF-8” gives"
        ) from None
    except OSError as error:
        raise BadInput(f"{path.name}: {error.strerror}") from None


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    presets = sorted(community_deadlines.PRESETS.glob("*.yml"))
    for path in [*(folder / name for name in (*FILES, CALENDAR)), *presets]:
        name = path.name
        digest.update(name.encode() + b"\0" + (path.read_bytes() if path.exists() else b""))
    return digest.hexdigest()[:16]


_LINE = community_deadlines.LINE
_NUMBERS = ("triage_below", "silent_minutes")  # settings that count


class _LineLoader(yaml.SafeLoader):
    """Notes in every mapping on which line it starts."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key, _value in node.value:
            if key.value in seen:  # YAML would let the last one win, without a word
                problem = f"{key.value!r} occurs twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        return {
            **super().construct_mapping(node, deep=deep),
            _LINE: node.start_mark.line + 1,
        }


def _mapping(loader: Any, node: Any) -> Any:
    return loader.construct_mapping(node, deep=True)


_LineLoader.add_constructor(
    yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG,
    _mapping,
)
