"""What all tables share: the declarative base and the column types."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData
from sqlalchemy.orm import DeclarativeMeta, registry
from sqlalchemy.types import TypeDecorator

# SQLite only gives an automatic key to a column declared exactly INTEGER.
BigKey = BigInteger().with_variant(Integer(), "sqlite")

_REGISTRY = registry(
    metadata=MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
)


class Base(metaclass=DeclarativeMeta):
    """The parent of every table. A row is built from its columns' names."""

    __abstract__ = True
    registry = _REGISTRY
    metadata = _REGISTRY.metadata

    def __init__(self, **values: Any) -> None:
        _REGISTRY.constructor(self, **values)


def _from_sqlite(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


def _aware(value: datetime | None) -> datetime | None:
    return value.replace(tzinfo=timezone.utc) if value and value.tzinfo is None else value


class Moment(TypeDecorator):  # type: ignore[type-arg]
    """A point in time: aware going in, UTC in the row, aware UTC coming out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value!r}")
        value = value.astimezone(timezone.utc)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        """A row has a dozen of these, so they are read past SQLAlchemy's own layers."""
        return _from_sqlite if dialect.name == "sqlite" else _aware


def column(*args: Any, **kwargs: Any) -> Any:
    """A Column whose mapped attribute is typed by its own annotation (`name: Mapped[str]`)."""
    kwargs.setdefault("nullable", False)
    return Column(*args, **kwargs)


def table(row: type[Base]) -> Any:
    """The table behind a mapped class, for statements that go past the session's objects."""
    return row.__table__  # type: ignore[attr-defined]
