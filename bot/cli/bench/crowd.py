"""A desk after a busy year: tickets of a community with their timelines and messages, invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from bot.desk import alarms, routing
from bot.desk.community import Building, Community, Place
from bot.desk.moves import Move, Status
from bot.desk.routing import Decision

_YEAR = timedelta(days=365)
_OPEN_SHARE = 0.1  # the newest tickets are the open ones
_ENDED = ((Status.CLOSED, 90), (Status.WITHDRAWN, 5), (Status.DECLINED, 5))
_OPEN = (
    (Status.TRIAGE, 3),
    (Status.ASSIGNED, 17),
    (Status.ACCEPTED, 30),
    (Status.CONTACTED, 30),
    (Status.WAITING, 6),
    (Status.HELD, 4),
    (Status.RESOLVED, 10),
)
_RUNNING = (Status.TRIAGE, Status.ASSIGNED, Status.ACCEPTED, Status.CONTACTED)
_STEPS = (Move.OPEN, Move.ASSIGN, Move.ACCEPT, Move.CONTACT, Move.RESOLVE, Move.RATE)
_TEXT = "楼道里的灯坏了三天，晚上回家看不见路，家里有老人，麻烦尽快来看看"


@dataclass
class Crowd:
    """`tickets` tickets until `now` (aware), the same ones for the same community."""

    community: Community
    tickets: int
    now: datetime

    def __post_init__(self) -> None:
        self.random = Random(1)  # noqa: S311 invented people need no secrets
        self.matters = sorted(set(self.community.categories) - {routing.CONDUCT_MATTER})
        self.buildings = sorted(self.community.buildings.values(), key=lambda b: b.code)
        self.residents = max(1, self.tickets // 3)
        self._decide = cache(self._decided)

    def resident_rows(self) -> Iterator[dict[str, Any]]:
        for id in range(1, self.residents + 1):
            yield {"id": 1000 + id, "name": "", "created_at": self.now - _YEAR}

    def conversation_rows(self) -> Iterator[dict[str, Any]]:
        for id in range(1, self.residents + 1):
            yield {
                "id": id,
                "channel": "bench",
                "peer": f"peer-{id}",
                "resident_id": 1000 + id,
                "started_at": self.now - _YEAR,
            }

    def place(self) -> Place:
        building = self.random.choice(self.buildings)
        room = f"{self.random.randint(1, building.floors)}0{self.random.randint(1, 4)}"
        return replace(self._at(building), unit="1", room=room)

    def _at(self, building: Building) -> Place:
        grid = self.community.areas[building.grid]
        return Place(
            community=grid.parent,
            grid=grid.code,
            estate=building.estate,
            building=building.code,
            confidence=1.0,
        )

    def _decided(self, matter: str, building: str) -> Decision:
        """Whose task it is, were nobody busy; asked once for every matter and building."""
        request = routing.Request(
            matter=matter,
            kind="report",
            urgency=self.community.category(matter).urgency,
            place=self._at(self.community.buildings[building]),
        )
        return routing.decide(
            request, community=self.community, load=lambda codes: {}, now=self.now
        )

    def ticket_rows(self) -> Iterator[dict[str, Any]]:
        """In the order in which they came; the newest tenth is open."""
        for id in range(1, self.tickets + 1):
            is_open = id > self.tickets * (1 - _OPEN_SHARE)
            yield self._ticket(id, is_open)

    def _ticket(self, id: int, is_open: bool) -> dict[str, Any]:
        matter, place = self.random.choice(self.matters), self.place()
        decision = self._decide(matter, str(place.building))
        chosen, weights = zip(*(_OPEN if is_open else _ENDED), strict=True)
        (status,) = self.random.choices(chosen, weights)
        if status is Status.ASSIGNED and decision.assignee is None:
            status = Status.TRIAGE
        assignee = None if status is Status.TRIAGE else decision.assignee or "xiaomeng"
        opened = self.now - _YEAR * (1 - id / (self.tickets + 1))
        urgency = self.community.category(matter).urgency
        row = {
            "id": id,
            "number": f"{opened:%Y%m%d}-{id:04d}",
            "source_key": f"bench:{id}",
            "version": 1,
            "status": status.value,
            "kind": "report",
            "matter": matter,
            "matter_confidence": 0.9,
            "urgency": urgency,
            "text": f"{_TEXT}（{id}）",
            "place": asdict(place),
            "grid": place.grid,
            "building": place.building,
            "resident_id": 1001 + id % self.residents,
            "conversation_id": 1 + id % self.residents,
            "assignee": assignee,
            "reason": decision.reason,
            "opened_at": opened,
            "closed_at": None if is_open else opened + timedelta(days=3),
            "accept_by": opened + timedelta(hours=8),
            "resolve_by": opened + timedelta(days=7),
            "reckoned_by": self.community.reckoned_by,
        }
        return {**row, **self._clock(status, matter, urgency)}

    def _clock(self, status: Status, matter: str, urgency: str) -> dict[str, Any]:
        """The running deadline, some time within the next ten days, and its alarm."""
        if status not in _RUNNING:
            return {"next_deadline_at": None, "alarm_at": None, "alarm_step": 0}
        deadline = self.now + timedelta(hours=self.random.uniform(8, 240))
        alarm = alarms.bell(self.community, matter, urgency).first(deadline, self.now)
        at = max(alarm.at, self.now + timedelta(hours=2))
        return {"next_deadline_at": deadline, "alarm_at": at, "alarm_step": alarm.step}

    def watcher_rows(self, tickets: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for ticket in tickets:
            for code in self._decide(ticket["matter"], ticket["building"]).watchers:
                yield {"ticket_id": ticket["id"], "staff": code, "part": "watch"}

    def timeline_rows(self, tickets: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Six lines for whoever came to the end, two for the others."""
        for ticket in tickets:
            steps = _STEPS if ticket["status"] == Status.CLOSED.value else _STEPS[:2]
            for n, move in enumerate(steps):
                yield {
                    "ticket_id": ticket["id"],
                    "at": ticket["opened_at"] + timedelta(hours=n),
                    "move": move.value,
                    "actor": "system",
                    "to_status": ticket["status"],
                    "note": ticket["text"] if n == 0 else "",
                    "facts": {"matter": ticket["matter"], "urgency": ticket["urgency"]},
                    "source_key": f"{ticket['source_key']}:{n}",
                }

    def outbox_rows(self, tickets: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """One card for whoever has it, two notices for the resident; all delivered."""
        for ticket in tickets:
            for n in range(3):
                staff = ticket["assignee"] if n == 0 else None
                if n == 0 and staff is None:
                    continue
                at = ticket["opened_at"] + timedelta(hours=n)
                yield {
                    "key": f"{ticket['source_key']}:told:{n}",
                    "conversation_id": None if staff else ticket["conversation_id"],
                    "staff": staff,
                    "ticket_id": ticket["id"],
                    "body": {"text": ticket["text"], "buttons": [], "photos": []},
                    "status": "sent",
                    "created_at": at,
                    "sent_at": at,
                }
