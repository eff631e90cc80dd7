"""The demo community as a workbook: the same tables under their Chinese names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from bot.desk.community import AreaKind, Community
from bot.services.community_names import DAYS, NOUNS, ROLES

Table = Iterable[Mapping[str, Any]]


def write(path: Path, tables: Mapping[str, Table], *, chinese: bool = True) -> Path:
    """A workbook with a sheet for each noun; rows by the English names of columns."""
    book = Workbook()
    book.remove(book.active)
    for noun, rows in tables.items():
        about = NOUNS[noun]
        sheet = book.create_sheet(about.sheet if chinese else noun)
        sheet.append(list(about.columns.values() if chinese else about.columns))
        for row in rows:
            sheet.append([row.get(name) for name in about.columns])
    book.save(path)
    return path


def of(demo: Community) -> dict[str, list[dict[str, Any]]]:
    """What stands in the demo's files, but for deadlines and working time, as tables."""
    return {
        "community": _head(demo),
        "areas": [_area(a) for a in demo.areas.values() if a.kind is not AreaKind.GRID],
        "grids": [_area(a) for a in demo.areas.values() if a.kind is AreaKind.GRID],
        "buildings": [
            {**vars(b), "aliases": "；".join(b.aliases)} for b in demo.buildings.values()
        ],
        "categories": [
            {**vars(c), "gb": ";".join(c.gb), "note": c.note} for c in demo.categories.values()
        ],
        "duty": [row for s in demo.schedules.values() for row in _periods(s)],
        "staff": [_person(p) for p in demo.staff.values()],
        "branches": [vars(b) for b in demo.branches.values()],
        "absences": [
            {"code": p.code, "from": _naive(a.start), "to": _last(a.end), "reason": a.reason}
            for p in demo.staff.values()
            for a in p.absences
        ],
        "rosters": [
            {
                **vars(s), "role": s.role.chinese, "code": s.staff, "from": s.start, "to": s.end,
                "shift": s.name, "days": None,
            }
            for s in demo.rosters
        ],
        "routing": [_rule(r) for r in demo.routing],
    }  # fmt: skip


def _head(demo: Community) -> list[dict[str, Any]]:
    known = {"city": "城市", "timezone": "时区"}
    named = {"名称": demo.name, **{known.get(k, k): v for k, v in demo.settings.items()}}
    return [{"name": name, "value": value} for name, value in named.items()]


def _area(area: Any) -> dict[str, Any]:
    ring = ", ".join(f"{longitude} {latitude}" for longitude, latitude in area.polygon)
    kinds = {"street": "街道", "community": "社区", "grid": "网格"}
    values = {"kind": kinds[area.kind.value], "aliases": ";".join(area.aliases), "polygon": ring}
    return {**vars(area), **values}


def _periods(schedule: Any) -> Iterable[dict[str, Any]]:
    chinese = list(DAYS)
    for day, spans in schedule.periods.items():
        for start, end in spans:
            yield {
                "code": schedule.code, "name": schedule.name, "days": chinese[day],
                "from": start, "to": end,
            }  # fmt: skip


def _person(person: Any) -> dict[str, Any]:
    posts = ";".join(_post(post) for post in person.posts)
    return {**vars(person), "phone": int(person.phone), "posts": posts}


def _post(post: Any) -> str:
    matters = f"[{'|'.join(post.matters)}]" if post.matters else ""
    return f"{post.role.chinese}@{post.scope}{matters}"


def _rule(rule: Any) -> dict[str, Any]:
    assist = [h.role.chinese + ("" if h.required else "?") for h in rule.assist]
    return {
        **vars(rule),
        "roles": _roles(rule.roles),
        "watch": _roles(rule.watch),
        "assist": ";".join(assist),
    }


def _roles(roles: Sequence[Any]) -> str:
    chinese = {code: word for word, code in ROLES.items()}
    return ";".join(chinese[role.value] for role in roles)


def _last(end: Any) -> Any:
    """The last day of leave that ends at midnight; else the moment."""
    naive = _naive(end)
    return naive if naive.time() != time(0) else naive.date() - timedelta(days=1)


def _naive(moment: Any) -> Any:
    return moment.replace(tzinfo=None)  # a spreadsheet knows no zones
