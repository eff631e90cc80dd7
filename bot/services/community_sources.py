"""Finds and reads the tables of a community: YAML, CSV, GeoJSON and the sheets of a workbook.

Every row knows where it stands, so that whatever is wrong with it is blamed on that place.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from bot.desk.errors import BadInput, BadRow
from bot.services import community_workbook, community_yaml
from bot.services.community_names import NOTES, NOUNS, noun_called

_HEADS = (
    "community",
    "calendar",
    "ladder",
    "reasons",
    "verification",
    "rates",
)  # not one list of rows
_SUFFIXES = (".csv", ".yml", ".yaml", ".geojson", ".xlsx")


@dataclass(frozen=True)
class Row:
    """A mapping with the place it comes from; `text` and friends blame that place.

    called: names as they stand there, where that is not English.
    """

    file: str
    line: int
    values: Mapping[str, Any]
    called: Mapping[str, str] = field(default_factory=dict)

    def refuse(self, reason: str) -> BadRow:
        return BadRow(file=self.file, line=self.line, reason=reason)

    def wrong(self, name: str, value: object, expected: str) -> BadRow:
        return self.refuse(f"{self.title(name)} is {value!r}, expected {expected}")

    def title(self, name: str) -> str:
        """What the column or entry is called in this file."""
        return self.called.get(name, name)

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name)
        if value is None or str(value).strip() == "":
            if default is None:
                raise self.refuse(f"{self.title(name)} is missing")
            return default
        return str(value).strip()

    def number(self, name: str, *, low: float, high: float) -> float:
        value = self.text(name)
        try:
            number = float(value)
        except ValueError:
            raise self.wrong(name, value, "a number") from None
        if not low <= number <= high:
            raise self.refuse(f"{self.title(name)} is {value}, expected {low:g} to {high:g}")
        return number

    def words(self, name: str) -> tuple[str, ...]:
        """A YAML list, or a cell with ';' between the words."""
        value = self.values.get(name) or ()
        parts = value.replace("；", ";").split(";") if isinstance(value, str) else value
        if not isinstance(parts, (list, tuple)):
            raise self.wrong(name, value, "a list")
        return tuple(str(part).strip() for part in parts if str(part).strip())

    def choice(self, name: str, chinese: Mapping[str, str], default: str) -> str:
        """One of the values of `chinese`, as it is or by its Chinese name."""
        value = self.text(name, default)
        found = chinese.get(value, value)
        if found not in chinese.values():
            choices = ", ".join(f"{code} ({word})" for word, code in chinese.items())
            raise self.wrong(name, value, f"one of {choices}")
        return found

    def day(self, name: str) -> date | None:
        value = self.text(name, "")
        try:
            return date.fromisoformat(value.replace("/", "-")) if value else None
        except ValueError:
            raise self.wrong(name, value, "a date such as 2026-10-01") from None

    def clock(self, name: str) -> time:
        """A time of the day; 24:00 is its end, which is written as 00:00."""
        value = self.text(name, "")
        try:
            return time.fromisoformat("00:00" if value == "24:00" else value.zfill(5))
        except ValueError:
            raise self.refuse(
                f'{self.title(name)}: {value!r} is not a time such as "08:30"'
            ) from None

    def moment(self, name: str, zone: Any, *, end_of_day: bool = False) -> datetime:
        """A date or a date with time, local; a date as an end means the end of that day."""
        value = self.text(name).replace("/", "-")
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            raise self.wrong(name, value, "a date or a date and time") from None
        if end_of_day and len(value) <= len("2026-10-01"):
            found += timedelta(days=1)
        return found.replace(tzinfo=zone) if found.tzinfo is None else found


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a noun is kept. head: what else a YAML file holds beside the list of rows."""

    where: str
    rows: tuple[Row, ...]
    head: Row | None = None


def collect(path: Path) -> dict[str, Source]:
    """Every noun that a folder, or a single file, holds; raises BadInput and BadRow."""
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if _is_ours(p))
    elif path.is_file():
        files = [path]
    else:
        usual = ", ".join(noun.file for noun in NOUNS.values() if noun.required)
        raise BadInput(f"{path}: expected a folder with {usual}, or a file such as staff.xlsx")
    found: dict[str, Source] = {}
    for file in files:
        for noun, source in _read(file):
            if noun in found:
                raise BadInput(f"{noun} is in two places: {found[noun].where} and {source.where}")
            found[noun] = source
    return found


def _is_ours(path: Path) -> bool:
    hidden = path.name.startswith((".", "~$"))  # what an open spreadsheet leaves beside itself
    return path.suffix in _SUFFIXES and not hidden and path.stem.lower() not in NOTES


def _read(path: Path) -> Iterator[tuple[str, Source]]:
    if path.suffix == ".xlsx":
        for sheet in community_workbook.sheets(path.name, _bytes(path)):
            if sheet.name.strip().lower() not in NOTES:
                where = f"{path.name}[{sheet.name}]"
                noun = _noun(sheet.name, where)
                yield noun, _table(noun, where, sheet.rows)
        return
    noun = _noun(path.stem, path.name)
    if path.suffix == ".csv":
        yield noun, _table(noun, path.name, _csv(path))
    else:
        yield noun, _nested(noun, path)


def _noun(name: str, where: str) -> str:
    noun = noun_called(name)
    if noun is None:
        known = ", ".join(f"{noun} ({about.sheet})" for noun, about in NOUNS.items())
        raise BadInput(f"{where}: no table is called {name!r}; expected one of {known}")
    return noun


def _table(noun: str, where: str, rows: Iterator[tuple[int, list[str]]]) -> Source:
    """Lines of cells, the first of them the names of the columns."""
    if not NOUNS[noun].columns:
        raise BadInput(f"{where}: {noun} is only read from {NOUNS[noun].file}")
    english = {chinese: name for name, chinese in NOUNS[noun].columns.items()}
    line, titles = next(rows, (1, []))
    if not titles:
        raise BadRow(file=where, line=line, reason="expected a first line with names of columns")
    names = [english.get(title.strip(), title.strip()) for title in titles]
    known = NOUNS[noun].columns
    strange = [title for name, title in zip(names, titles, strict=True) if name not in known]
    if strange:
        expected = ", ".join(f"{name} ({chinese})" for name, chinese in known.items())
        raise BadRow(
            file=where, line=line, reason=f"no column is called {strange[0]!r}; expected {expected}"
        )
    called = {name: title.strip() for name, title in zip(names, titles, strict=True)}
    found = []
    for line, cells in rows:
        if len(cells) != len(names):
            raise BadRow(file=where, line=line, reason=f"expected {len(names)} cells")
        found.append(Row(where, line, dict(zip(names, cells, strict=True)), called))
    return Source(where=where, rows=tuple(found))


def _csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(_text(path), newline=""))
    for cells in reader:
        if cells:
            yield reader.line_num, cells


def _nested(noun: str, path: Path) -> Source:
    head, name = yaml(path), NOUNS[noun].list_name or noun
    if noun in _HEADS or (
        noun == "deadlines" and "presets" in head.values and name not in head.values
    ):
        return Source(where=path.name, rows=(), head=head)
    rows = _leaves if noun == "categories" else items
    return Source(where=path.name, rows=tuple(rows(head, name)), head=head)


def yaml(path: Path) -> Row:
    """The names and values of a YAML file."""
    return Row(path.name, 1, community_yaml.load(path.name, _text(path)))


def items(row: Row, name: str) -> Iterator[Row]:
    """The mappings of a list in a YAML file, each with its line."""
    found = row.values.get(name)
    if not isinstance(found, list):
        raise row.refuse(f"{name} is missing or not a list")
    for item in found:
        if not isinstance(item, Mapping):
            raise row.refuse(f"{name}: {item!r} is not a mapping")
        yield Row(row.file, item.get(community_yaml.LINE, row.line), item)


def _leaves(row: Row, name: str) -> Iterator[Row]:
    leaves = row.values.get(name) or {}
    for code, values in leaves.items():
        if code != community_yaml.LINE:
            if not isinstance(values, Mapping):
                line = leaves[community_yaml.LINE]
                raise BadRow(file=row.file, line=line, reason=f"{code} is empty")
            line = values.get(community_yaml.LINE, 0)
            yield replace(row, line=line, values={**values, "code": code})


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(
            f"{path.name}: expected UTF-8, as a spreadsheet's “CSV UTF-8” gives"
        ) from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path.name}: {error.strerror}") from None
