"""Brings the schema of a database up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from bot.store.database import Database, expect_answer


def configuration(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["engine"] = database.engine
    return config


def upgrade(database: Database) -> None:
    """Run the migrations that are missing; on a current database this changes nothing.

    Raises Unavailable where the database does not answer.
    """
    expect_answer(database.engine)
    command.upgrade(configuration(database), "head")
