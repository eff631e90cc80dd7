"""The cast and the builders of all tests.

王阿姨 (wangayi) is a resident, 小李 (xiaoli) her grid worker, 老张 (laozhang) the grid worker of
another grid, who must be refused; 陈书记 (chenshuji) the branch secretary, 主任 (zhuren) the
administrator, 严姐 (yanjie) the discipline contact.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy

from bot.desk.community import Community, Place
from bot.desk.people import Person
from bot.services import community, community_files
from bot.services.places import Register, Registers
from bot.services.tickets import Desk
from bot.store import migrate
from bot.store.database import Database

CHECKOUT = Path(__file__).resolve().parent.parent
DEMO = CHECKOUT / "demo"

# A Monday, ten in the morning in Beijing: everybody with office hours is on duty.
MONDAY_TEN = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)

POSTGRES = os.environ.get("LINLI_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")


@pytest.fixture(scope="session")
def demo() -> Community:
    """The demo community, as its files say."""
    return community_files.read(DEMO).community


@pytest.fixture(scope="session")
def _empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the demo community, copied for every test that wants one."""
    path = tmp_path_factory.mktemp("template") / "linli.db"
    database = Database(f"sqlite:///{path}")
    fill(database)
    database.close()
    return path


def fill(database: Database) -> None:
    """Migrate and load the demo community."""
    migrate.upgrade(database)
    imported = community_files.read(DEMO)
    database.run(lambda session: community.save(session, imported, now=MONDAY_TEN))


@pytest.fixture
def sqlite(tmp_path: Path, _empty_sqlite: Path) -> Iterator[Database]:
    """A database with the demo community."""
    path = tmp_path / "linli.db"
    path.write_bytes(_empty_sqlite.read_bytes())
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def postgres() -> Iterator[Database]:
    """The same on PostgreSQL, in a schema of its own; skipped where no server answers."""
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


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """Both kinds of database, one after the other."""
    found: Database = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def register(sqlite: Database) -> Register:
    return Registers(sqlite).current()


class Clock:
    """Time that moves when a test moves it."""

    def __init__(self, now: datetime = MONDAY_TEN) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(demo: Community) -> Desk:
    return Desk(community=demo, describe=lambda place: place.building or "", now=MONDAY_TEN)


def staff(demo: Community, code: str) -> Person:
    """A member of staff as the maker of a move."""
    return Person(staff=demo.person(code))


# 王阿姨's door: 幸福里小区3号楼2单元501, in 小李's grid.
HOME = Place(
    community="xfl",
    grid="xfl-1",
    estate="幸福里小区",
    building="xfl-b03",
    unit="2",
    room="501",
    confidence=1.0,
)
