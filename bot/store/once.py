"""Inserting a row that may be there already, for SQLite and PostgreSQL alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.store.base import Base, table


class InsertOnce:
    """INSERT … ON CONFLICT DO NOTHING into one table, built once.

    It goes past the session's own rows: what they refer to must have been flushed.
    """

    def __init__(self, row: type[Base]) -> None:
        self._statements: dict[str, Any] = {
            "sqlite": sqlite.insert(table(row)).on_conflict_do_nothing(),
            "postgresql": postgresql.insert(table(row)).on_conflict_do_nothing(),
        }

    def __call__(self, session: Session, values: dict[str, Any]) -> int | None:
        """The key of the new row, or None where a row with the same unique value exists."""
        connection = session.connection()
        done: Any = connection.execute(self._statements[connection.dialect.name], values)
        return int(done.inserted_primary_key[0]) if done.rowcount else None
