"""Counts in the desk's own database, read past the services: the benchmark checks them too."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

_COUNTS = """
SELECT count(*),
       coalesce(sum(i.status = 'pending'), 0),
       coalesce(sum((SELECT count(*) FROM turns t WHERE t.inbox_id = i.id) = 1), 0),
       coalesce(sum(EXISTS (SELECT 1 FROM outbox o WHERE o.inbox_id = i.id)), 0)
FROM inbox i WHERE i.channel = ?
"""
_TICKETS = """
SELECT count(*) FROM tickets t JOIN conversations c ON c.id = t.conversation_id WHERE c.channel = ?
"""


@dataclass(frozen=True)
class Ledger:
    """Messages of a channel, how many of them wait, have exactly one turn, have an answer in the
    outbox; and the tickets of its conversations."""

    messages: int
    pending: int
    with_one_turn: int
    answered: int
    tickets: int

    def since(self, before: Ledger) -> Ledger:
        earlier = asdict(before)
        return Ledger(**{name: value - earlier[name] for name, value in asdict(self).items()})


def read(database: Path, channel: str) -> Ledger:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        counts = connection.execute(_COUNTS, (channel,)).fetchone()
        tickets = connection.execute(_TICKETS, (channel,)).fetchone()
    return Ledger(*counts, *tickets)
