"""Of several workers one at a time does a chore, and nobody waits for one that died."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

from bot.desk.rhythm import At, Every
from bot.services import chores
from bot.store.database import Database
from tests.conftest import MONDAY_TEN, Clock

BEIJING = ZoneInfo("Asia/Shanghai")
RHYTHMS = {"alarms": Every(timedelta(minutes=1)), "topics": At(time(6), weekday=0)}


def know(database: Database) -> None:
    database.run(lambda session: chores.know(session, RHYTHMS, now=MONDAY_TEN))


def due(database: Database, now: datetime) -> dict[str, datetime | None]:
    return database.read(lambda session: chores.due(session, RHYTHMS, now=now, zone=BEIJING))


def take(database: Database, worker: str, now: datetime, last: datetime | None = None) -> bool:
    return database.run(
        lambda session: chores.take(session, "alarms", worker=worker, last=last, now=now)
    )


def test_what_has_its_hour_waits_for_it_and_the_rest_begins_at_once(database: Database) -> None:
    know(database)
    know(database)
    assert due(database, MONDAY_TEN) == {"alarms": None}
    assert set(due(database, MONDAY_TEN + timedelta(days=7))) == {"alarms", "topics"}


def test_two_workers_and_one_of_them_gets_it(database: Database) -> None:
    know(database)
    gate, got = Barrier(2), list[bool]()

    def work(name: str) -> None:
        gate.wait()
        got.append(take(database, name, MONDAY_TEN))

    workers = [Thread(target=work, args=(name,)) for name in ("one", "other")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(got) == [False, True]
    assert due(database, MONDAY_TEN) == {}


def test_who_looked_before_it_was_done_comes_too_late(database: Database) -> None:
    know(database)
    take(database, "one", MONDAY_TEN)
    database.run(lambda s: chores.done(s, "alarms", worker="one", at=MONDAY_TEN))
    assert not take(database, "other", MONDAY_TEN, last=None)
    assert due(database, MONDAY_TEN + timedelta(seconds=59)) == {}
    later = MONDAY_TEN + timedelta(minutes=1)
    assert take(database, "other", later, last=due(database, later)["alarms"])


def test_a_worker_that_died_is_not_waited_for_longer_than_its_lease(
    database: Database, clock: Clock
) -> None:
    know(database)
    take(database, "one", clock())
    clock.pass_(seconds=59)
    assert due(database, clock()) == {}
    assert database.run(lambda s: chores.keep(s, "alarms", worker="one", now=clock()))
    clock.pass_(seconds=59)
    assert due(database, clock()) == {}
    clock.pass_(seconds=2)
    assert take(database, "other", clock())
    assert not database.run(lambda s: chores.keep(s, "alarms", worker="one", now=clock()))
    assert not database.run(lambda s: chores.done(s, "alarms", worker="one", at=clock()))


def test_what_is_released_is_free_and_not_done(database: Database) -> None:
    know(database)
    take(database, "one", MONDAY_TEN)
    database.run(lambda s: chores.release(s, "alarms", worker="other"))
    assert due(database, MONDAY_TEN) == {}
    database.run(lambda s: chores.release(s, "alarms", worker="one"))
    assert due(database, MONDAY_TEN) == {"alarms": None}
