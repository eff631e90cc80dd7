"""Inserting a row that may be there already, for SQLite and PostgreSQL alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from bot.store.base import Base, table


class InsertOnce:
    """INSERT … ON CONFLICT DO NOTHING into one table; the caller gives every column that counts.

    Both databases write it alike. SQLAlchemy's own form is compiled anew each time, which takes
    longer than all the rest, so the statement is put together here, from names of columns only.
    It goes past the session's own rows: what they refer to must have been flushed.
    """

    def __init__(self, row: type[Base]) -> None:
        self._table = table(row)
        self._built: dict[tuple[bool, tuple[str, ...]], Any] = {}

    def __call__(self, session: Session, values: dict[str, Any]) -> int | None:
        """The key of the new row, or None where a row with the same unique value exists."""
        connection = session.connection()
        is_sqlite = connection.dialect.name == "sqlite"
        form = (is_sqlite, tuple(values))
        if form not in self._built:
            self._built[form] = self._build(form[1], returning=not is_sqlite)
        done: Any = connection.execute(self._built[form], values)
        if is_sqlite:
            return int(done.lastrowid) if done.rowcount else None
        key = done.scalar()
        return None if key is None else int(key)

    def _build(self, names: tuple[str, ...], *, returning: bool) -> Any:
        places = ", ".join(f":{name}" for name in names)
        first = next(iter(self._table.primary_key)).name
        statement = text(
            f"INSERT INTO {self._table.name} ({', '.join(names)}) VALUES ({places})"  # noqa: S608
            " ON CONFLICT DO NOTHING" + (f" RETURNING {first}" if returning else "")
        )
        types = self._table.columns
        return statement.bindparams(*(bindparam(name, type_=types[name].type) for name in names))
