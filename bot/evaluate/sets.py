"""The sets of labelled texts: what exists, and what is right in each row.

Our own lie in tests/data; real ones, which may not be published, in a folder of the operator's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.desk.errors import BadRow
from bot.evaluate.answers import INTENT, KIND, MATTER

REAL_MATTERS = "matters_visible.jsonl"
REAL_LETTERS = "resident_messages_2017_2020.jsonl"

# One pattern a subject: a further set needs no line of code.
_UNDERSTANDING = ("heldout_intents*.jsonl", "heldout_matters*.jsonl")
_EMERGENCIES = ("emergencies*.jsonl", "heldout_emergencies*.jsonl")
_ADDRESSES = ("heldout_addresses*.jsonl",)


@dataclass(frozen=True)
class Labelled:
    """A text and, by task, the labels that are right; the main one first."""

    text: str
    accepted: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Sets:
    """The files there are, by subject; `missing`: what was looked for in vain, in words."""

    understanding: tuple[Path, ...]
    emergencies: tuple[Path, ...]
    addresses: tuple[Path, ...]
    letters: Path | None
    missing: tuple[str, ...]


def find(own: Path, real: Path | None) -> Sets:
    """The sets below `own`, and those of `real` if the operator has a folder of real messages."""
    missing = []
    found = {name: _existing(own, patterns) for name, patterns in _OWN.items()}
    missing += [f"{name}: no {_OWN[name][0]}" for name, files in found.items() if not files]
    matters, letters = (_real(real, name) for name in (REAL_MATTERS, REAL_LETTERS))
    for path, name in ((matters, REAL_MATTERS), (letters, REAL_LETTERS)):
        if path is None:
            where = f"not in {real}" if real else "no --data folder was given"
            missing.append(f"{Path(name).stem}: {where}")
    return Sets(
        understanding=(*found["understanding"], *([matters] if matters else [])),
        emergencies=found["emergencies"],
        addresses=found["addresses"],
        letters=letters,
        missing=tuple(missing),
    )


def labelled(row: dict[str, Any], *, file: str, line: int) -> Labelled:
    """What a row of an understanding set says; raises BadRow where it says nothing."""
    accepted = {
        INTENT: _labels(row.get("intent")),
        KIND: _labels(row.get("kind")),
        MATTER: _matters(row),
    }
    accepted = {task: labels for task, labels in accepted.items() if labels}
    if not accepted:
        raise BadRow(file=file, line=line, reason="expected intent, matter or kind")
    return Labelled(text_of(row, file=file, line=line), accepted)


def text_of(row: dict[str, Any], *, file: str, line: int) -> str:
    text = row.get("text") or row.get("message")
    if not isinstance(text, str):
        raise BadRow(file=file, line=line, reason="text: expected a text")
    return text


_OWN = {
    "understanding": _UNDERSTANDING,
    "emergencies": _EMERGENCIES,
    "addresses": _ADDRESSES,
}


def _existing(folder: Path, patterns: tuple[str, ...]) -> tuple[Path, ...]:
    return tuple(path for pattern in patterns for path in sorted(folder.glob(pattern)))


def _real(folder: Path | None, name: str) -> Path | None:
    path = folder / name if folder else None
    return path if path and path.is_file() else None


def _matters(row: dict[str, Any]) -> tuple[str, ...]:
    """The accepted matters, the main one (of two annotators the first one's) in front."""
    main = _labels(row.get("matter")) or _labels(row.get("leaf"))
    accepted = _labels(row.get("accept")) or main
    return tuple(sorted(accepted, key=lambda matter: matter not in main[:1]))


def _labels(value: Any) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value or ()
    return tuple(dict.fromkeys(str(one) for one in values))
