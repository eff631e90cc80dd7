"""Where the engine keeps a conversation: its last turns, its slots and the form, one row each.

Rasa's own SQL store keeps every event for ever and reads them all for every message, so that a
long conversation gets slower with each turn. What was said is in the `turns` table; the engine
needs only enough to go on.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from typing import Any

import ujson
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.store.memory import Memory

KEPT_TURNS = 5  # rules look at this turn, a repeated key at the last few


class BoundedTrackerStore(TrackerStore):
    """`host` is a database URL. Errors are raised: a lost memory must not look like a new one."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        host: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self._in_hand: dict[str, DialogueStateTracker | None] = {}
        self._memory = Memory(host)

    @property
    def domain(self) -> Domain:
        return self._domain

    @domain.setter
    def domain(self, domain: Domain | None) -> None:
        self._domain = domain or Domain.empty()

    @asynccontextmanager
    async def in_hand(self, sender_id: str) -> AsyncGenerator[DialogueStateTracker | None, None]:
        """The conversation, read once: Rasa gets the same one, and what it saves is kept at hand.

        Only for who holds the conversation's lock. Afterwards the database is asked again.
        """
        self._in_hand[sender_id] = await self.retrieve(sender_id)
        try:
            yield self._in_hand[sender_id]
        finally:
            del self._in_hand[sender_id]

    async def save(self, tracker: DialogueStateTracker) -> None:
        await self.stream_events(tracker)
        events = bounded(list(tracker.events), self._domain)
        written = ujson.dumps(
            [event.as_dict() for event in events], ensure_ascii=False, escape_forward_slashes=False
        )
        await self._memory.save(tracker.sender_id, written, now=datetime.now(timezone.utc))
        if tracker.sender_id in self._in_hand:
            self._in_hand[tracker.sender_id] = tracker

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        if sender_id in self._in_hand:
            return self._in_hand[sender_id]
        written = await self._memory.load(sender_id)
        if written is None:
            return None
        events = deserialise_events(ujson.loads(written))
        return DialogueStateTracker.from_events(
            sender_id, events, self._domain.slots, domain=self._domain
        )

    async def delete(self, sender_id: str) -> None:
        await self._memory.forget(sender_id)

    async def keys(self) -> list[str]:
        raise NotImplementedError("the conversations are listed in the conversations table")


def bounded(events: list[Event], domain: Domain, turns: int = KEPT_TURNS) -> list[Event]:
    """The last `turns` turns, led by the slots and the active form as they were at the cut."""
    starts = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(starts) <= turns:
        return events
    cut = starts[-turns]
    before = DialogueStateTracker.from_events("", events[:cut], domain.slots, domain=domain)
    moment = events[cut - 1].timestamp
    head: list[Event] = [
        ActionExecuted("action_session_start", timestamp=moment),
        SessionStarted(timestamp=moment),
    ]
    head += [
        SlotSet(name, slot.value, timestamp=moment)
        for name, slot in before.slots.items()
        if slot.has_been_set and slot.value is not None
    ]
    if before.active_loop_name:
        head.append(ActiveLoop(before.active_loop_name, timestamp=moment))
    head.append(ActionExecuted(ACTION_LISTEN_NAME, timestamp=moment))
    return head + events[cut:]
