"""The only way into the engine: one HTTP request a message, on loopback.

POST /webhooks/linli/message takes
    {"sender", "text" | "payload", "key", "metadata"}
and returns
    {"replies": [{"text", "buttons": [{"label", "tap"}]}], "reading": {...}, "actions": [...],
     "slots": {...}, "ticket": number of the ticket this message touched, or null,
     "citations": [...] what the answer to this message rests on}
`payload` is a trusted line such as /deny from one of our own buttons; `text` is what a resident
wrote, and a leading "/" in it means nothing. `key` names the message: asked again with the same
key, the channel reads the answer off the saved conversation and moves nothing. Any error is a
5xx, and then the conversation is as it was before.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.dialogue.patches import ActionFailed

KEY = "message_key"
SLOTS = ("report", "requested_slot")

_PAYLOAD = re.compile(r"/[a-z_]{1,40}")
_MAX_TEXT = 8000
_log = logging.getLogger(__name__)


class BadRequest(ValueError):
    """The request is not one of ours: says which part and what was expected."""


class LinliChannel(InputChannel):
    """See the module."""

    @classmethod
    def name(cls) -> str:
        return "linli"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> LinliChannel:
        return cls()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        blueprint = Blueprint("linli_channel", "bot.dialogue.channel")

        @blueprint.get("/")
        async def health(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            ready = agent is not None and agent.is_ready()
            return response.json({"ready": ready}, status=200 if ready else 503)

        @blueprint.post("/message")
        async def message(request: Request) -> HTTPResponse:
            try:
                user_message = _read(request.json)
                return response.json(await answer(request.app.ctx.agent, user_message))
            except BadRequest as error:
                return response.json({"error": str(error)}, status=400)
            except ActionFailed as error:
                _log.error("action failed: %s", error)
                status = 500 if error.broken else 503
                return response.json({"error": "an action failed"}, status=status)
            except Exception as error:
                _log.error("message failed: %s", type(error).__name__, exc_info=error)
                return response.json({"error": type(error).__name__}, status=500)

        return blueprint


async def answer(agent: Agent, message: UserMessage) -> dict[str, Any]:
    """Handle `message`, or find the answer it got before, under the conversation's lock."""
    key, sender = message.metadata[KEY], message.sender_id
    # Without the patch loud_store, Rasa has wrapped the store of endpoints.yml in another.
    store = getattr(agent.tracker_store, "_tracker_store", agent.tracker_store)
    async with agent.lock_store.lock(sender), store.in_hand(sender) as known:
        events = _turn(known, key) if known else []
        if not events:
            await agent.processor.handle_message(message)
            known = await store.retrieve(sender)
            events = _turn(known, key)
        return _answer(events, known)


def _read(body: Any) -> UserMessage:
    if not isinstance(body, dict):
        raise BadRequest("body: expected a JSON object")
    for name in ("sender", "key"):
        if not isinstance(body.get(name), str) or not body[name]:
            raise BadRequest(f"{name}: expected a text")
    return UserMessage(
        text=_text(body),
        output_channel=CollectingOutputChannel(),
        sender_id=body["sender"],
        input_channel=LinliChannel.name(),
        message_id=body["key"],
        metadata={**(body.get("metadata") or {}), KEY: body["key"]},
    )


def _text(body: dict[str, Any]) -> str:
    payload = body.get("payload")
    if payload is not None:
        if not isinstance(payload, str) or not _PAYLOAD.fullmatch(payload):
            raise BadRequest("payload: expected /name")
        return payload
    text = body.get("text")
    if not isinstance(text, str):
        raise BadRequest("text: expected a text")
    # Rasa reads a text that begins with "/" as an intent; so may nobody but our own buttons.
    text = text.strip()[:_MAX_TEXT]
    return "\uff0f" + text[1:] if text.startswith("/") else text


def _turn(tracker: DialogueStateTracker, key: str) -> list[Event]:
    """The events of the turn that handled `key`: from the message to the next one."""
    events: Sequence[Event] = list(tracker.events)
    for start, event in enumerate(events):
        if isinstance(event, UserUttered) and (event.metadata or {}).get(KEY) == key:
            rest = events[start + 1 :]
            end = next((i for i, e in enumerate(rest) if isinstance(e, UserUttered)), len(rest))
            return [event, *rest[:end]]
    return []


def _answer(events: list[Event], tracker: DialogueStateTracker) -> dict[str, Any]:
    heard = events[0]
    assert isinstance(heard, UserUttered)
    parsed = heard.parse_data
    return {
        "replies": [_reply(e) for e in events if isinstance(e, BotUttered) and e.text],
        "actions": [
            e.action_name
            for e in events
            if isinstance(e, ActionExecuted) and e.action_name != "action_listen"
        ],
        "reading": {
            "intent": parsed["intent"].get("name"),
            "confidence": parsed["intent"].get("confidence"),
            "intents": parsed.get("intent_ranking", []),
            "entities": parsed.get("entities", []),
            "matters": parsed.get("matters", []),
        },
        "slots": {name: tracker.get_slot(name) for name in SLOTS},
        "ticket": _set_now(events, "ticket"),
        "citations": _set_now(events, "citations") or [],
    }


def _set_now(events: list[Event], slot: str) -> Any:
    """What this turn set a slot to, or None: an older value is not this message's doing."""
    set_now = [e.value for e in events if isinstance(e, SlotSet) and e.key == slot]
    return set_now[-1] if set_now else None


def _reply(event: BotUttered) -> dict[str, Any]:
    data = event.data or {}
    buttons = [{"label": b["title"], "tap": b["payload"]} for b in data.get("buttons") or ()]
    return {"text": event.text, "buttons": buttons}
