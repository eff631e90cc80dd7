"""The states of a conversation are worked out once for two questions in a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import is_
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.patches.patch import Change, Patch

State = dict[str, Any]
States = Callable[..., list[State]]


@dataclass(frozen=True)
class _Asked:
    """One question: for these events, seen in this way."""

    domain: Domain
    tracker: DialogueStateTracker
    events: list[Event]
    way: tuple[Any, ...]

    def is_again(self, before: _Asked | None) -> bool:
        """Nothing has happened since: every event is the same object."""
        return (
            before is not None
            and before.domain is self.domain
            and before.tracker is self.tracker
            and before.way == self.way
            and len(before.events) == len(self.events)
            and all(map(is_, before.events, self.events))
        )


def _states_for_tracker_history(original: States) -> States:
    # Only the last answer is kept: the rules ask for the text and for the intent, one after the
    # other, and nobody else asks in between.
    last: tuple[_Asked, list[State]] | None = None

    def states_for_tracker_history(
        self: Domain,
        tracker: DialogueStateTracker,
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        nonlocal last
        way = (omit_unset_slots, ignore_rule_only_turns, rule_only_data)
        asked = _Asked(self, tracker, list(tracker.events), way)
        if last is None or not asked.is_again(last[0]):
            last = (asked, original(self, tracker, *way))
        return [_copy(state) for state in last[1]]

    return states_for_tracker_history


def _copy(state: State) -> State:
    """Who asks takes things out of a state and its parts, but changes nothing further down."""
    return {name: dict(part) for name, part in state.items()}


PATCH = Patch(
    name="states_once",
    why="For each prediction Rasa replays the conversation to ask the rules for the text, and again "
    "to ask them for the intent.",
    changes=(
        Change(Domain, "states_for_tracker_history", _states_for_tracker_history, "035111ce73ac"),
    ),
    is_speed=True,
)
