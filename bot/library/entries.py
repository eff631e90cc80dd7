"""The entries of the library: questions residents ask, a plain answer, the article it rests on.

One file a topic (`starter/*.yml`); every statement of an answer is what the cited article says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from importlib.abc import Traversable
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from bot.desk.errors import BadInput

NATION = "全国"
_JURISDICTIONS = (NATION, "北京")
_FEWEST_QUESTIONS = 5


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One answer. `path` is the law's file below the folder of laws."""

    id: str
    questions: tuple[str, ...]
    answer: str
    law: str  # the law's own name
    article: str  # as printed: 第二百八十八条
    effective_from: date  # of this version of the law
    jurisdiction: str
    path: str
    updated: date

    @property
    def subject(self) -> str:
        """What the id begins with: dibao of dibao-apply."""
        return self.id.split("-")[0]


def load(folder: Traversable | Path | None = None) -> tuple[Entry, ...]:
    """The entries of a folder, by default the starter library's.

    Raises BadInput, naming file, entry and what was expected; nothing is half read.
    """
    folder = folder or files("bot.library") / "starter"
    entries: dict[str, Entry] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".yml"):
            continue
        for entry in _read(file):
            if entry.id in entries:
                raise _bad(file.name, entry.id, "an id that no other entry has")
            entries[entry.id] = entry
    return tuple(entries.values())


def _read(file: Traversable | Path) -> Iterator[Entry]:
    try:
        rows = yaml.load(file.read_text("utf-8"), Loader=_loader())  # noqa: S506 - both are safe
    except yaml.YAMLError as error:
        raise BadInput(f"{file.name}: expected YAML: {error}") from error
    if not isinstance(rows, list):
        raise BadInput(f"{file.name}: expected a list of entries")
    for number, row in enumerate(rows, start=1):
        yield _entry(file.name, number, row)


def _loader() -> Any:
    """libyaml where PyYAML was built with it: ten times faster, equally safe."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _entry(file: str, number: int, row: Any) -> Entry:
    if not isinstance(row, Mapping):
        raise _bad(file, f"entry {number}", "a mapping")
    name = str(row.get("id") or f"entry {number}")
    _check_fields(file, name, row)
    _check_values(file, name, row)
    return Entry(**{**row, "questions": tuple(row["questions"]), "answer": row["answer"].strip()})


def _check_fields(file: str, name: str, row: Mapping[str, Any]) -> None:
    expected = {field.name for field in fields(Entry)}
    if missing := sorted(expected - row.keys()):
        raise _bad(file, name, f"the field {missing[0]}")
    if unknown := sorted(str(key) for key in row.keys() - expected):
        raise _bad(file, name, f"no field {unknown[0]}")
    for field in ("id", "answer", "law", "article", "jurisdiction", "path"):
        if not isinstance(row[field], str) or not row[field].strip():
            raise _bad(file, name, f"text in {field}")
    for field in ("effective_from", "updated"):
        if type(row[field]) is not date:
            raise _bad(file, name, f"a date such as 2021-01-01 in {field}")


def _check_values(file: str, name: str, row: Mapping[str, Any]) -> None:
    questions = row["questions"]
    if not isinstance(questions, list) or not all(isinstance(one, str) for one in questions):
        raise _bad(file, name, "a list of texts in questions")
    if len(questions) < _FEWEST_QUESTIONS:
        raise _bad(file, name, f"at least {_FEWEST_QUESTIONS} questions")
    if row["jurisdiction"] not in _JURISDICTIONS:
        raise _bad(file, name, f"one of {', '.join(_JURISDICTIONS)} in jurisdiction")
    if not (row["article"].startswith("第") and "条" in row["article"]):
        raise _bad(file, name, "an article as printed, such as 第八条")


def _bad(file: str, name: str, expected: str) -> BadInput:
    return BadInput(f"{file}: {name}: expected {expected}")
