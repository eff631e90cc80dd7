"""An action's answer is checked for its shape, not against a schema of everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.shared.exceptions import RasaException

from bot.dialogue.patches.patch import Change, Patch

Check = Callable[[RemoteAction, Any], bool]


def _validate_action_result(_original: Check) -> Check:
    def validate_action_result(self: RemoteAction, result: Any) -> bool:
        events, responses = result.get("events", []), result.get("responses", [])
        if not all(isinstance(event, dict) and "event" in event for event in events):
            raise RasaException(f"{self.name()}: an event without a type in the action's answer")
        if not all(isinstance(response, dict) for response in responses):
            raise RasaException(f"{self.name()}: a response in the action's answer is no object")
        return True

    return validate_action_result


PATCH = Patch(
    name="action_answers",
    why="Rasa holds an answer against a JSON schema of all events, and checks the schema too: nine "
    "tenths of an action's cost. The answers are our own server's, and each event is built by its "
    "class right afterwards.",
    changes=(
        Change(RemoteAction, "_validate_action_result", _validate_action_result, "f8cdb4be6812"),
    ),
    is_speed=True,
)
