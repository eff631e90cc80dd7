"""An action is told of the last turns, not of all that is kept of a conversation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.shared.core.constants import ACTIVE_LOOP
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.patches.patch import Change, Patch

TURNS = 2  # what actions look back on: this turn and the one before
Format = Callable[..., dict[str, Any]]


def _action_call_format(original: Format) -> Format:
    def action_call_format(self: RemoteAction, *args: Any, **kwargs: Any) -> dict[str, Any]:
        call = original(self, *args, **kwargs)
        call["tracker"]["events"] = recent(call["tracker"]["events"])
        return call

    return action_call_format


def _current_state(original: Format) -> Format:
    def current_state(self: DialogueStateTracker, *args: Any, **kwargs: Any) -> dict[str, Any]:
        loop, self.active_loop = self.active_loop, None
        try:
            state = original(self, *args, **kwargs)
        finally:
            self.active_loop = loop
        state[ACTIVE_LOOP] = dict(vars(loop)) if loop else {}
        return state

    return current_state


def recent(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events from the resident's last message but one on; all, if there are fewer."""
    starts = [at for at, event in enumerate(events) if event["event"] == "user"]
    return events[starts[-TURNS] :] if len(starts) > TURNS else events


PATCH = Patch(
    name="recent_events",
    why="Rasa sends the whole conversation with every action call: 47 kB after ten turns, written "
    "by one process and read by the other, of which actions look at the last two turns. And it "
    "copies the message that a form began with, through and through, to write it down.",
    changes=(
        Change(RemoteAction, "_action_call_format", _action_call_format, "428795b944f2"),
        Change(DialogueStateTracker, "current_state", _current_state, "a9f1526ceddf"),
    ),
    is_speed=True,
)
