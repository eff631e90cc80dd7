"""`bench routing`: how fast is it decided whose task something is, in a whole city?"""

from __future__ import annotations

import gc
import json
import os
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any

from bot.cli import setup
from bot.cli.bench import city
from bot.cli.bench.figures import quantile
from bot.cli.bench.processes import rss_mb
from bot.desk import kinds, routing
from bot.desk.community import AreaKind, Community, Place
from bot.desk.routing import Decision, Request
from bot.desk.routing_search import Load
from bot.services import community as communities
from bot.services import community_files
from bot.services.community_files import Imported
from bot.services.ticket_moves import open_loads
from bot.store import bulk, migrate
from bot.store.database import Database
from bot.store.tables import TicketRow

_SEED = 1
_NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)  # a Monday, ten in the morning there
_KINDS = (*[kinds.REPORT] * 16, kinds.QUESTION, kinds.SUGGESTION, kinds.PRAISE, kinds.CONDUCT)
_UNCLEAR = 0.05  # share of requests whose matter nobody is sure of
_NO_ROOM = 0.02  # share of people who have too much in hand


@dataclass(frozen=True, kw_only=True)
class Times:
    """Milliseconds of a decision. cpu: of our thread only; the others include waiting for it."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    cpu_p50_ms: float
    cpu_p95_ms: float
    cpu_p99_ms: float


@dataclass(frozen=True, kw_only=True)
class RoutingSpeed:
    """rules: the rules alone, loads from a table. asked: loads counted in the database, as always.

    save_s: the import; load_s, load_mb: the snapshot read back; index_s, index_mb: the look-ups,
    made with the first decision. The rest are shares of all decisions.
    """

    streets: int
    communities: int
    people: int
    buildings: int
    routing_rules: int
    tickets: int
    requests: int
    rules: Times
    asked: Times
    save_s: float
    load_s: float
    load_mb: float
    index_s: float
    index_mb: float
    assigned: float
    queued: float
    triage: float


def routing_speed(folder: Path, people: int, tickets: int, requests: int, as_json: bool) -> None:
    """Build the city in `folder`, save and load it, and decide so many requests."""
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as scratch:
        database = Database(f"sqlite:///{Path(scratch) / 'linli.db'}")
        try:
            speed = measure(database, folder, people, tickets, requests)
        finally:
            database.close()
    if as_json:
        print(json.dumps(asdict(speed)))
        return
    for name, value in asdict(speed).items():
        print(f"{name:>13}  {value}")


def measure(
    database: Database, folder: Path, people: int, tickets: int, requests: int
) -> RoutingSpeed:
    """The same city, the same tickets and the same requests every time."""
    save_s = _save(database, folder, people)
    before = _settled_mb()
    load_s, community = _timed(lambda: database.read(communities.load))
    loaded = _settled_mb()
    index_s, _ = _timed(lambda: community.index)
    indexed = _settled_mb()
    dice = random.Random(_SEED)  # noqa: S311
    loads = _fill(database, community, tickets, dice)
    codes = list(community.buildings)
    asked = [_request(community, codes, dice) for _ in range(requests)]
    decisions = list[Decision]()
    alone = _decide(community, asked, lambda _codes: loads, decisions)
    counting = database.read(
        lambda session: _decide(community, asked, partial(open_loads, session), [])
    )
    return RoutingSpeed(
        streets=sum(area.kind is AreaKind.STREET for area in community.areas.values()),
        communities=sum(area.kind is AreaKind.COMMUNITY for area in community.areas.values()),
        people=len(community.staff),
        buildings=len(community.buildings),
        routing_rules=len(community.routing),
        tickets=tickets,
        requests=requests,
        rules=alone,
        asked=counting,
        save_s=save_s,
        load_s=load_s,
        load_mb=round(loaded - before, 1),
        index_s=index_s,
        index_mb=round(indexed - loaded, 1),
        assigned=_share(decisions, lambda decision: decision.assignee is not None),
        queued=_share(decisions, lambda decision: decision.queued),
        triage=_share(decisions, lambda d: d.assignee is None and not d.queued),
    )


def _save(database: Database, folder: Path, people: int) -> float:
    demo = community_files.read(setup.DEMO).community
    built = city.build(folder, demo, people=people, now=_NOW)
    imported = Imported(community=built, residents=())
    migrate.upgrade(database)
    return _timed(lambda: database.run(lambda s: communities.save(s, imported, now=_NOW)))[0]


def _decide(
    community: Community,
    asked: list[Request],
    load: Load,
    decisions: list[Decision],
) -> Times:
    spent, worked = list[float](), list[float]()
    for request in asked:
        began, busy = time.perf_counter(), time.thread_time()
        decision = routing.decide(request, community=community, load=load, now=_NOW)
        worked.append(1000 * (time.thread_time() - busy))
        spent.append(1000 * (time.perf_counter() - began))
        decisions.append(decision)
    (p50, p95, p99), (cpu50, cpu95, cpu99) = (
        [round(quantile(times, share), 3) for share in (0.5, 0.95, 0.99)]
        for times in (spent, worked)
    )
    return Times(
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        max_ms=round(max(spent), 3),
        cpu_p50_ms=cpu50,
        cpu_p95_ms=cpu95,
        cpu_p99_ms=cpu99,
    )


def _request(community: Community, codes: list[str], dice: random.Random) -> Request:
    matter, kind = dice.choice(list(community.categories)), dice.choice(_KINDS)
    category = community.category(matter)
    return Request(
        matter=matter,
        kind=kind,
        urgency=category.urgency if kind == kinds.REPORT else "normal",
        place=_place(community, dice.choice(codes), dice),
        confidence=0.1 if dice.random() < _UNCLEAR else 0.9,
    )


def _place(community: Community, code: str, dice: random.Random) -> Place:
    """Mostly a door; sometimes an estate, a grid, a community, a street, or nothing at all."""
    building = community.buildings[code]
    grid = community.areas[building.grid]
    street = community.areas[grid.parent or ""].parent
    places = (
        Place(community=grid.parent, grid=grid.code, estate=building.estate),
        Place(community=grid.parent, grid=grid.code),
        Place(community=grid.parent),
        Place(community=street),
        Place(),
    )
    door = Place(
        community=grid.parent, grid=grid.code, estate=building.estate, building=building.code
    )
    return door if dice.random() < 0.7 else dice.choice(places)


def _fill(
    database: Database, community: Community, tickets: int, dice: random.Random
) -> dict[str, int]:
    """So many tickets in hand, spread over the people; returns how many each has."""
    codes = list(community.staff)
    busy = dice.sample(codes, int(_NO_ROOM * len(codes)))
    owners = [dice.choice(busy if dice.random() < 0.1 else codes) for _ in range(tickets)]
    rows = (_row(number, owner) for number, owner in enumerate(owners, start=1))
    database.run(lambda session: bulk.put(session, TicketRow, rows))
    loads: dict[str, int] = {}
    for owner in owners:
        loads[owner] = loads.get(owner, 0) + 1
    return loads


def _row(number: int, owner: str) -> dict[str, Any]:
    return {
        "id": number,
        "source_key": f"bench:{number}",
        "version": 1,
        "status": "accepted",
        "kind": "report",
        "matter": "order.pets",
        "urgency": "normal",
        "text": "",
        "place": {},
        "assignee": owner,
        "opened_at": _NOW,
        "accept_by": _NOW,
        "resolve_by": _NOW,
    }


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = work()
    return round(time.perf_counter() - began, 2), found


def _settled_mb() -> float:
    gc.collect()
    return rss_mb(os.getpid())


def _share(decisions: list[Decision], holds: Callable[[Decision], bool]) -> float:
    return round(sum(map(holds, decisions)) / max(1, len(decisions)), 4)
