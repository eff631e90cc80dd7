"""`bench desk`: how fast is the desk with very many tickets, and what if very many are late?"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any

from bot import settings
from bot.bootstrap import Office, utc_now
from bot.cli import setup
from bot.cli.bench.crowd import Crowd
from bot.cli.bench.figures import quantile
from bot.desk.people import Person
from bot.services import alarm_notices, alarms, ticket_lists, ticket_moves, tickets
from bot.services.tickets import Desk, Draft
from bot.store import bulk
from bot.store.database import Database, Session
from bot.store.tables import (
    ConversationRow,
    OutboxRow,
    ResidentRow,
    TicketPersonRow,
    TicketRow,
    TimelineRow,
)
from bot.worker import steps
from bot.worker.chores import Chores
from bot.worker.main import tick

_TIMES = 300
_WARM_UP = 20
_A_FEW = 3  # alarms that come due between two looks of a busy hour
_LATE = 1000
_CHUNK = 5000


@dataclass(frozen=True, kw_only=True)
class Times:
    """cpu: of our own process only; the others include waiting for disk, server and processor."""

    n: int
    p50_ms: float
    p95_ms: float
    max_ms: float
    cpu_p95_ms: float


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """So many late at once: how long it took, whom it reached, how often at the most."""

    tickets: int
    said: int
    seconds: float
    people: int
    most_messages_a_person: int


@dataclass(frozen=True, kw_only=True)
class Result:
    database: str
    tickets: int
    open: int
    build_seconds: float
    times: dict[str, Times]
    overdue: Overdue


def desk(tickets: int, url: str | None, as_json: bool) -> None:
    """Fill a database of its own and measure in it."""
    with _scratch(url) as (folder, address):
        result = _measure(_office(folder, address), tickets)
    if as_json:
        print(json.dumps(asdict(result), ensure_ascii=False))
        return
    print(f"{result.database}: {result.tickets:,} tickets, {result.open:,} with a running clock")
    for name, of in result.times.items():
        print(
            f"{name:>20}  p50 {of.p50_ms:6.2f} ms  p95 {of.p95_ms:6.2f} ms"
            f"  max {of.max_ms:6.1f} ms  cpu p95 {of.cpu_p95_ms:6.2f} ms"
        )
    late = result.overdue
    print(f"{late.tickets:,} late at once: {late.said:,} said in {late.seconds:.2f} s")
    print(f"{late.people} people told, at most {late.most_messages_a_person} message each")


@contextmanager
def _scratch(url: str | None) -> Iterator[tuple[Path, str]]:
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as scratch:
        folder = Path(scratch)
        if url is None:
            yield folder, f"sqlite:///{folder / 'linli.db'}"
            return
        with bulk.schema_of_its_own(url) as own:
            yield folder, own


def _office(folder: Path, url: str) -> Office:
    found = replace(settings.read(os.environ), data_dir=folder, database_url=url)
    return setup.office(found)


def _measure(office: Office, wanted: int) -> Result:
    community = office.registers.current().community
    crowd = Crowd(community, wanted, _a_morning(community.zone))
    began = time.perf_counter()
    open_ids = _fill(office.database, crowd)
    built = time.perf_counter() - began
    try:
        found = {
            "open and route": _opening(office, crowd),
            "decide alone": _deciding(office, crowd, open_ids),
            "my tasks": _listing(office),
            "the worker's look": asyncio.run(_idle_looks(office)),
            f"{_A_FEW} alarms ring": _ringing(office, crowd, open_ids),
        }
        overdue = _overdue(office, crowd, open_ids)
    finally:
        office.close()
    return Result(
        database=office.database.engine.dialect.name,
        tickets=wanted,
        open=len(open_ids),
        build_seconds=round(built, 1),
        times=found,
        overdue=overdue,
    )


def _a_morning(zone: Any) -> datetime:
    """Ten o'clock tomorrow: nobody is asleep, and no alarm of the crowd has rung by now."""
    tomorrow = utc_now().astimezone(zone) + timedelta(days=1)
    return tomorrow.replace(hour=10, minute=0, second=0, microsecond=0)


def _fill(database: Database, crowd: Crowd) -> list[int]:
    """The ids of the tickets whose clock runs."""
    database.run(lambda s: bulk.put(s, ResidentRow, crowd.resident_rows()))
    database.run(lambda s: bulk.put(s, ConversationRow, crowd.conversation_rows()))
    running, rows = list[int](), crowd.ticket_rows()
    while chunk := list(islice(rows, _CHUNK)):
        database.run(partial(_put, crowd=crowd, chunk=chunk))
        running += [row["id"] for row in chunk if row["alarm_at"] and row["assignee"]]
    database.run(bulk.settle)
    return running


def _put(session: Session, crowd: Crowd, chunk: list[dict[str, Any]]) -> None:
    bulk.put(session, TicketRow, chunk)
    bulk.put(session, TicketPersonRow, crowd.watcher_rows(chunk))
    bulk.put(session, TimelineRow, crowd.timeline_rows(chunk))
    for is_card in (True, False):  # rows of one statement have the same columns filled
        rows = crowd.outbox_rows(chunk)
        bulk.put(session, OutboxRow, (row for row in rows if bool(row["staff"]) is is_card))


class Watch:
    """Times one thing after the other; the first few are not counted."""

    def __init__(self) -> None:
        self._spent: list[tuple[float, float]] = []

    def start(self) -> Callable[[], None]:
        """Returns what is called at the end."""
        began, used = time.perf_counter(), time.process_time()

        def stop() -> None:
            spent = time.perf_counter() - began, time.process_time() - used
            self._spent.append((1000 * spent[0], 1000 * spent[1]))

        return stop

    def time(self, once: Callable[[], object]) -> None:
        stop = self.start()
        once()
        stop()

    def times(self) -> Times:
        counted = self._spent[_WARM_UP:]
        wall, used = [one[0] for one in counted], [one[1] for one in counted]
        return Times(
            n=len(counted),
            p50_ms=round(quantile(wall, 0.5), 2),
            p95_ms=round(quantile(wall, 0.95), 2),
            max_ms=round(max(wall), 2),
            cpu_p95_ms=round(quantile(used, 0.95), 2),
        )


def _timed(once: Callable[[], object]) -> Times:
    watch = Watch()
    for _ in range(_WARM_UP + _TIMES):
        watch.time(once)
    return watch.times()


def _desk(office: Office, now: datetime) -> Desk:
    return replace(office.desk(), now=now)


def _opening(office: Office, crowd: Crowd) -> Times:
    here, numbers = _desk(office, crowd.now), count(1)

    def once() -> None:
        n = next(numbers)
        draft = Draft(
            key=f"opened:{n}",
            kind="report",
            matter=crowd.random.choice(crowd.matters),
            text=f"楼道灯坏了（{n}）",
            place=crowd.place(),
            resident_id=1000 + n,
            conversation_id=n,
        )
        office.database.run(lambda session: tickets.open_ticket(session, draft, here))

    return _timed(once)


def _deciding(office: Office, crowd: Crowd, ids: list[int]) -> Times:
    """The rules and the loads they ask for, in a transaction that is open; any ticket will do."""
    here, watch = _desk(office, crowd.now), Watch()

    def work(session: Session) -> None:
        for id in crowd.random.sample(ids, min(_WARM_UP + _TIMES, len(ids))):
            ticket = session.get(TicketRow, id)
            assert ticket is not None
            watch.time(partial(ticket_moves.decide, session, ticket, here))

    office.database.read(work)
    return watch.times()


def _listing(office: Office) -> Times:
    """What each member of staff sees first on their page, everybody in turn."""
    people = [Person(staff=staff) for staff in office.registers.current().community.staff.values()]
    turns = count()

    def once() -> None:
        person = people[next(turns) % len(people)]
        office.database.read(lambda session: ticket_lists.in_hand(session, person))

    return _timed(once)


async def _idle_looks(office: Office) -> Times:
    """Everything a worker does in a second in which nothing is due."""
    worker, watch = Chores(office, steps.table()), Watch()
    async with aclosing(office.gateway()) as gateway:
        for _ in range(_WARM_UP + _TIMES):
            stop = watch.start()
            await worker.look()
            await worker.rest()
            await tick(office, gateway)
            stop()
    return watch.times()


def _ringing(office: Office, crowd: Crowd, ids: list[int]) -> Times:
    """A look in which a few tickets are late since just now: asked, claimed, noted, told."""
    fresh, watch = iter(ids), Watch()
    for n in range(_WARM_UP + _TIMES):
        now = crowd.now + timedelta(seconds=n)
        late = list(islice(fresh, _A_FEW))
        office.database.run(partial(_make_late, ids=late, at=now, step=1))
        watch.time(partial(_ring, office, _desk(office, now)))
    return watch.times()


def _ring(office: Office, here: Desk) -> None:
    if office.database.read(partial(alarms.is_any_due, now=here.now)):
        office.database.run(partial(alarms.ring, desk=here))


def _overdue(office: Office, crowd: Crowd, ids: list[int]) -> Overdue:
    """Two hours later: the next level is told of the newest thousand, all in one look."""
    late = sorted(ids)[-_LATE:]
    now = crowd.now + timedelta(hours=2, minutes=1)  # when nobody is left in peace any more
    office.database.run(lambda s: bulk.change(s, TicketRow, None, alarm_at=None))
    office.database.run(partial(_make_late, ids=late, at=now - timedelta(hours=30), step=2))
    here = _desk(office, now)
    began = time.perf_counter()
    said = office.database.run(lambda session: alarms.ring(session, here))
    seconds = time.perf_counter() - began
    told = office.database.read(partial(alarm_notices.told_since, since=now))
    return Overdue(
        tickets=len(late),
        said=said.said,
        seconds=round(seconds, 2),
        people=said.people,
        most_messages_a_person=max(Counter(told).values(), default=0),
    )


def _make_late(session: Session, ids: list[int], at: datetime, step: int) -> None:
    values = {"next_deadline_at": at, "alarm_at": at, "alarm_step": step}
    bulk.change(session, TicketRow, ids, **values)
