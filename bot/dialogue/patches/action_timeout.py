"""An action may take seconds, not minutes."""

from __future__ import annotations

import rasa.core.actions.action as rasa_action

from bot.dialogue.patches.patch import Change, Patch


def patch(seconds: float) -> Patch:
    return Patch(
        name="action_timeout",
        why="Rasa waits five minutes for an action that hangs, and no configuration changes it.",
        changes=(
            Change(
                rasa_action,
                "DEFAULT_REQUEST_TIMEOUT",
                lambda _original: seconds,
                "ccabf6f1160d",
                watched=rasa_action.RemoteAction.run,
            ),
        ),
        is_speed=False,
    )
