"""The sheets of an Excel workbook as lines of text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zipfile import BadZipFile

from bot.desk.errors import BadInput


@dataclass(frozen=True)
class Sheet:
    """rows: the number of the line and its cells as text; empty lines are left out."""

    name: str
    rows: Iterator[tuple[int, list[str]]]


def sheets(file: str, content: bytes) -> Iterator[Sheet]:
    """The sheets that hold anything; raises BadInput for what is no workbook."""
    from openpyxl import load_workbook  # takes a quarter of a second, and few imports need it

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise BadInput(f"{file}: not an Excel workbook (.xlsx): {error}") from None
    for sheet in book.worksheets:
        lines = list(_lines(sheet))
        if lines:
            yield Sheet(sheet.title, iter(lines))


def _lines(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    width = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        texts = [_text(cell) for cell in cells]
        if not any(texts):
            continue
        # The first line says how many columns there are; what lies beyond is format, not content.
        width = width or len("".join("x" if text else " " for text in texts).rstrip())
        beyond = [text for text in texts[width:] if text]
        yield number, (texts + [""] * width)[:width] + beyond


def _text(cell: Any) -> str:
    """As a person would type it: 19900000101 is no 19900000101.0, a date has no midnight."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        whole = cell.time() == time(0)
        return cell.date().isoformat() if whole else cell.isoformat(" ", "minutes")
    if isinstance(cell, time):
        return cell.isoformat("minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
