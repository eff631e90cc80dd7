"""A rule is looked at only if it can apply to what just happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any
from weakref import WeakKeyDictionary

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

from bot.dialogue.patches.patch import Change, Patch

State = dict[str, Any]
Lookup = dict[str, str]  # a rule's key (its states as JSON) → what it predicts
Mark = tuple[str | None, str | None]  # the action before and the intent; None: whichever
Index = dict[Mark, list[str]]
PossibleKeys = Callable[[RulePolicy, Lookup, list[State]], set[str]]

_START: Mark = ("", "")  # nothing came before
_ALWAYS: Mark = ("*", "*")  # a rule without states


def _get_possible_keys(original: PossibleKeys) -> PossibleKeys:
    indexes: WeakKeyDictionary[RulePolicy, dict[int, tuple[Lookup, int, Index]]]
    indexes = WeakKeyDictionary()

    def get_possible_keys(self: RulePolicy, lookup: Lookup, states: list[State]) -> set[str]:
        if not states:
            return original(self, lookup, states)
        of_policy = indexes.setdefault(self, {})
        known = of_policy.get(id(lookup))
        if known is None or known[0] is not lookup or known[1] != len(lookup):
            known = of_policy[id(lookup)] = (lookup, len(lookup), _index(self, lookup))
        index = known[2]
        # What is left is judged by Rasa: the index only leaves out what it would refuse at once.
        left = {key: lookup[key] for mark in _marks(states[-1]) for key in index.get(mark, ())}
        return original(self, left, states)

    return get_possible_keys


def _index(policy: RulePolicy, lookup: Lookup) -> Index:
    index: Index = defaultdict(list)
    for key in lookup:
        states = policy._rule_key_to_state(key)
        index[_demand(states[-1]) if states else _ALWAYS].append(key)
    return dict(index)


def _demand(state: State) -> Mark:
    """What the last state of a rule wants of the last state of a conversation."""
    if not state.get(PREVIOUS_ACTION):
        return _START
    return (
        _value(state[PREVIOUS_ACTION].get(ACTION_NAME)),
        _value(state.get(USER, {}).get(INTENT)),
    )


def _value(found: Any) -> str | None:
    """A name that has to be the same on both sides; None for everything else."""
    is_name = isinstance(found, str) and found and found != SHOULD_NOT_BE_SET
    return found if is_name else None


def _marks(state: State) -> Iterator[Mark]:
    """The demands that the last state of a conversation may fulfil."""
    yield _ALWAYS
    if not state.get(PREVIOUS_ACTION):
        yield _START
        return
    action = _value(state[PREVIOUS_ACTION].get(ACTION_NAME))
    intent = _value(state.get(USER, {}).get(INTENT))
    yield from set(product((action, None), (intent, None)))


PATCH = Patch(
    name="rule_index",
    why="Rasa compares every rule (there are hundreds, of a few dozen in the file) with the "
    "conversation, several times a message. Which can apply is known from the action before and "
    "the intent.",
    changes=(Change(RulePolicy, "_get_possible_keys", _get_possible_keys, "2915fd81711e"),),
    is_speed=True,
)
