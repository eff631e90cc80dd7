"""A slot is copied as what it is: a name, a value and a few settings."""

from __future__ import annotations

from collections.abc import Callable

from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.patches.patch import Change, Patch


def _copy(_absent: object) -> Callable[[Slot], Slot]:
    def copy(self: Slot) -> Slot:
        made = object.__new__(type(self))
        vars(made).update(vars(self))
        return made

    return copy


PATCH = Patch(
    name="slot_copies",
    why="Rasa copies every slot several times a message, and Python, not told how, takes each "
    "apart and builds it anew as if it came out of a file.",
    changes=(
        Change(Slot, "__copy__", _copy, "8f39eb22462a", watched=DialogueStateTracker.__init__),
    ),
    is_speed=True,
)
