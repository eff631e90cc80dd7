"""The database: one engine, and the only place that begins, commits and rolls back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from bot.desk.errors import Unavailable
from bot.store.door import Door

__all__ = ["Database", "Session", "expect_answer", "set_up_sqlite"]

T = TypeVar("T")
Work = Callable[[Session], T]

_TRIES = 3


class Database:
    """Runs pieces of work, each in one transaction.

    `run` writes, `read` only reads; the `a…` forms do the same from a coroutine, in a thread.
    Nothing leaves a session: work returns plain values or rows that are loaded already.
    """

    def __init__(self, url: str, *, threads: int = 4) -> None:
        self.url = url
        if url.startswith("sqlite"):
            _file(url).parent.mkdir(parents=True, exist_ok=True)
        self.engine = _make_engine(url, threads)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="database")
        self._door = Door(_file(url)) if url.startswith("sqlite") else None

    def run(self, work: Work[T]) -> T:
        """One writing transaction. Lost races (a unique key, a lock) are run again."""
        for attempt in range(_TRIES):
            try:
                with self._door() if self._door else nullcontext():
                    return self._once(self.engine, work)
            except (IntegrityError, OperationalError):
                if attempt == _TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    def read(self, work: Work[T]) -> T:
        """One reading transaction; on SQLite it never waits for a writer."""
        return self._once(self.engine.execution_options(reading=True), work)

    async def arun(self, work: Work[T]) -> T:
        return await self.in_thread(partial(self.run, work))

    async def aread(self, work: Work[T]) -> T:
        return await self.in_thread(partial(self.read, work))

    async def in_thread(self, call: Callable[[], T]) -> T:
        """Call something that talks to the database itself, off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def is_alive(self) -> bool:
        try:
            return bool(self.read(lambda session: session.execute(text("SELECT 1")).scalar()))
        except OperationalError:
            return False

    def close(self) -> None:
        self._threads.shutdown(wait=True)
        self.engine.dispose()
        if self._door:
            self._door.close()

    @staticmethod
    def _once(engine: Engine, work: Work[T]) -> T:
        with (
            Session(engine, future=True, expire_on_commit=False) as session,
            session.begin(),
        ):
            return work(session)


def expect_answer(engine: Engine) -> None:
    """Raises Unavailable, with the driver's reason, where nobody answers at the engine's URL."""
    try:
        engine.connect().close()
    except OperationalError as error:
        reason = " ".join(str(error.orig).split())  # names host and user, never the password
        raise Unavailable(f"the database does not answer: {reason}") from None


def _file(url: str) -> Path:
    return Path(url[len("sqlite:///") :])


def _make_engine(url: str, threads: int) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(
            url,
            future=True,
            pool_size=threads,
            pool_pre_ping=True,
            hide_parameters=True,
            executemany_mode="values_plus_batch",  # a thousand rows are a few round trips
        )
    engine = create_engine(
        url,
        future=True,
        hide_parameters=True,  # an error names the statement, never what people wrote
        poolclass=QueuePool,  # SQLAlchemy 1.4 opens the file anew each time otherwise
        pool_size=threads,
        connect_args={"timeout": 30, "check_same_thread": False},
    )
    event.listen(engine, "connect", set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def set_up_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    """How every connection to a SQLite file is set, for an engine's event "connect"."""
    connection.isolation_level = None  # we say BEGIN ourselves, see below
    connection.execute("PRAGMA journal_mode = WAL")  # readers and one writer, side by side
    connection.execute("PRAGMA synchronous = NORMAL")  # a commit survives kill -9
    # Whoever commits when the log is full copies it into the file and waits for the disk: a log of
    # 16 MB instead of 4 makes that rarer, and pages that were written many times are copied once.
    connection.execute("PRAGMA wal_autocheckpoint = 4000")
    # Whatever another process writes empties a connection's page cache; a large one is memory that
    # grows with the file and is hardly ever read. The system's own cache serves all processes.
    connection.execute("PRAGMA cache_size = -1024")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA busy_timeout = 30000")


def _begin_sqlite(connection: Connection) -> None:
    # A plain BEGIN that writes later can fail at once with "database is locked"; IMMEDIATE waits.
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
