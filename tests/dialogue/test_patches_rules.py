"""The patches that decide which rule applies: as Rasa decides, on any rules and conversations."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue import tensorflow_stub

tensorflow_stub.install()

from rasa.core.policies.rule_policy import (  # noqa: E402
    RULES,
    RULES_FOR_LOOP_UNHAPPY_PATH,
    RulePolicy,
)
from rasa.shared.core.constants import SHOULD_NOT_BE_SET  # noqa: E402
from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.events import (  # noqa: E402
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    DefinePrevUserUtteredFeaturization,
    Event,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402

from bot.dialogue.patches import last_states, rule_index  # noqa: E402
from bot.dialogue.patches.last_states import longest  # noqa: E402

# --- rule_index

values = st.sampled_from(["report", "deny", "action_listen", "report_form", SHOULD_NOT_BE_SET, ""])
anything = st.one_of(values, st.none(), st.lists(st.sampled_from([0.0, 1.0]), max_size=2))


def part(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, anything))


states = st.fixed_dictionaries(
    {},
    optional={
        "prev_action": part("action_name"),
        "user": part("intent", "text"),
        "slots": part("what"),
        "active_loop": part("name"),
    },
)
rules = st.lists(st.lists(states, max_size=3).map(json.dumps), max_size=20)


@settings(max_examples=300, deadline=None)
@given(rules, states, st.data())
def test_any_rules_apply_to_any_states_as_before(
    policy: RulePolicy, keys: list[str], more: dict[str, Any], data: st.DataObject
) -> None:
    """The conversation has what some rule wants, and more: so that rules do apply."""
    change = rule_index.PATCH.changes[0]
    lookup = {key: str(number) for number, key in enumerate(keys)}
    wanted = json.loads(data.draw(st.sampled_from([*keys, "[]"])))
    conversation = [more, *({**more, **state} for state in wanted)]
    theirs = change.function(policy, lookup, conversation)
    assert change.replacement()(policy, lookup, conversation) == theirs


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_the_assistants_rules_apply_to_conversations_as_before(
    policy: RulePolicy, domain: Domain, data: st.DataObject
) -> None:
    change = rule_index.PATCH.changes[0]
    ours = change.replacement()
    tracker = data.draw(conversations(domain))
    for is_text in (True, False):
        seen = policy._prediction_states(
            tracker, domain, is_text, rule_only_data=policy._get_rule_only_data()
        )
        for name in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH):
            lookup = policy.lookup[name]
            assert lookup
            for _ in range(2):  # the second time from the index
                assert ours(policy, lookup, seen) == change.function(policy, lookup, seen)


def event_of(domain: Domain) -> st.SearchStrategy[Event]:
    """One of the things that happen, in no order that makes sense."""
    return st.one_of(
        st.sampled_from(domain.action_names_or_texts).map(ActionExecuted),
        st.sampled_from(domain.intents).map(
            lambda name: UserUttered(name, {"name": name, "confidence": 0.9})
        ),
        st.sampled_from(["what", "where", "requested_slot"]).map(lambda n: SlotSet(n, "x")),
        st.sampled_from([None, "report_form"]).map(ActiveLoop),
        st.sampled_from([UserUtteranceReverted, ActionReverted, SessionStarted]).map(
            lambda kind: kind()
        ),
        st.booleans().map(DefinePrevUserUtteredFeaturization),
    )


@st.composite
def conversations(draw: st.DrawFn, domain: Domain) -> DialogueStateTracker:
    tracker = DialogueStateTracker("wang", domain.slots)
    for event in draw(st.lists(event_of(domain), max_size=12)):
        tracker.update(event, domain)
    return tracker


def test_the_index_leaves_few_rules_to_compare(policy: RulePolicy, domain: Domain) -> None:
    """The reason for the patch, in numbers: fewer than one in ten is looked at."""
    asked: list[int] = []

    def counting(self: RulePolicy, lookup: dict[str, str], states: list[Any]) -> set[str]:
        asked.append(len(lookup))
        return set()

    ours = rule_index.PATCH.changes[0].make(counting)
    ours(policy, policy.lookup[RULES], [{"prev_action": {"action_name": "action_check_status"}}])
    assert asked[0] < len(policy.lookup[RULES]) / 10


# --- last_states


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_last_states_are_the_last_of_all_states(
    policy: RulePolicy, domain: Domain, data: st.DataObject
) -> None:
    change = last_states.PATCH.changes[0]
    tracker = data.draw(conversations(domain))
    for is_text in (True, False):
        every = change.function(policy, tracker, domain, is_text)
        ours = change.replacement()(policy, tracker, domain, is_text)
        assert ours == every[-longest(policy) :]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_rules_decide_by_the_last_states_as_by_all(
    policy: RulePolicy, domain: Domain, data: st.DataObject
) -> None:
    change = last_states.PATCH.changes[0]
    tracker = data.draw(conversations(domain))
    theirs, _ = policy._predict(tracker, domain)
    change.apply()
    try:
        ours, _ = policy._predict(tracker, domain)
    finally:
        change.undo()
    assert vars(ours) == vars(theirs)


def test_no_rule_looks_back_far(policy: RulePolicy) -> None:
    """The reason for the patch: a conversation of five turns has some twenty states."""
    assert longest(policy) <= 4
