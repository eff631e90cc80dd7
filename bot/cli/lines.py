"""JSON lines in and out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from bot.desk.errors import BadInput, BadRow


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, object) of a JSON-lines file; "-" is standard input; empty ones don't count.

    Raises BadInput where there is no such text, BadRow for a line that is no object.
    """
    if str(path) == "-":
        yield from _objects(sys.stdin, "standard input")
        return
    try:
        stream = path.open(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    with stream:
        yield from _objects(stream, path.name)


def emit(value: dict[str, Any]) -> None:
    """One object on a line of its own, at once."""
    print(json.dumps(value, ensure_ascii=False), flush=True)


def _objects(stream: TextIO, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(_decoded(stream, name), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadRow(file=name, line=number, reason=f"not JSON: {error.msg}") from None
        if not isinstance(value, dict):
            raise BadRow(file=name, line=number, reason="expected a JSON object")
        yield number, value


def _decoded(stream: TextIO, name: str) -> Iterator[str]:
    try:
        yield from stream
    except UnicodeDecodeError:
        raise BadInput(f"{name}: expected text in UTF-8") from None
