"""The engine's memory is bounded, and exact within its bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue import tensorflow_stub

tensorflow_stub.install()

from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.events import (  # noqa: E402
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402

from bot.dialogue.tracker_store import KEPT_TURNS, BoundedTrackerStore  # noqa: E402
from tests.conftest import CHECKOUT  # noqa: E402


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(CHECKOUT / "domain.yml"))


@pytest.fixture
def store(tmp_path: Path, domain: Domain) -> BoundedTrackerStore:
    return BoundedTrackerStore(domain, host=f"sqlite:///{tmp_path / 'engine.db'}")


def talked(domain: Domain, turns: int) -> DialogueStateTracker:
    tracker = DialogueStateTracker("wang", domain.slots)
    for turn in range(turns):
        tracker.update(ActionExecuted("action_listen"), domain)
        heard = UserUttered(f"第{turn}句", {"name": "greet", "confidence": 1.0})
        tracker.update(heard, domain)
        tracker.update(SlotSet("ticket", f"{turn}"), domain)
        tracker.update(BotUttered("您好"), domain)
    tracker.update(ActiveLoop("report_form"), domain)
    tracker.update(SlotSet("what", "漏水"), domain)
    return tracker


@pytest.mark.parametrize("turns", [1, KEPT_TURNS, KEPT_TURNS + 1, 200])
async def test_slots_form_and_last_turns_survive(
    store: BoundedTrackerStore, domain: Domain, turns: int
) -> None:
    before = talked(domain, turns)
    await store.save(before)
    after = await store.retrieve("wang")
    assert after is not None
    assert after.current_slot_values() == before.current_slot_values()
    assert after.active_loop_name == "report_form"
    heard = [e.text for e in after.events if isinstance(e, UserUttered)]
    assert heard == [f"第{turn}句" for turn in range(turns)][-KEPT_TURNS:]


async def test_a_slot_set_long_ago_is_not_forgotten(
    store: BoundedTrackerStore, domain: Domain
) -> None:
    tracker = talked(domain, 1)
    for _ in range(3):
        for turn in range(KEPT_TURNS):
            tracker.update(UserUttered(f"{turn}", {"name": "greet", "confidence": 1.0}), domain)
        await store.save(tracker)
        found = await store.retrieve("wang")
        assert found is not None
        tracker = found
    assert tracker.get_slot("what") == "漏水"
    assert tracker.active_loop_name == "report_form"


async def test_a_broken_memory_is_an_error_and_not_an_empty_conversation(
    store: BoundedTrackerStore,
) -> None:
    store._memory._database.run(
        lambda session: session.connection().exec_driver_sql("DROP TABLE engine_trackers")
    )
    with pytest.raises(Exception, match="engine_trackers"):
        await store.retrieve("wang")


async def test_nobody_known_is_nobody(store: BoundedTrackerStore) -> None:
    assert await store.retrieve("nobody") is None


async def test_who_holds_a_conversation_reads_it_once(
    store: BoundedTrackerStore, domain: Domain
) -> None:
    await store.save(talked(domain, 2))
    async with store.in_hand("wang") as known:
        assert known is not None
        assert await store.retrieve("wang") is known
        going_on = talked(domain, 3)
        await store.save(going_on)
        assert await store.retrieve("wang") is going_on
        assert await store.retrieve("li") is None
    read = await store.retrieve("wang")
    assert read is not None and read is not going_on
    assert read.events == going_on.events


async def test_what_was_not_saved_is_not_remembered(
    store: BoundedTrackerStore, domain: Domain
) -> None:
    await store.save(talked(domain, 2))
    with pytest.raises(RuntimeError):
        async with store.in_hand("wang") as known:
            assert known is not None
            known.update(UserUttered("lost", {"name": "greet", "confidence": 1.0}), domain)
            raise RuntimeError
    after = await store.retrieve("wang")
    assert after is not None
    assert [e.text for e in after.events if isinstance(e, UserUttered)] == ["第0句", "第1句"]
