"""Whoever waits for news is woken, and nobody looks for it when nobody waits."""

import asyncio
from typing import Any, cast

import pytest

from bot.store.database import Database
from bot.web import bell
from bot.web.bell import Bell


class _Quiet:
    """A database in which there is news of the conversations in `news`."""

    def __init__(self, *news: int) -> None:
        self.news = set(news)

    async def aread(self, _read: Any) -> set[int]:
        return self.news


def _looking() -> list[asyncio.Task[Any]]:
    return [task for task in asyncio.all_tasks() if "Bell._look" in repr(task.get_coro())]


async def test_what_another_process_says_wakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "PAUSE", 0.01)
    with Bell(cast(Database, _Quiet(7))).listen(7) as news:
        await asyncio.wait_for(news.wait(30), timeout=10)  # raises if it slept all the 30 s


async def test_the_last_who_listened_stops_the_looking() -> None:
    ours = Bell(cast(Database, _Quiet()))
    with ours.listen(1):
        with ours.listen(2):
            assert len(_looking()) == 1
        assert len(_looking()) == 1
    await asyncio.sleep(0)
    assert not _looking()
    with ours.listen(1):
        assert len(_looking()) == 1
