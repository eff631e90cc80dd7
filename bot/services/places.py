"""The address book of the community, built once for each version of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock

from bot.desk.community import Community, Place
from bot.language.address import AddressBook
from bot.services import community as communities
from bot.store.database import Database

_FRESH = 1.0  # seconds


@dataclass(frozen=True)
class Register:
    """The community with its address book: what every surface works with."""

    community: Community
    book: AddressBook

    def describe(self, place: Place) -> str:
        return self.book.describe(place)


class Registers:
    """Hands out the current register; an import shows within a second."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        self._current: Register | None = None
        self._checked = 0.0  # monotonic seconds

    def current(self) -> Register:
        """Raises UnknownThing before the first import."""
        fresh = self._fresh()
        if fresh:
            return fresh
        version = self._database.read(communities.version)
        with self._lock:
            self._checked = time.monotonic()
            found = self._current
            if found is None or found.community.version != version:
                community = self._database.read(communities.load)
                found = self._current = Register(community, AddressBook(community))
            return found

    async def acurrent(self) -> Register:
        """The same from a coroutine, which leaves the event loop only once a second."""
        fresh = self._fresh()
        return fresh if fresh else await self._database.in_thread(self.current)

    def _fresh(self) -> Register | None:
        # Asked several times for every message: the database is not.
        is_fresh = time.monotonic() - self._checked < _FRESH
        return self._current if is_fresh else None
