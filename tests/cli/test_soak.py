"""What a soak says of a run: nothing lost, or what; how memory and latency went."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli.bench import ledger
from bot.cli.bench.cast import CHANNEL
from bot.cli.bench.soak_report import Course, results
from bot.services import conversations, inbox, outbox, turns
from bot.services.outbox import Message
from bot.store.database import Database, Session
from tests.conftest import MONDAY_TEN


def test_the_ledger_finds_messages_that_wait_or_were_not_answered_once(sqlite: Database) -> None:
    def talk(session: Session) -> None:
        speaker = conversations.enter(session, CHANNEL, "wangayi", now=MONDAY_TEN)
        conversation = speaker.conversation_id
        letters = [
            inbox.put(session, CHANNEL, str(number), conversation, {"text": "你好"}, now=MONDAY_TEN)
            for number in range(2)
        ]
        answered = letters[0]
        assert answered is not None
        inbox.done(session, answered.id, now=MONDAY_TEN + timedelta(seconds=1))
        outbox.to_conversation(
            session, conversation, Message(text="您好"), key="1", now=MONDAY_TEN,
            inbox_id=answered.id,
        )  # fmt: skip
        turns.record(
            session,
            inbox_id=answered.id,
            conversation_id=conversation,
            at=MONDAY_TEN,
            text="你好",
            actions=[],
            reading={},
            replies=[],
        )

    sqlite.run(talk)
    path = Path(str(sqlite.engine.url.database))
    assert ledger.read(path, CHANNEL) == ledger.Ledger(2, 1, 1, 1, 0)
    assert ledger.read(path, "other").messages == 0


def _course(**changes: object) -> Course:
    seconds = 1000.0
    due = [float(at) for at in range(1000)]
    values: dict[str, object] = {
        "seconds": seconds,
        "rate": 1.0,
        "memory": {"engine": [(at, 200 + at / 100) for at in due]},
        "due": due,
        "times": [10.0 if at < 500 else 30.0 for at in due],
        "errors": (),
        "dialogues": 500,
        "ledger": ledger.Ledger(1000, 0, 1000, 1000, 500),
        "restarts": 0,
    }
    return Course(**{**values, **changes})  # type: ignore[arg-type]


def test_a_clean_soak_tells_growth_and_latency_of_both_halves() -> None:
    found = results(_course())
    assert (found["lost"], found["errors"], found["tickets"]) == (0, 0, 500)
    assert found["drift_mb"]["engine"] == pytest.approx(6.8, abs=0.1)
    assert (found["p95_first_half_ms"], found["p95_second_half_ms"]) == (10, 30)
    assert len(found["latency"]) == 60


@pytest.mark.parametrize(
    "of",
    [
        ledger.Ledger(999, 0, 999, 999, 500),  # never came in
        ledger.Ledger(1000, 1, 999, 999, 500),  # waits
        ledger.Ledger(1000, 0, 999, 1000, 500),  # has two turns, or none
        ledger.Ledger(1000, 0, 1000, 999, 500),  # silence
    ],
)
def test_a_message_that_was_not_answered_once_is_lost(of: ledger.Ledger) -> None:
    assert results(_course(ledger=of))["lost"] == 1
