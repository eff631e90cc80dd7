"""Floors: figures that must not get worse without somebody deciding so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.desk.errors import BadInput

AT_LEAST, AT_MOST = "at_least", "at_most"

Floors = dict[str, dict[str, float]]  # at_least | at_most → dotted name → bound


def read(path: Path) -> Floors:
    """{"at_least": {"intent.heldout_intents.accuracy": 0.88}, "at_most": {…}}; raises BadInput."""
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise BadInput(f"{path}: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict) or not content or set(content) - {AT_LEAST, AT_MOST}:
        raise BadInput(f"{path}: expected {AT_LEAST} and {AT_MOST}")
    for name, bound in ((n, b) for bounds in content.values() for n, b in (bounds or {}).items()):
        if not isinstance(bound, int | float):
            raise BadInput(f"{path}: {name}: expected a number")
    return {way: dict(bounds or {}) for way, bounds in content.items()}


def broken(floors: Floors, figures: Mapping[str, Any]) -> Iterator[str]:
    """One line for each bound that is not kept; a figure that was not measured keeps none."""
    for way, bounds in floors.items():
        for name, bound in bounds.items():
            value = _value(figures, name)
            if value is None:
                yield f"{name}: not measured, expected {way.replace('_', ' ')} {bound}"
            elif value < bound if way == AT_LEAST else value > bound:
                yield f"{name}: {value}, expected {way.replace('_', ' ')} {bound}"


def _value(figures: Mapping[str, Any], name: str) -> float | None:
    found: Any = figures
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return float(found) if isinstance(found, int | float) else None
