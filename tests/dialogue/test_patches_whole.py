"""All patches together: the conversations of `scripts/` go as they go without any.

Each side has its own engine, actions and database. What is compared is what a resident reads, and
what the engine remembers: every event of the conversation, without its times and random keys.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from bot.desk.errors import LinliError
from tests.dialogue.conftest import Someone, Stage, start, stop
from tests.dialogue.test_scripts import Script, scripts, take

EVERY_PATCH = ("all", "loud_actions", "loud_store", "action_timeout")
SMALL = 10  # every tenth script, unless all are asked for

_TIMES = {"timestamp", "message_id", "message_key", "model_id", "assistant_id"}
_PASSING = re.compile(
    r"\d{1,2}月\d{1,2}日|\d{1,2}[:：]\d{2}|\d{8}-(?=\d{4})|\d{4}-\d\d-\d\dT[\d:.+]+"
    r"|terminal:[0-9a-f]{32}"  # a message's key, also where a slot remembers it
)


@contextmanager
def opened(folder: Path, off: tuple[str, ...]) -> Iterator[Stage]:
    stage = start(folder, with_worker=False, patches_off=off)
    try:
        yield stage
    finally:
        stop(stage)


def played(stage: Stage, script: Script) -> dict[str, Any]:
    """What was read and what is remembered of one conversation."""
    person = stage.someone(script.known_as)
    said: list[Any] = []
    for turn in script.turns:
        try:
            said.append(take(person, turn).answer)
        except LinliError as error:
            said.append(f"{type(error).__name__}: {error}")
    return {"said": timeless(said), "events": timeless(remembered(stage, person))}


def remembered(stage: Stage, person: Someone) -> list[dict[str, Any]]:
    """All events of their conversation, slots among them; none after emergencies alone."""
    sender = f"c{person.talk._conversation}"
    with sqlite3.connect(stage.office.settings.data_dir / "engine.db") as database:
        query = "SELECT dialogue FROM engine_trackers WHERE sender = ?"
        row = database.execute(query, [sender]).fetchone()
    return list(json.loads(row[0])) if row else []


def timeless(value: Any) -> Any:
    """Without what differs between any two times the same is said."""
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if k not in _TIMES}
    if isinstance(value, list):
        return [timeless(item) for item in value]
    return _PASSING.sub("…", value) if isinstance(value, str) else value


def compare(folder: Path, chosen: list[Script]) -> None:
    with opened(folder / "on", ()) as ours, opened(folder / "off", EVERY_PATCH) as theirs:
        assert patches_of(ours) == () and patches_of(theirs) == EVERY_PATCH
        pairs = [(script, played(ours, script), played(theirs, script)) for script in chosen]
    assert sum(len(without["events"]) for _, _, without in pairs) > 5 * len(chosen)
    differing = [difference(*pair) for pair in pairs if pair[1] != pair[2]]
    if differing:
        pytest.fail("\n".join(differing), pytrace=False)


def difference(script: Script, ours: dict[str, Any], theirs: dict[str, Any]) -> str:
    """Line by line, "-" with the patches and "+" without them."""
    lines = (
        json.dumps(side, ensure_ascii=False, indent=1, sort_keys=True).splitlines()
        for side in (ours, theirs)
    )
    return "\n".join([script.id, *unified_diff(*lines, "with", "without", n=1, lineterm="")])


def patches_of(stage: Stage) -> tuple[str, ...]:
    return stage.supervisor.settings.patches_off


def test_a_tenth_of_the_conversations_goes_the_same_without_any_patch(tmp_path: Path) -> None:
    compare(tmp_path, scripts()[::SMALL])


@pytest.mark.heavy
def test_every_conversation_goes_the_same_without_any_patch(tmp_path: Path) -> None:
    compare(tmp_path, scripts())
