"""Who speaks in the benchmark: residents with conversations in the database, and their lines."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from bot.bootstrap import Office, utc_now
from bot.cli.bench.doors import Line
from bot.cli.bench.play import Dialogue, Turn
from bot.gateway import reading
from bot.services import conversations
from bot.services.conversations import Speaker
from bot.services.inbox import Letter
from bot.store.database import Session

CHANNEL = "bench"


class Cast:
    """Makes lines out of turns the way the gateway does. Every call has new residents."""

    def __init__(self, office: Office, dialogues: Sequence[Dialogue]) -> None:
        self._office, self.play = office, tuple(dialogues)
        self._read: dict[str, dict[str, Any]] = {}

    def dialogues(self, name: str, count: int) -> list[list[Line]]:
        """`count` dialogues of the play in its order, over again if need be."""
        said = [self.play[number % len(self.play)] for number in range(count)]
        return self._lines(name, said)

    def conversation(self, name: str, turns: Sequence[Turn]) -> list[Line]:
        """All turns as said by one new resident."""
        return self._lines(name, [tuple(turns)])[0]

    def _lines(self, name: str, said: Sequence[Dialogue]) -> list[list[Line]]:
        peers = [f"{name}-{number}" for number in range(len(said))]
        speakers = self._office.database.run(partial(_enter, peers=peers))
        return [
            [self._line(speaker, step, turn.text) for step, turn in enumerate(dialogue)]
            for speaker, dialogue in zip(speakers, said, strict=True)
        ]

    def _line(self, speaker: Speaker, step: int, text: str) -> Line:
        if text not in self._read:  # places are read once: that is the gateway's cost, not theirs
            self._read[text] = self._metadata(speaker, text)
        metadata = {
            **self._read[text],
            "resident": speaker.resident_id,
            "conversation": speaker.conversation_id,
        }
        key = f"{CHANNEL}:{speaker.peer}-{step}"
        return Line(sender=speaker.peer, key=key, text=text, metadata=metadata)

    def _metadata(self, speaker: Speaker, text: str) -> dict[str, Any]:
        letter = Letter(
            id=0,
            conversation_id=speaker.conversation_id,
            key="",
            body={"text": text},
            received_at=utc_now(),
            faults=0,
        )
        return reading.metadata(letter, speaker, text, self._office.registers.current())


def _enter(session: Session, peers: Sequence[str]) -> list[Speaker]:
    now = utc_now()
    return [conversations.enter(session, CHANNEL, peer, now=now) for peer in peers]
