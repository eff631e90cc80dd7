"""The composition root: the only place where the parts are put together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from bot.desk.errors import BadSetting
from bot.services.places import Registers
from bot.services.tickets import Desk
from bot.settings import Settings
from bot.store.database import Database

if TYPE_CHECKING:
    from bot.gateway.gateway import Gateway

# What only some processes need is imported where it is used: alembic and the HTTP client take
# half a second each to import, and the action server starts without either.


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass(frozen=True)
class Office:
    """What every process has: the settings, the database and the register."""

    settings: Settings
    database: Database
    registers: Registers

    def desk(self) -> Desk:
        """The rules and the present moment, for one deed."""
        register = self.registers.current()
        return Desk(community=register.community, describe=register.describe, now=utc_now())

    def gateway(self) -> Gateway:
        from bot.gateway.engine_client import EngineClient
        from bot.gateway.gateway import Gateway

        client = EngineClient(self.settings.engine_url, timeout=self.settings.engine_timeout)
        return Gateway(self.database, self.registers, client, utc_now)

    @contextmanager
    def engine_memory(self) -> Iterator[Database]:
        """Where the engine keeps its conversations: on SQLite a file of its own."""
        if self.settings.tracker_url == self.settings.database_url:
            yield self.database
            return
        memory = Database(self.settings.tracker_url)
        try:
            yield memory
        finally:
            memory.close()

    def close(self) -> None:
        self.database.close()


def open_office(settings: Settings, *, migrated: bool = False) -> Office:
    """The office for these settings, its database up to date (`migrated`: it is already).

    Raises BadSetting for a folder that cannot be made, Unavailable where no database answers.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        wanted = f"a folder that can be made ({error.strerror})"
        raise BadSetting(
            variable="LINLI_DATA_DIR", value=str(settings.data_dir), expected=wanted
        ) from None
    database = Database(settings.database_url)
    if not migrated:
        from bot.store import migrate

        migrate.upgrade(database)
    return Office(settings=settings, database=database, registers=Registers(database))
