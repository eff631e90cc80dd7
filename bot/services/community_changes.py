"""What an import would change, noun by noun and field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.desk.community import Community
from bot.services import community_json, deadline_json
from bot.services.community_checks import name_of

ADDED, CHANGED, REMOVED = "added", "changed", "removed"

Record = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One record that is added, changed or removed. fields: name → before, after; if changed."""

    noun: str
    code: str
    name: str
    what: str
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


def between(before: Community | None, after: Community) -> list[Change]:
    """All changes, in the order of the nouns; `before` None: everything is new."""
    old, new = (_records(c) if c else {} for c in (before, after))
    return [change for noun in new for change in compared(noun, old.get(noun, {}), new[noun])]


def compared(
    noun: str, before: Mapping[str, Record], after: Mapping[str, Record]
) -> Iterator[Change]:
    for code in dict.fromkeys((*before, *after)):
        old, new = before.get(code), after.get(code)
        name = str((new or old or {}).get("name") or code)
        if old is None or new is None:
            yield Change(noun=noun, code=code, name=name, what=ADDED if new else REMOVED)
            continue
        fields = {f: (old.get(f), new.get(f)) for f in (*new, *old) if old.get(f) != new.get(f)}
        if fields:
            yield Change(noun=noun, code=code, name=name, what=CHANGED, fields=fields)


def _records(community: Community) -> dict[str, dict[str, Record]]:
    plain = community_json.plain
    head = {"name": community.name, **community.settings}
    rosters = {name_of(shift): plain(shift) for shift in community.rosters}
    return {
        "community": {key: {"value": value} for key, value in head.items()},
        "areas": _by_code(community.areas.values()),
        "buildings": _by_code(community.buildings.values()),
        "categories": _by_code(community.categories.values()),
        "duty": _by_code(community.schedules.values()),
        "branches": _by_code(community.branches.values()),
        "staff": _by_code(community.staff.values()),
        "rosters": {key: {**shift, "name": key} for key, shift in rosters.items()},
        "routing": {rule.version: plain(rule) for rule in community.routing},
        "duplicates": _by_code(community.duplicates),
        "deadlines": {rule.code: deadline_json.rule_json(rule) for rule in community.deadlines},
        "calendar": {"calendar": deadline_json.working_time_json(community.working_time)},
        "rules": {name: {"rules": words} for name, words in community.rules.items()},
    }


def _by_code(records: Iterable[Any]) -> dict[str, Record]:
    return {record.code: community_json.plain(record) for record in records}
