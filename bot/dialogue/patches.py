"""The places where Rasa 3.6.21 is changed, each with its reason.

`apply` is called once, before the engine starts. A test holds the hash of every function that is
replaced here and fails when Rasa changes underneath.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from graphlib import TopologicalSorter
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
import rasa.core.actions.action as rasa_action
from rasa.core.actions.action import Action
from rasa.core.agent import Agent
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import ClientResponseError, EndpointConfig


class ActionFailed(BaseException):
    """An action could not be run, so the message has not been handled.

    Not an Exception, so that Rasa's `except Exception` lets it pass; the channel catches it.
    broken: the action server answered with an error, so this message makes it fail; otherwise it
    did not answer, and later it may.
    """

    def __init__(self, reason: str, *, broken: bool) -> None:
        super().__init__(reason)
        self.broken = broken


def apply(*, action_timeout: float) -> None:
    """action_timeout: seconds an action may take; Rasa's default is five minutes."""
    rasa_action.DEFAULT_REQUEST_TIMEOUT = action_timeout
    _fail_when_an_action_fails()
    _fail_when_the_tracker_store_fails()
    _check_answers_cheaply()
    _remember_event_types()
    _run_the_graph_directly()
    _keep_the_line_to_the_actions_open()


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
            reason = f"{self._action.name()}: {type(error).__name__} {error}"
            broken = isinstance(error.__cause__, ClientResponseError)
            raise ActionFailed(reason, broken=broken) from error


def _fail_when_the_tracker_store_fails() -> None:
    # Agent wraps every store in one that answers a failed read with an empty conversation.
    def create_tracker_store(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        if store is None:
            raise RasaException("endpoints.yml names no tracker_store")
        store.domain = domain
        return store

    Agent._create_tracker_store = staticmethod(create_tracker_store)


def _check_answers_cheaply() -> None:
    # Rasa holds an action's answer against a JSON schema of all events, schema check included: nine
    # tenths of an action's cost. The answers come from our own server, and each event is built by
    # its class right afterwards; the shape is what remains to be checked.
    def validate_action_result(self: rasa_action.RemoteAction, result: Any) -> bool:
        events, responses = result.get("events", []), result.get("responses", [])
        if not all(isinstance(event, dict) and "event" in event for event in events):
            raise RasaException(f"{self.name()}: an event without a type in the action's answer")
        if not all(isinstance(response, dict) for response in responses):
            raise RasaException(f"{self.name()}: a response in the action's answer is no object")
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


def _run_the_graph_directly() -> None:
    # Rasa cuts out the part of the graph it needs and has Dask schedule its five nodes, for every
    # message. The order never changes: it is worked out once for each set of targets.
    plans: WeakKeyDictionary[DaskGraphRunner, dict[tuple[str, ...], list[Step]]]
    plans = WeakKeyDictionary()

    def run(
        self: DaskGraphRunner,
        inputs: dict[str, Any] | None = None,
        targets: list[str] | None = None,
    ) -> dict[str, Any]:
        wanted = tuple(targets or self._graph_schema.target_names)
        known = plans.setdefault(self, {})
        if wanted not in known:
            known[wanted] = _plan(self, wanted)
        results: dict[str, tuple[str, Any]] = {n: (n, v) for n, v in (inputs or {}).items()}
        for name, needs in known[wanted]:
            # A node handed a bare name complains about the missing input, as it does under Dask.
            arguments = [results.get(need, need) for need in needs]
            results[name] = self._instantiated_nodes[name](*arguments)
        return dict(results[name] for name in wanted)

    DaskGraphRunner.run = run


Step = tuple[str, tuple[str, ...]]  # a node, and the nodes whose results it takes, in order


def _plan(runner: DaskGraphRunner, wanted: tuple[str, ...]) -> list[Step]:
    nodes = runner._graph_schema.minimal_graph_schema(list(wanted)).nodes
    needs = {name: tuple(node.needs.values()) for name, node in nodes.items()}
    order = TopologicalSorter(needs).static_order()
    return [(name, needs[name]) for name in order if name in needs]


def _keep_the_line_to_the_actions_open() -> None:
    # Rasa opens an HTTP session, and with it a connection, for every single action call.
    original = EndpointConfig.session

    def session(self: EndpointConfig) -> AbstractAsyncContextManager[aiohttp.ClientSession]:
        kept = getattr(self, "_kept_session", None)
        if kept is None or kept.closed:
            kept = self._kept_session = original(self)
        return nullcontext(kept)

    EndpointConfig.session = session
