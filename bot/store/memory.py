"""Where the dialogue engine keeps its conversations: PostgreSQL, or a SQLite file of its own.

Of the file the engine is the one writer (the worker forgets old talks now and then), and a turn
reads one row and writes one. On SQLite that takes less time than handing it to a thread and back,
so it happens on the event loop, each statement its own transaction. What does take time, copying
the log into the file and waiting for the disk, is left to a thread.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from functools import partial

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.store import migrate, trackers
from bot.store.database import Database, set_up_sqlite

_SAVES_BETWEEN = 500  # two copyings of the log, each of some 10 kB a save
_PATIENCE_MS = 2_000  # all conversations wait with this one; then it is an error, and tried again
_log = logging.getLogger(__name__)


class Memory:
    """`url`: a database of SQLAlchemy's. Errors are raised: a lost memory must not look new."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        migrate.upgrade(self._database)
        self._file = _open(url) if url.startswith("sqlite") else None
        self._saves = 0

    async def load(self, sender: str) -> str | None:
        """The dialogue as it was saved last; None if there was none."""
        if self._file:
            return trackers.load(self._file, sender)
        return await self._database.aread(lambda s: trackers.load(s.connection(), sender))

    async def save(self, sender: str, dialogue: str, *, now: datetime) -> None:
        """Only for who holds the conversation's lock."""
        keep = partial(trackers.save, sender=sender, dialogue=dialogue, now=now)
        if not self._file:
            await self._database.arun(lambda session: keep(session.connection()))
            return
        keep(self._file)
        self._saves += 1
        if self._saves % _SAVES_BETWEEN == 0:
            asyncio.get_running_loop().run_in_executor(None, _copy_log, self._file.engine)

    async def forget(self, sender: str) -> None:
        await self._database.arun(partial(trackers.forget, sender=sender))

    def close(self) -> None:
        if self._file:
            self._file.close()
        self._database.close()


def _copy_log(engine: Engine) -> None:
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
    except SQLAlchemyError as error:  # SQLite does it by itself when the log is longer still
        _log.warning("the log of the conversations was not copied: %s", error)


def _open(url: str) -> Connection:
    engine = create_engine(
        url,
        future=True,
        hide_parameters=True,
        connect_args={"timeout": _PATIENCE_MS / 1000, "check_same_thread": False},
    )
    event.listen(engine, "connect", set_up_sqlite)
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
    return connection
