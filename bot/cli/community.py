"""`community import`: what changes, what that does to open tickets, and doing it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from bot import bootstrap
from bot.cli import setup
from bot.cli.lines import emit
from bot.services import community_import
from bot.services.community_changes import CHANGED, Change
from bot.services.community_import import Done, Leaver, Plan
from bot.services.handover import Handed

_SIGNS = {"added": "+", "changed": "~", "removed": "-"}
_LONGEST = 60  # characters of a value in a line for people


def import_community(path: Path, dry_run: bool, as_json: bool) -> None:
    office = bootstrap.open_office(setup.read_settings())
    if dry_run:
        plan = office.database.read(
            lambda session: community_import.plan(session, community_import.read(session, path))
        )
        _say(plan, None, as_json)
        return
    done = setup.import_community(office, path)
    _say(done.plan, done, as_json)
    count = done.count
    setup.say(
        f"{count.areas} areas, {count.buildings} buildings, {count.staff} staff, "
        f"{count.categories} categories, {count.rules} rules, {count.residents} residents"
    )


def _say(plan: Plan, done: Done | None, as_json: bool) -> None:
    if as_json:
        emit(
            {
                "dry_run": done is None,
                **plan.as_json(),
                "handed": [asdict(handed) for handed in done.handed] if done else [],
            }
        )
        return
    lines = [*_lines_of(plan.changes), *_leaving(plan.leavers), *_orphaned(plan)]
    if done:
        lines += [_handed(handed) for handed in done.handed]
    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        console.print(line, markup=False)
    setup.say(_summary(plan.changes))


def _lines_of(changes: Sequence[Change]) -> Iterable[str]:
    for change in changes:
        name = f" {change.name}" if change.name != change.code else ""
        yield f"{_SIGNS[change.what]} {change.noun} {change.code}{name}"
        if change.what == CHANGED:
            for field, (before, after) in change.fields.items():
                yield f"    {field}: {_short(before)} → {_short(after)}"


def _leaving(leavers: Sequence[Leaver]) -> Iterable[str]:
    for leaver in leavers:
        numbers = ", ".join(leaver.tickets)
        yield f"! {leaver.name} ({leaver.code}) leaves with tickets in hand: {numbers}"


def _orphaned(plan: Plan) -> Iterable[str]:
    for code, count in plan.orphans.items():
        yield f"! {code} would be gone, but {count} open tickets are filed under it: refused"


def _handed(handed: Handed) -> str:
    return f"> {handed.number}: {handed.before or 'waiting'} → {handed.after or 'to be sorted'}"


def _summary(changes: Sequence[Change]) -> str:
    counted = Counter(change.what for change in changes)
    return ", ".join(f"{counted[what]} {what}" for what in _SIGNS) if changes else "nothing changes"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
