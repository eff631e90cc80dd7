"""The folder of laws outside the checkout, against which the library's citations are checked."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT

SHARED = Path(os.environ.get("LINLI_SHARED_DATA") or CHECKOUT.parent / "shared" / "data")
LAWS = SHARED / "laws"

_ARTICLE = re.compile(
    "^(第[零〇一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十])?)\\s*(.*)$"
)
_DATED = re.compile(r"^(?P<name>.+?)(?:\((?P<date>\d{4}-\d\d-\d\d)\))?$")
_ABOLISHES = re.compile(r"自(\d{4})年[^。]*施行。[^\n]*同时废止")
_BLANK = " \t\u3000\u200b"

needs_laws = pytest.mark.skipif(
    not LAWS.is_dir(), reason=f"no folder of laws at {LAWS} (set LINLI_SHARED_DATA)"
)


@cache
def articles(path: str) -> dict[str, str]:
    """Article number → text of one law; a law's heading lines are left out."""
    found: dict[str, list[str]] = defaultdict(list)
    current = None
    for line in (LAWS / path).read_text("utf-8").splitlines():
        line = line.strip(_BLANK)
        if line.startswith("#"):
            current = None
        elif start := _ARTICLE.match(line):
            current = start[1]
            found[current].append(start[2].strip(_BLANK))
        elif current and line:
            found[current].append(line)
    return {number: "\n".join(lines) for number, lines in found.items()}


@cache
def title(path: str) -> str:
    lines = (LAWS / path).read_text("utf-8").splitlines()
    return next(line[2:].strip() for line in lines if line.startswith("# "))


def date_of(path: str) -> str:
    """The date in a file's name, empty where it has none."""
    found = _DATED.match(Path(path).stem)
    return (found and found["date"]) or ""


@cache
def newest_dates() -> dict[str, str]:
    """Name of a law's file without its date → the latest date of any such file."""
    newest: dict[str, str] = {}
    for file in LAWS.rglob("*.md"):
        found = _DATED.match(file.stem)
        assert found
        newest[found["name"]] = max(newest.get(found["name"], ""), found["date"] or "")
    return newest


@cache
def abolished() -> dict[str, int]:
    """Full title of a law → the year in which another law ended it."""
    ended: dict[str, int] = {}
    for file in LAWS.rglob("*.md"):
        for found in _ABOLISHES.finditer(file.read_text("utf-8")):
            for name in re.findall("《([^《》]+)》", found[0]):
                ended[name] = max(ended.get(name, 0), int(found[1]))
    return ended
