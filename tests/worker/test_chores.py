"""A worker does what is due; trouble with one chore, or a stop, leaves the others whole."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.bootstrap import Office
from bot.desk.rhythm import Every
from bot.store.tables import ChoreRow
from bot.worker.chores import Chores
from bot.worker.steps import Chore

NOW_AND_THEN = Every(timedelta(hours=1))


def chore(name: str, done: list[str], *, steps: int = 1) -> Chore:
    def do(office: Office) -> Iterator[None]:
        for _ in range(steps):
            done.append(name)
            yield

    return Chore(name=name, rhythm=NOW_AND_THEN, do=do)


def row(office: Office, name: str) -> ChoreRow:
    query = select(ChoreRow).where(ChoreRow.name == name)
    found: ChoreRow = office.database.read(lambda session: session.scalars(query).one())
    return found


async def look(worker: Chores) -> None:
    await worker.look()
    await worker.rest()


async def test_what_is_due_is_done_once_and_then_rests(office: Office) -> None:
    done: list[str] = []
    worker = Chores(office, [chore("one", done), chore("other", done, steps=3)])
    await look(worker)
    await look(worker)
    assert sorted(done) == ["one", "other", "other", "other"]
    assert row(office, "one").done_at and row(office, "one").leased_by is None


async def test_two_workers_do_it_once(office: Office) -> None:
    done: list[str] = []
    table = [chore(f"chore {n}", done) for n in range(5)]
    workers = [Chores(office, table), Chores(office, table)]
    await asyncio.gather(*(look(worker) for worker in workers))
    assert sorted(done) == sorted(each.name for each in table)


async def test_one_that_fails_stops_no_other_and_tells_no_secrets(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def fail(office: Office) -> Iterator[None]:
        yield
        raise ValueError("cannot reach 13912345678")

    def cannot_look(office: Office) -> bool:
        raise KeyError("nothing there")

    blind = Chore(name="blind", rhythm=NOW_AND_THEN, do=fail, wanted=cannot_look)
    bad = Chore(name="bad", rhythm=NOW_AND_THEN, do=fail)
    worker = Chores(office, [blind, bad, chore("good", done)])
    with caplog.at_level(logging.ERROR):
        await look(worker)
        await look(worker)  # not again at once
    assert done == ["good"]
    assert [line.split(" failed")[0] for line in caplog.messages] == ["chore blind", "chore bad"]
    assert "139****5678" in caplog.text and "13912345678" not in caplog.text
    failed = row(office, "bad")
    assert (failed.leased_by, failed.done_at) == (None, None)


async def test_a_stop_comes_after_the_transaction_in_hand_and_frees_the_rest(
    office: Office,
) -> None:
    done: list[str] = []
    began, may_go_on = threading.Event(), threading.Event()

    def do(office: Office) -> Iterator[None]:
        began.set()
        may_go_on.wait(10)
        done.append("first")
        yield
        done.append("second")
        yield

    worker = Chores(office, [Chore(name="long", rhythm=NOW_AND_THEN, do=do)])
    await worker.look()
    await asyncio.to_thread(began.wait, 10)
    assert row(office, "long").leased_by
    stopping = asyncio.create_task(worker.stop())
    await asyncio.sleep(0)
    may_go_on.set()
    await stopping
    assert done == ["first"]
    assert (row(office, "long").leased_by, row(office, "long").done_at) == (None, None)


async def test_one_that_takes_long_holds_up_no_other(office: Office) -> None:
    done: list[str] = []
    may_go_on = threading.Event()

    def do(office: Office) -> Iterator[None]:
        may_go_on.wait(10)
        done.append("long")
        yield

    long = Chore(name="long", rhythm=NOW_AND_THEN, do=do)
    worker = Chores(office, [long, chore("short", done)])
    await worker.look()
    await asyncio.wait([task for name, task in worker._running.items() if name == "short"])
    assert done == ["short"]
    may_go_on.set()
    await worker.rest()
    assert done == ["short", "long"]
