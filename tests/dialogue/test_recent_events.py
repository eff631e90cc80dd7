"""An action is told what Rasa tells it, less the events of long ago."""

from __future__ import annotations

import json

import pytest

from bot.dialogue import tensorflow_stub

tensorflow_stub.install()

from rasa.core.actions.action import RemoteAction  # noqa: E402
from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.events import (  # noqa: E402
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402
from rasa.utils.endpoints import EndpointConfig  # noqa: E402

from bot.dialogue.patches import action_session, recent_events  # noqa: E402
from tests.conftest import CHECKOUT  # noqa: E402


def talk(turns: int) -> DialogueStateTracker:
    tracker = DialogueStateTracker("web:1", Domain.load(str(CHECKOUT / "domain.yml")).slots)
    tracker.update(ActionExecuted("action_session_start"))
    tracker.update(SessionStarted())
    for n in range(turns):
        tracker.update(UserUttered(f"第{n}句", {"name": "report", "confidence": 1.0}))
        tracker.update(SlotSet("pending", {"said": n}))
        tracker.update(BotUttered(f"第{n}答"))
        tracker.update(ActionExecuted("action_listen"))
    return tracker


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 12])
def test_only_the_events_before_the_last_two_turns_are_left_out(turns: int) -> None:
    change = recent_events.PATCH.changes[0]
    action = RemoteAction("action_urge", EndpointConfig("http://nobody"))
    arguments = (action, talk(turns), Domain.empty())
    theirs, ours = change.function(*arguments), change.replacement()(*arguments)
    all_events, told = theirs["tracker"].pop("events"), ours["tracker"].pop("events")
    assert ours == theirs
    assert all_events[len(all_events) - len(told) :] == told
    heard = [event["text"] for event in told if event["event"] == "user"]
    assert heard == [f"第{n}句" for n in range(turns)][-recent_events.TURNS :]


def test_the_state_of_a_conversation_in_a_form_is_the_same_and_leaves_the_form_alone() -> None:
    change = recent_events.PATCH.changes[1]
    tracker = talk(2)
    for name in (None, "report_form"):
        if name:
            tracker.update(ActiveLoop(name))
            tracker.active_loop.trigger_message = {"text": "第1句", "intent": {"name": "report"}}
        theirs, ours = change.function(tracker), change.replacement()(tracker)
        assert ours == theirs
        assert (ours["active_loop"] or {}).get("name") == name
        assert (tracker.active_loop.name if tracker.active_loop else None) == name


async def test_a_call_reads_the_same_however_it_is_written() -> None:
    change = action_session.PATCH.changes[0]
    call = {"text": '漏水 "a/b" \u2028 😀', "at": 1700000000.25, "none": None, "list": [1, True]}
    async with change.replacement()(EndpointConfig("http://nobody")) as session:
        assert json.loads(session.json_serialize(call)) == call
        await session.close()
