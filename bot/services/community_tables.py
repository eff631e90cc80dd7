"""Makes a table hold exactly so many coded rows: writes what differs, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from bot.store.base import Base, table

_MANY = 500  # codes in one statement; databases limit how many it may carry


def put(session: Session, row: type[Base], wanted: Mapping[str, dict[str, Any]]) -> list[str]:
    """Insert and change rows until `wanted`, by code, is there; returns the codes of the others.

    A city has tens of thousands of rows: this goes past the session's objects, which must not hold
    any of them changed.
    """
    of, connection = table(row), session.connection()
    known = {found["code"]: dict(found) for found in connection.execute(select(of)).mappings()}
    new = [values for code, values in wanted.items() if code not in known]
    other = [
        {**values, "known_code": code}
        for code, values in wanted.items()
        if code in known and known[code] != values
    ]
    if new:
        connection.execute(insert(of), new)
    if other:
        connection.execute(update(of).where(of.c.code == bindparam("known_code")), other)
    return [code for code in known if code not in wanted]


def remove(session: Session, row: type[Base], codes: Collection[str]) -> None:
    of = table(row)
    for some in _parts(codes):
        session.connection().execute(delete(of).where(of.c.code.in_(some)))


def set_for(session: Session, row: type[Base], codes: Collection[str], **values: Any) -> None:
    of = table(row)
    for some in _parts(codes):
        session.connection().execute(update(of).where(of.c.code.in_(some)).values(**values))


def _parts(codes: Collection[str]) -> list[list[str]]:
    known = list(codes)
    return [known[start : start + _MANY] for start in range(0, len(known), _MANY)]
