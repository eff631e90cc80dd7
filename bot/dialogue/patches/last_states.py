"""Rules are compared with as much of a conversation as the longest of them looks back on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.patches.patch import Change, Patch

PredictionStates = Callable[..., list[State]]


def _prediction_states(_original: PredictionStates) -> PredictionStates:
    known: WeakKeyDictionary[RulePolicy, int] = WeakKeyDictionary()

    def prediction_states(
        self: RulePolicy,
        tracker: DialogueStateTracker,
        domain: Domain,
        use_text_for_last_user_input: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        if self not in known:
            known[self] = longest(self)
        states = last_states(tracker, domain, known[self])
        self.featurizer._choose_last_user_input([states], use_text_for_last_user_input)
        return states

    return prediction_states


def last_states(tracker: DialogueStateTracker, domain: Domain, most: int) -> list[State]:
    """The last `most` states of the conversation, one before each action and one now."""
    events = tracker.applied_events()
    left_out = 1 + sum(isinstance(event, ActionExecuted) for event in events) - most
    states: list[State] = []
    replayed = tracker.init_copy()
    for event in events:
        if isinstance(event, ActionExecuted):
            if left_out > 0:
                left_out -= 1
            else:
                states.append(domain.get_active_state(replayed))
        replayed.update(event)
    return [*states, domain.get_active_state(replayed)]


def longest(policy: RulePolicy) -> int:
    """How many states the rule with the most of them has."""
    rules = (*policy.lookup[RULES], *policy.lookup[RULES_FOR_LOOP_UNHAPPY_PATH])
    return max((len(policy._rule_key_to_state(rule)) for rule in rules), default=1)


PATCH = Patch(
    name="last_states",
    why="Rasa works out every state of the conversation for each step of a turn, and compares the "
    "rules with all of them. A rule is decided where its own states end: the longest has three.",
    changes=(Change(RulePolicy, "_prediction_states", _prediction_states, "ed9b82bed2f2"),),
    is_speed=True,
)
