"""Each patch on its own: what it is given gives the same through Rasa's function and through ours.

The whole, in conversations, is compared in test_patches_whole.py.
"""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Iterator
from copy import copy
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue import tensorflow_stub

tensorflow_stub.install()

from jsonschema import ValidationError  # noqa: E402
from rasa.core.actions.action import (  # noqa: E402
    Action,
    ActionExecutionRejection,
    RemoteAction,
)
from rasa.core.agent import Agent  # noqa: E402
from rasa.core.channels.channel import CollectingOutputChannel  # noqa: E402
from rasa.core.policies.policy import PolicyPrediction  # noqa: E402
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore  # noqa: E402
from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.events import (  # noqa: E402
    ActionExecuted,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import TextSlot  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402
from rasa.shared.exceptions import RasaException  # noqa: E402
from rasa.utils.endpoints import ClientResponseError, EndpointConfig  # noqa: E402

from bot.dialogue.patches import (  # noqa: E402
    ActionFailed,
    action_answers,
    action_session,
    action_timeout,
    empty_domain,
    event_types,
    graph,
    loud_actions,
    loud_store,
    slot_copies,
)


def heard(domain: Domain, *intents: str) -> DialogueStateTracker:
    tracker = DialogueStateTracker("wang", domain.slots)
    for intent in intents:
        tracker.update(ActionExecuted("action_listen"), domain)
        said = {"intent": {"name": intent, "confidence": 0.9}, "entities": [], "text": intent}
        tracker.update(UserUttered(intent, said["intent"], parse_data=said), domain)
    return tracker


# --- event_types


def test_every_event_type_is_found_as_before() -> None:
    change = event_types.PATCH.changes[0]
    ours = change.replacement()
    names = ["user", "action", "slot", "active_loop", "bot", "session_started", "rewind"]
    for name in [*names, *reversed(names)]:
        assert ours(name) is change.function(name)
        assert ours(name, Event) is change.function(name, Event)
    for _ in range(2):
        assert ours("nothing", SlotSet) is change.function("nothing", SlotSet) is SlotSet
        with pytest.raises(ValueError, match="nothing"):
            ours("nothing")


# --- graph


@pytest.mark.parametrize(
    "text", ["3号楼电梯坏了", "低保怎么申请", "/deny", "你好", "。", "a" * 700]
)
async def test_the_graph_reads_a_message_as_before(agent: Agent, text: str) -> None:
    change = graph.PATCH.changes[0]
    theirs = await agent.parse_message(text)
    change.apply()
    try:
        ours = await agent.parse_message(text)
    finally:
        change.undo()
    assert plain(ours) == plain(theirs)


@pytest.mark.parametrize("intents", [[], ["greet"], ["report", "deny"], ["nlu_fallback"]])
def test_the_graph_predicts_as_before(agent: Agent, domain: Domain, intents: list[str]) -> None:
    change = graph.PATCH.changes[0]
    predict = agent.processor._predict_next_with_tracker
    theirs = predict(heard(domain, *intents))
    change.apply()
    try:
        ours = predict(heard(domain, *intents))
    finally:
        change.undo()
    assert vars(ours) == vars(theirs)


def test_a_missing_input_is_missed_as_before(agent: Agent) -> None:
    change = graph.PATCH.changes[0]
    runner = agent.processor.graph_runner
    errors = []
    for run in (change.function, change.replacement()):
        with pytest.raises(Exception) as error:
            run(runner, {}, [agent.processor.model_metadata.nlu_target])
        errors.append(type(error.value))
    assert errors[0] is errors[1]


def plain(parsed: dict[str, Any]) -> Any:
    return json.loads(json.dumps(parsed, default=str))


# --- action_answers

answers = st.fixed_dictionaries(
    {},
    optional={
        "events": st.lists(
            st.one_of(
                st.fixed_dictionaries(
                    {"event": st.just("slot"), "name": st.text(max_size=3), "value": st.none()}
                ),
                st.fixed_dictionaries({"event": st.just("action"), "name": st.text(max_size=3)}),
                st.dictionaries(st.sampled_from(["name", "event"]), st.just("x"), max_size=2),
                st.text(max_size=2),
            ),
            max_size=3,
        ),
        "responses": st.lists(
            st.one_of(
                st.fixed_dictionaries({"text": st.text(max_size=3), "buttons": st.just([])}),
                st.text(max_size=2),
            ),
            max_size=3,
        ),
    },
)


@settings(max_examples=200, deadline=None)
@given(answers)
def test_what_rasa_accepts_of_an_action_is_accepted_and_no_shape_it_cannot_use(
    answer: dict[str, Any],
) -> None:
    change = action_answers.PATCH.changes[0]
    action = RemoteAction("action_urge", EndpointConfig("http://nobody"))
    try:
        theirs = change.function(action, answer)
    except ValidationError:
        theirs = False
    try:
        ours = change.replacement()(action, answer)
    except RasaException:
        ours = False
    assert ours or not theirs
    events = answer.get("events", [])
    assert (
        ours
        or not all(isinstance(e, dict) for e in [*events, *answer.get("responses", [])])
        or (not all("event" in event for event in events))
    )


# --- action_session


async def test_the_open_line_carries_the_same_answers_over_one_connection() -> None:
    connections: set[Any] = set()

    async def answer(request: web.Request) -> web.Response:
        connections.add(request.transport.get_extra_info("peername"))
        body = await request.json()
        status = 400 if body["number"] == 3 else 200
        return web.json_response({"number": body["number"]}, status=status)

    app = web.Application()
    app.router.add_post("/webhook", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    change = action_session.PATCH.changes[0]

    theirs = await ask_five_times(EndpointConfig(f"http://127.0.0.1:{port}/webhook"))
    used = len(connections)
    connections.clear()
    change.apply()
    try:
        endpoint = EndpointConfig(f"http://127.0.0.1:{port}/webhook")
        ours = await ask_five_times(endpoint)
        await endpoint._kept_session.close()
    finally:
        change.undo()
        await runner.cleanup()
    assert ours == theirs
    assert (used, len(connections)) == (5, 1)


async def ask_five_times(endpoint: EndpointConfig) -> list[Any]:
    found: list[Any] = []
    for number in range(5):
        try:
            found.append(await endpoint.request("post", json={"number": number}))
        except ClientResponseError as error:
            found.append((error.status, error.text))
    return found


# --- loud_actions


class Deed(Action):
    """An action that says what it was told to say, or fails as it was told to fail."""

    def __init__(self, outcome: list[Event] | Exception) -> None:
        self.outcome = outcome

    def name(self) -> str:
        return "action_urge"

    async def run(self, *_: Any, **__: Any) -> list[Event]:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def run(agent: Agent, domain: Domain, function: Any, deed: Deed) -> tuple[Any, list[Any]]:
    tracker = heard(domain, "urge")
    prediction = PolicyPrediction.for_action_name(domain, "action_urge", "RulePolicy")
    channel = CollectingOutputChannel()
    work = function(agent.processor, deed, tracker, channel, agent.processor.nlg, prediction)
    result = asyncio.run(work)
    events = [{**event.as_dict(), "timestamp": 0} for event in tracker.events]
    return result, events


@pytest.mark.parametrize(
    "outcome", [[], [SlotSet("ticket", "7")], ActionExecutionRejection("action_urge")]
)
def test_an_action_that_works_or_declines_does_as_before(
    agent: Agent, domain: Domain, outcome: Any
) -> None:
    change = loud_actions.PATCH.changes[0]
    theirs = run(agent, domain, change.function, Deed(outcome))
    assert run(agent, domain, change.replacement(), Deed(outcome)) == theirs


@pytest.mark.parametrize("is_broken", [True, False])
def test_an_action_that_fails_is_no_silence(agent: Agent, domain: Domain, is_broken: bool) -> None:
    change = loud_actions.PATCH.changes[0]
    error = RasaException("no answer")
    error.__cause__ = ClientResponseError(500, "Server Error", "") if is_broken else OSError()
    silent, _events = run(agent, domain, change.function, Deed(error))
    assert silent is True
    with pytest.raises(ActionFailed) as failed:
        run(agent, domain, change.replacement(), Deed(error))
    assert failed.value.broken is is_broken


# --- loud_store, action_timeout


async def test_the_store_is_used_as_it_is(domain: Domain) -> None:
    change = loud_store.PATCH.changes[0]
    theirs = InMemoryTrackerStore(Domain.empty())
    wrapped = change.function(theirs, domain)
    assert isinstance(wrapped, FailSafeTrackerStore)
    ours = InMemoryTrackerStore(Domain.empty())
    assert change.replacement()(ours, domain) is ours
    for store in (wrapped, ours):
        assert store.domain.intents == domain.intents
        await store.save(heard(domain, "greet"))
        assert (await store.retrieve("wang")).latest_message.text == "greet"
    with pytest.raises(RasaException):
        change.replacement()(None, domain)


def test_an_action_may_take_as_long_as_the_settings_say() -> None:
    change = action_timeout.patch(7.5).changes[0]
    assert (change.original, change.replacement()) == (300, 7.5)


@pytest.fixture(autouse=True)
def no_patch_is_left_behind() -> Iterator[None]:
    changes = [c for p in (event_types.PATCH, graph.PATCH, action_session.PATCH) for c in p.changes]
    before = [inspect.getattr_static(c.owner, c.attribute) for c in changes]
    yield
    assert [inspect.getattr_static(c.owner, c.attribute) for c in changes] == before


# --- slot_copies


def test_a_copied_slot_is_the_same_and_apart(domain: Domain) -> None:
    change = slot_copies.PATCH.changes[0]
    slots = [*domain.slots, TextSlot("name", [{"type": "from_text"}], initial_value="王")]
    for slot in slots:
        slot = copy(slot)
        slot.value = {"text": "漏水"}
        theirs = copy(slot)
        change.apply()
        try:
            ours = copy(slot)
        finally:
            change.undo()
        assert type(ours) is type(theirs) and vars(ours) == vars(theirs)
        assert ours.value is slot.value  # a copy no deeper than Python's own
        ours.reset()
        assert slot.value == {"text": "漏水"} and slot.has_been_set


# --- empty_domain


def test_whether_a_domain_is_empty_is_worked_out_once(domain: Domain) -> None:
    change = empty_domain.PATCH.changes[0]
    asked: list[Domain] = []

    def counting(one: Domain) -> bool:
        asked.append(one)
        return bool(change.function(one))

    ours = change.make(counting)
    empty, full = Domain.empty(), Domain.from_dict(domain.as_dict())
    for _ in range(3):
        assert ours(empty) and not ours(full)
    assert asked == [empty, full]
