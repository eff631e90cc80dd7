"""The places where Rasa 3.6.21 is changed, each with its reason.

`apply` is called once, before the engine starts. A test holds the hash of every function that is
replaced here and fails when Rasa changes underneath.
"""

from __future__ import annotations

from typing import Any

import rasa.core.actions.action as rasa_action
from jsonschema.validators import validator_for
from rasa.core.actions.action import Action
from rasa.core.agent import Agent
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException


class ActionFailed(BaseException):
    """An action could not be run, so the message has not been handled.

    Not an Exception, so that Rasa's `except Exception` lets it pass; the channel catches it.
    """


def apply(*, action_timeout: float) -> None:
    """action_timeout: seconds an action may take; Rasa's default is five minutes."""
    rasa_action.DEFAULT_REQUEST_TIMEOUT = action_timeout
    _fail_when_an_action_fails()
    _fail_when_the_tracker_store_fails()
    _compile_the_validator()
    _remember_event_types()


def _fail_when_an_action_fails() -> None:
    # Rasa logs an action's error, counts the action as executed and answers with silence. Raised,
    # the error ends the message before the tracker is saved: the same message can come again.
    original = MessageProcessor._run_action

    async def run_action(
        self: MessageProcessor,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: Any,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        result: bool = await original(self, _Loud(action), tracker, output_channel, nlg, prediction)
        return result

    MessageProcessor._run_action = run_action


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
        except rasa_action.ActionExecutionRejection:
            raise
        except Exception as error:
            raise ActionFailed(f"{self._action.name()}: {type(error).__name__} {error}") from error


def _fail_when_the_tracker_store_fails() -> None:
    # Agent wraps every store in one that answers a failed read with an empty conversation.
    def create_tracker_store(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        if store is None:
            raise RasaException("endpoints.yml names no tracker_store")
        store.domain = domain
        return store

    Agent._create_tracker_store = staticmethod(create_tracker_store)


def _compile_the_validator() -> None:
    # jsonschema.validate checks the schema itself on every call: nine tenths of an action's cost.
    schema = rasa_action.RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def validate_action_result(self: rasa_action.RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    rasa_action.RemoteAction._validate_action_result = validate_action_result


def _remember_event_types() -> None:
    # Rasa walks all subclasses of Event for each stored event: half of a long conversation's cost.
    original = Event.resolve_by_type
    known: dict[str, type[Event]] = {}

    def resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
        if type_name not in known:
            found = original(type_name, default)
            if found is None or found is default:
                return found
            known[type_name] = found
        return known[type_name]

    Event.resolve_by_type = staticmethod(resolve_by_type)
