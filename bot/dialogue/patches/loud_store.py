"""A tracker store that fails makes its message fail."""

from __future__ import annotations

from collections.abc import Callable

from rasa.core.agent import Agent
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import RasaException

from bot.dialogue.patches.patch import Change, Patch

Create = Callable[[TrackerStore | None, Domain], TrackerStore]


def _create_tracker_store(_original: Create) -> Create:
    def create_tracker_store(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        if store is None:
            raise RasaException("endpoints.yml names no tracker_store")
        store.domain = domain
        return store

    return create_tracker_store


PATCH = Patch(
    name="loud_store",
    why="Rasa wraps every store in one that answers a failed read with an empty conversation.",
    changes=(Change(Agent, "_create_tracker_store", _create_tracker_store, "97499b594b45"),),
    is_speed=False,
)
