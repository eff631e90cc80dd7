"""Alembic's entry: runs the migrations on the engine it is handed."""

from typing import Any

from alembic import context
from sqlalchemy.engine import Engine

from bot.store import tables, trackers
from bot.store.base import Base, Moment

assert tables and trackers  # imported for their tables


def render_item(kind: str, item: Any, _autogenerate: Any) -> str | bool:
    """Migrations name SQLAlchemy's own types, so that ours may change."""
    return "sa.DateTime(timezone=True)" if isinstance(item, Moment) else False


engine: Engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        if engine.dialect.name == "postgresql":
            # Several processes may start at once: one migrates, the others wait.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20261123)")
        context.run_migrations()
    connection.commit()
