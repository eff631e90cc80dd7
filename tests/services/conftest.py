"""A ticket of 王阿姨 and everybody around it, on both databases.

PostgreSQL keeps one schema for this folder and sweeps it after every test: making it anew each
time would take most of a minute.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import inspect, select

from bot.desk import deadlines, record
from bot.desk.community import Community
from bot.desk.people import Person
from bot.services import community as communities
from bot.services import community_files, conversations, tickets, timeline
from bot.services.tickets import Desk, Draft
from bot.store.base import Base
from bot.store.database import Database, Session
from bot.store.tables import OutboxRow, ResidentRow, TicketRow, TimelineRow
from tests.conftest import DEMO, HOME, MONDAY_TEN, POSTGRES, Clock, fill, staff

# 幸福里南区1号楼, in 老张's grid.
SOUTH = replace(HOME, grid="xfl-2", estate="幸福里南区", building="xfl-b05")

_OF_THE_COMMUNITY = ("community", "areas", "buildings", "categories", "staff", "residents")


@dataclass
class Case:
    """Every deed is a transaction of its own; a deed without a key gets a new one."""

    database: Database
    demo: Community
    clock: Clock
    wangayi: Person
    conversation: int
    number: str = ""
    _keys: Any = field(default_factory=count)

    @property
    def desk(self) -> Desk:
        return Desk(
            community=self.demo, describe=lambda place: place.building or "", now=self.clock()
        )

    def open(self, matter: str = "order.ebike", **more: Any) -> TicketRow:
        """Open a ticket, which is the one all deeds are done on from now on."""
        draft = Draft(
            **{
                "key": f"open:{next(self._keys)}",
                "kind": "report",
                "matter": matter,
                "text": "有人飞线充电",
                "place": HOME,
                "resident_id": self.wangayi.resident_id,
                "conversation_id": self.conversation,
                **more,
            }
        )
        ticket = self.database.run(lambda session: tickets.open_ticket(session, draft, self.desk))
        self.number = str(ticket.number)
        return ticket

    def do(
        self,
        deed: Callable[..., Any],
        *args: Any,
        by: str | Person,
        key: str | None = None,
        **more: Any,
    ) -> TicketRow:
        who = staff(self.demo, by) if isinstance(by, str) else by
        key = key or f"key:{next(self._keys)}"

        def work(session: Session) -> TicketRow:
            ticket = tickets.by_number(session, self.number)
            deed(session, ticket, *args, who, self.desk, key=key, **more)
            return ticket

        ticket = self.database.run(work)
        self.check_timelines()
        return ticket

    def check_timelines(self) -> None:
        """Whatever a deed changes, the timeline alone must say so."""
        for row in self.rows(TicketRow):
            lines = self.database.read(lambda session, id=row.id: timeline.entries(session, id))
            state = record.fold(lines)
            assert state is not None and state.status.value == row.status
            assert record.facts_of(state) == record.facts_of(row)
            due = deadlines.from_timeline(lines, self.demo)
            assert due is not None
            for name in ("accept_by", "contact_by", "resolve_by", "review_at", "provisional"):
                assert getattr(due, name) == getattr(row, name), name

    def rows(self, table: Any, **where: Any) -> list[Any]:
        query = select(table).filter_by(**where).order_by(*inspect(table).primary_key)
        return self.database.read(lambda session: list(session.scalars(query)))

    def ticket(self) -> TicketRow:
        return self.database.read(lambda session: tickets.by_number(session, self.number))

    def moves(self) -> list[str]:
        return [row.move for row in self.rows(TimelineRow, ticket_id=self.ticket().id)]

    def told(self, code: str) -> list[str]:
        """What a member of staff was told, oldest first."""
        return [row.body["text"] for row in self.rows(OutboxRow, staff=code)]

    def wangayi_heard(self) -> list[dict[str, Any]]:
        rows = self.rows(OutboxRow, conversation_id=self.conversation)
        return [row.body for row in rows]

    def everything(self) -> list[tuple[Any, ...]]:
        """All that deeds write, comparable."""
        return [
            tuple(getattr(row, column.key) for column in inspect(table).columns)
            for table in (TicketRow, TimelineRow, OutboxRow)
            for row in self.rows(table)
        ]


def meet(database: Database, peer: str, *, known_as: str | None, clock: Clock) -> tuple[int, Any]:
    """Somebody begins a conversation: its id, and who speaks."""

    def work(session: Session) -> tuple[int, Any]:
        speaker = conversations.enter(session, "web", peer, known_as=known_as, now=clock())
        return speaker.conversation_id, speaker

    return database.run(work)


@pytest.fixture(scope="session")
def lasting_postgres() -> Iterator[Database]:
    admin = sqlalchemy.create_engine(POSTGRES, future=True)
    schema = f"t{uuid.uuid4().hex[:12]}"
    try:
        with admin.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    except sqlalchemy.exc.OperationalError:
        pytest.skip(f"no PostgreSQL answers at {POSTGRES.rsplit('@', 1)[-1]}")
    database = Database(f"{POSTGRES}?options=-csearch_path%3D{schema}")
    fill(database)
    yield database
    database.close()
    with admin.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    admin.dispose()


@pytest.fixture
def postgres(lasting_postgres: Database, demo: Community) -> Iterator[Database]:
    """The database of the demo community, as new."""
    yield lasting_postgres
    lasting_postgres.run(lambda session: sweep(session, demo.version))


def sweep(session: Session, version: str) -> None:
    """Forget all talk and all tickets, and whatever an import has changed."""
    for table in reversed(Base.metadata.sorted_tables):
        if table.name not in _OF_THE_COMMUNITY:
            session.execute(table.delete())
        if "id" in table.c and table.name not in ("community", "residents"):
            sequence = f"{table.name}_id_seq"
            session.execute(sqlalchemy.text(f"ALTER SEQUENCE {sequence} RESTART"))
    session.execute(sqlalchemy.delete(ResidentRow).where(ResidentRow.code.is_(None)))
    if communities.version(session) != version:
        communities.save(session, community_files.read(DEMO), now=MONDAY_TEN)


@pytest.fixture
def case(database: Database, demo: Community, clock: Clock) -> Case:
    conversation, speaker = meet(database, "wang", known_as="wangayi", clock=clock)
    wangayi = Person(resident_id=speaker.resident_id)
    return Case(database, demo, clock, wangayi, conversation)
