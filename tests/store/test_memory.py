"""The engine's memory: what was saved is there, whoever looks, and its log does not grow."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.store import memory
from bot.store.database import Database
from bot.store.memory import Memory
from tests.conftest import MONDAY_TEN


@pytest.fixture
def kept(database: Database) -> Iterator[Memory]:
    """On SQLite, and on PostgreSQL where it runs."""
    found = Memory(str(database.engine.url.render_as_string(hide_password=False)))
    yield found
    found.close()


@pytest.fixture
def in_file(tmp_path: Path) -> Iterator[Memory]:
    found = Memory(f"sqlite:///{tmp_path / 'engine.db'}")
    yield found
    found.close()


async def test_the_last_saved_is_what_is_remembered(kept: Memory) -> None:
    assert await kept.load("c1") is None
    for said in ("[1]", "[1, 2]"):
        await kept.save("c1", said, now=MONDAY_TEN)
        assert await kept.load("c1") == said
    await kept.save("c2", "[]", now=MONDAY_TEN)
    await kept.forget("c1")
    assert await kept.load("c1") is None
    assert await kept.load("c2") == "[]"


async def test_what_is_saved_is_there_for_another_process(in_file: Memory, tmp_path: Path) -> None:
    await in_file.save("c1", "[1]", now=MONDAY_TEN)
    with sqlite3.connect(tmp_path / "engine.db") as another:
        assert another.execute("SELECT dialogue FROM engine_trackers").fetchall() == [("[1]",)]
        another.execute("UPDATE engine_trackers SET dialogue = '[2]'")
    assert await in_file.load("c1") == "[2]"


async def test_a_file_that_stays_closed_is_an_error_and_loses_nothing(
    in_file: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert in_file._file is not None
    in_file._file.exec_driver_sql("PRAGMA busy_timeout = 20")
    await in_file.save("c1", "[1]", now=MONDAY_TEN)
    another = sqlite3.connect(tmp_path / "engine.db", isolation_level=None)
    another.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        await in_file.save("c1", "[1, 2]", now=MONDAY_TEN)
    assert await in_file.load("c1") == "[1]"  # readers wait for nobody
    another.execute("ROLLBACK")
    another.close()
    await in_file.save("c1", "[1, 2]", now=MONDAY_TEN)
    assert await in_file.load("c1") == "[1, 2]"


async def test_the_log_is_copied_before_it_grows(
    in_file: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_SAVES_BETWEEN", 20)
    size = 0
    for turn in range(200):
        await in_file.save(f"c{turn % 7}", "x" * 9_000, now=MONDAY_TEN)
        await asyncio.sleep(0.002)
        size = max(size, (tmp_path / "engine.db-wal").stat().st_size)
    assert size < 200 * 9_000
