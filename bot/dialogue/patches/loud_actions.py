"""An action that fails makes its message fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.processor import MessageProcessor
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError

from bot.dialogue.patches.patch import Change, Patch


class ActionFailed(BaseException):
    """An action could not be run, so the message has not been handled.

    Not an Exception, so that Rasa's `except Exception` lets it pass; the channel catches it.
    broken: the action server answered with an error, so this message makes it fail; otherwise it
    did not answer, and later it may.
    """

    def __init__(self, reason: str, *, broken: bool) -> None:
        super().__init__(reason)
        self.broken = broken


class _Loud:
    """An action whose errors get past Rasa (all but a form's own rejection)."""

    def __init__(self, action: Action) -> None:
        self._action = action

    def __getattr__(self, name: str) -> Any:
        return getattr(self._action, name)

    def __str__(self) -> str:
        return str(self._action)

    async def run(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await self._action.run(*args, **kwargs)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            reason = f"{self._action.name()}: {type(error).__name__} {error}"
            broken = isinstance(error.__cause__, ClientResponseError)
            raise ActionFailed(reason, broken=broken) from error


def _run_action(original: Callable[..., Any]) -> Callable[..., Any]:
    async def run_action(
        self: MessageProcessor,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: Any,
        nlg: Any,
        prediction: Any,
    ) -> bool:
        result: bool = await original(self, _Loud(action), tracker, output_channel, nlg, prediction)
        return result

    return run_action


PATCH = Patch(
    name="loud_actions",
    why="Rasa logs an action's error, counts the action as executed and answers with silence. "
    "Raised, the error ends the message before the tracker is saved: it can come again.",
    changes=(Change(MessageProcessor, "_run_action", _run_action, "6d383d0179ef"),),
    is_speed=False,
)
