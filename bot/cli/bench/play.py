"""The committed play: what residents say in the benchmark, on every side the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from bot.cli.lines import read_lines
from bot.desk.errors import BadRow
from bot.settings import CHECKOUT

PLAY = CHECKOUT / "bench" / "play.jsonl"
PLAIN, FORM, TICKET = "plain", "form", "ticket"
PARTS = (PLAIN, FORM, TICKET)

# Ends what a dialogue began, so that a long conversation does not pile up open tickets: how long
# a list of tickets takes is another question than how long a conversation does.
WITHDRAWN = "算了，不用处理了，我撤回"


@dataclass(frozen=True)
class Turn:
    """What is said, and what it is for: plain, a step of a form, or the one that opens a ticket."""

    text: str
    part: str


Dialogue = tuple[Turn, ...]


def read(path: Path = PLAY) -> list[Dialogue]:
    """The dialogues in order; raises BadRow with the line that is not one."""
    return [_dialogue(path.name, line, row.get("turns")) for line, row in read_lines(path)]


def _dialogue(file: str, line: int, turns: object) -> Dialogue:
    if not isinstance(turns, list) or not turns:
        raise BadRow(file=file, line=line, reason="turns: expected a list")
    for turn in turns:
        if not isinstance(turn, dict) or not turn.get("text") or turn.get("part") not in PARTS:
            raise BadRow(file=file, line=line, reason=f"expected text, and part of {PARTS}")
    return tuple(Turn(turn["text"], turn["part"]) for turn in turns)


def shares(dialogues: Sequence[Dialogue]) -> dict[str, float]:
    """Which share of the turns each part has."""
    counted = Counter(turn.part for dialogue in dialogues for turn in dialogue)
    return {part: counted[part] / counted.total() for part in PARTS}


def long_conversation(dialogues: Sequence[Dialogue], turns: int, period: int = 100) -> list[Turn]:
    """`turns` turns of one resident. They repeat with `period`, so that any two stretches of that
    length say the same and can be compared."""
    said: list[Turn] = []
    for dialogue in dialogues:
        ended = _ended(dialogue)
        if len(said) + len(ended) <= period:
            said.extend(ended)
    idle = cycle(turn for d in dialogues if _is_plain(d) for turn in d)
    said.extend(islice(idle, period - len(said)))
    return list(islice(cycle(said), turns))


def _ended(dialogue: Dialogue) -> Dialogue:
    return dialogue if _is_plain(dialogue) else (*dialogue, Turn(WITHDRAWN, PLAIN))


def _is_plain(dialogue: Dialogue) -> bool:
    return all(turn.part == PLAIN for turn in dialogue)
