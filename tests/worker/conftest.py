"""A worker's office on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import settings
from bot.bootstrap import Office
from bot.services.places import Registers
from bot.store import migrate
from bot.store.database import Database


@pytest.fixture
def office(sqlite: Database, tmp_path: Path) -> Office:
    found = settings.read({"LINLI_DATA_DIR": str(tmp_path), "LINLI_DATABASE_URL": sqlite.url})
    return Office(settings=found, database=sqlite, registers=Registers(sqlite))


@pytest.fixture
def memory(office: Office) -> Iterator[Database]:
    """The engine's own database."""
    with office.engine_memory() as found:
        migrate.upgrade(found)
        yield found
