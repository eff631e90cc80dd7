"""Many rows at once, past the session's objects: for benchmarks, which need a full database."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import create_engine, func, insert, select, text, update
from sqlalchemy.orm import Session

from bot.desk.errors import BadInput
from bot.store.base import Base, table
from bot.store.database import expect_answer

_CHUNK = 5000
_SEQUENCE = text(
    "SELECT pg_get_serial_sequence(:name, column_name) FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND table_name = :name AND column_name = 'id'"
)


def put(session: Session, row: type[Base], values: Iterable[dict[str, Any]]) -> int:
    """Insert rows, all with the same columns; returns how many."""
    rest, count = iter(values), 0
    while chunk := list(islice(rest, _CHUNK)):
        session.connection().execute(insert(table(row)), chunk)
        count += len(chunk)
    return count


def change(session: Session, row: type[Base], ids: Sequence[int] | None, **values: Any) -> None:
    """Of these rows, or of all."""
    of = table(row)
    if ids is None:
        session.connection().execute(update(of).values(**values))
        return
    for start in range(0, len(ids), 500):
        some = update(of).where(of.c.id.in_(ids[start : start + 500]))
        session.connection().execute(some.values(**values))


def settle(session: Session) -> None:
    """What a server does by itself soon after so many rows have come: count them, for its plans.

    Keys that were given by hand are skipped by the sequences. SQLite does neither by itself.
    """
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        return
    for of in Base.metadata.sorted_tables:
        sequence = connection.execute(_SEQUENCE, {"name": of.name}).scalar()
        if sequence:
            next_one = select(func.coalesce(func.max(of.c.id), 0) + 1).scalar_subquery()
            connection.execute(select(func.setval(sequence, next_one, False)))
    connection.execute(text("ANALYZE"))


@contextmanager
def schema_of_its_own(url: str) -> Iterator[str]:
    """The URL of an empty schema of a PostgreSQL server, which is dropped afterwards.

    Raises BadInput for another kind of URL, Unavailable where the server does not answer.
    """
    if not url.startswith("postgresql"):
        raise BadInput("the URL of the server: expected postgresql://…")
    admin = create_engine(url, future=True)
    expect_answer(admin)
    schema = f"bench{uuid.uuid4().hex[:12]}"
    with admin.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    try:
        yield f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{schema}"
    finally:
        with admin.begin() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
        admin.dispose()
