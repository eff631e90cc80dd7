"""The door to a SQLite file's writing: one at a time, and whoever waits is woken.

SQLite lets one writer in and has the others look again after 1, 2, 5, 10 … milliseconds. Threads
of a process queue at a lock, processes at a file lock: both wake the next at once, and the kernel
opens the door when its holder dies. SQLite's own lock stays what keeps the file whole.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock


class Door:
    """Entered for the time of one writing transaction. `database`: the file it belongs to."""

    def __init__(self, database: Path) -> None:
        path = database.with_name(database.name + "-door")
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._threads = Lock()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._threads:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._file)
