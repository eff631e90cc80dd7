"""The one place that commits, the column types, and the schema that migrations make."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from bot.desk.community import Stage
from bot.desk.spans import Span
from bot.services import community, conversations
from bot.store import migrate, tables, trackers
from bot.store.base import Base
from bot.store.database import Database, Session
from bot.store.door import Door
from bot.store.tables import ConversationRow, ResidentRow, TicketRow
from tests.conftest import CHECKOUT, MONDAY_TEN

UPGRADE = """
import sys
from bot.store import migrate
from bot.store.database import Database
migrate.upgrade(Database(sys.argv[1]))
"""


def resident(code: str | None = None, created_at: datetime = MONDAY_TEN) -> ResidentRow:
    return ResidentRow(code=code, name="新邻居", created_at=created_at)


def ticket(**values: Any) -> TicketRow:
    """A row that the database accepts; a test says what it should not."""
    usual = {
        "source_key": "k",
        "status": "triage",
        "kind": "report",
        "matter": "other",
        "urgency": "normal",
        "text": "…",
        "place": {},
        "reason": "",
        "opened_at": MONDAY_TEN,
        "accept_by": MONDAY_TEN,
        "resolve_by": MONDAY_TEN,
    }
    return TicketRow(**{**usual, **values})


def residents(database: Database) -> int:
    return database.read(lambda session: session.scalar(select(func.count(ResidentRow.id)))) or 0


def test_work_that_raises_leaves_nothing(database: Database) -> None:
    before = residents(database)

    def work(session: Session) -> None:
        session.add(resident())
        session.flush()
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        database.run(work)
    assert residents(database) == before


def test_work_that_loses_a_race_is_run_again(database: Database) -> None:
    before, tries = residents(database), []

    def work(session: Session) -> str:
        tries.append("wangayi" if not tries else "new")  # the first code is taken
        session.add(resident(tries[-1]))
        return tries[-1]

    assert database.run(work) == "new"
    assert residents(database) == before + 1


def test_a_clash_that_stays_is_not_swallowed(database: Database) -> None:
    with pytest.raises(IntegrityError):
        database.run(lambda session: session.add(resident("wangayi")))


def test_many_who_enter_at_once_meet_in_one_conversation(database: Database) -> None:
    def enter(_turn: int) -> int:
        return database.run(
            lambda session: conversations.enter(session, "web", "new peer", now=MONDAY_TEN)
        ).conversation_id

    before = residents(database)
    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(enter, range(4)))) == 1
    assert residents(database) == before + 1


def test_reading_does_not_wait_for_a_writer_and_sees_what_was_committed(
    database: Database,
) -> None:
    before = residents(database)

    def work(session: Session) -> int:
        session.add(resident())
        session.flush()
        return residents(database)

    assert database.run(work) == before
    assert residents(database) == before + 1


async def test_the_same_works_from_a_coroutine(sqlite: Database) -> None:
    before = residents(sqlite)
    await sqlite.arun(lambda session: session.add(resident()))
    assert await sqlite.aread(lambda session: session.query(ResidentRow).count()) == before + 1


@pytest.mark.parametrize(
    "row",
    [
        ticket(status="accepted"),  # nobody is responsible
        ticket(status="lost"),
        ticket(satisfaction=6),
        ticket(assignee="nobody"),
        ConversationRow(channel="web", peer="p", started_at=MONDAY_TEN),  # nobody's
        ConversationRow(
            channel="web", peer="p", started_at=MONDAY_TEN, resident_id=1, staff="xiaoli"
        ),
    ],
    ids=["unowned", "status", "level", "assignee", "nobody", "both"],
)
def test_the_database_refuses_what_must_never_be(sqlite: Database, row: Any) -> None:
    with pytest.raises(IntegrityError):
        sqlite.run(lambda session: session.merge(row))


def test_the_row_all_others_differ_from_is_accepted(database: Database) -> None:
    database.run(lambda session: session.add(ticket()))


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="time zone"):
        database.run(lambda session: session.add(resident(created_at=datetime(2026, 11, 23))))


def test_a_moment_comes_back_in_utc_wherever_it_was_said(database: Database) -> None:
    beijing = timezone(timedelta(hours=8))
    said = datetime(2026, 11, 23, 10, 0, 0, 123456, tzinfo=beijing)
    database.run(lambda session: session.add(resident("moment", said)))
    query = select(ResidentRow.created_at).where(ResidentRow.code == "moment")
    found = database.read(lambda session: session.scalar(query))
    assert found == said
    assert found.utcoffset() == timedelta(0)


def test_sqlite_writes_ahead_and_minds_foreign_keys(sqlite: Database) -> None:
    def pragma(session: Session) -> list[Any]:
        names = ("journal_mode", "foreign_keys")
        return [session.execute(text(f"PRAGMA {name}")).scalar() for name in names]

    assert sqlite.read(pragma) == ["wal", 1]


def test_a_database_that_does_not_answer_is_not_alive(sqlite: Database) -> None:
    assert sqlite.is_alive()
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none")
    assert not nowhere.is_alive()
    nowhere.close()


def test_migrations_have_one_head(sqlite: Database) -> None:
    scripts = ScriptDirectory.from_config(migrate.configuration(sqlite))
    assert len(scripts.get_heads()) == 1


def test_migrations_make_the_schema_the_models_describe(database: Database) -> None:
    assert tables
    assert trackers
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_upgrading_again_is_harmless(database: Database) -> None:
    before = database.read(community.load)
    migrate.upgrade(database)
    assert database.read(community.load) == before


def test_an_older_desk_goes_on_with_its_rules(database: Database) -> None:
    command.downgrade(migrate.configuration(database), "0003")
    rules = (
        '[{"code": "all", "matter": "*", "urgency": "*", "accept_hours": 0.5, "resolve_hours": 24}]'
    )
    database.run(
        lambda s: s.execute(text("UPDATE community SET deadlines = :rules"), {"rules": rules})
    )
    migrate.upgrade(database)
    (rule,) = database.read(community.load).deadlines
    assert rule.limits == {Stage.ACCEPT: Span.parse("30min"), Stage.RESOLVE: Span.parse("24h")}


def test_two_processes_may_start_on_an_empty_database_at_once(database: Database) -> None:
    command.downgrade(migrate.configuration(database), "base")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, database.url], cwd=CHECKOUT, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for process in started:
        _, complaint = process.communicate(timeout=60)
        assert process.returncode == 0, complaint.decode()
    assert database.read(community.version) is None


def test_a_database_in_a_folder_that_is_not_there_yet_makes_it(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new' / 'folder' / 'linli.db'}")
    assert database.is_alive()
    database.close()


def test_a_door_whose_holder_dies_opens_for_the_next(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from bot.store.door import Door\n"
        "with Door(Path(sys.argv[1]))(): print('in', flush=True); os.kill(os.getpid(), 9)"
    )
    file = tmp_path / "linli.db"
    dying = subprocess.run(
        [sys.executable, "-c", script, str(file)], capture_output=True, text=True, check=False
    )
    assert dying.stdout == "in\n"
    with Door(file)():
        pass


def test_one_writer_at_a_time_gets_through_the_door(tmp_path: Path) -> None:
    one, other = Door(tmp_path / "linli.db"), Door(tmp_path / "linli.db")
    seen: list[str] = []

    def second() -> None:
        with other():
            seen.append("second")

    with one():
        thread = Thread(target=second)
        thread.start()
        thread.join(0.05)
        seen.append("first")
    thread.join()
    assert seen == ["first", "second"]
