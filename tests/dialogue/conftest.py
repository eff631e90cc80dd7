"""The real engine and the real actions, started once, and people who talk to them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import select, update

from bot import bootstrap, settings
from bot.bootstrap import Office
from bot.cli import setup, supervisor
from bot.cli.supervisor import Supervisor
from bot.cli.talk import Talk
from bot.dialogue import tensorflow_stub
from bot.settings import Settings
from bot.store.tables import TicketRow

T = TypeVar("T")


@pytest.fixture(scope="session")
def agent() -> Any:
    """The trained assistant in this process, without a patch: rasa.core.agent.Agent."""
    tensorflow_stub.install()
    from rasa.core.agent import Agent

    return Agent.load(setup.model(settings.read({})))


@pytest.fixture(scope="session")
def policy(agent: Any) -> Any:
    """Its RulePolicy."""
    parts = [node._component for node in agent.processor.graph_runner._instantiated_nodes.values()]
    return next(part for part in parts if type(part).__name__ == "RulePolicy")


@pytest.fixture(scope="session")
def domain(agent: Any) -> Any:
    return agent.domain


class Loop:
    """An event loop in a thread, so that tests read like chat and not like coroutines."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=180)

    def start(self, work: Coroutine[Any, Any, T]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)


@dataclass
class Heard:
    """What somebody reads after a turn."""

    answer: dict[str, Any]

    @property
    def texts(self) -> list[str]:
        return [reply["text"] for reply in self.answer["replies"]]

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    @property
    def buttons(self) -> list[str]:
        return [label for reply in self.answer["replies"] for label in reply["buttons"]]

    @property
    def ticket(self) -> dict[str, Any]:
        ticket = self.answer["ticket"]
        assert ticket, f"no ticket in {self.answer}"
        return dict(ticket)


@dataclass
class Someone:
    """A resident or a member of staff at the terminal."""

    talk: Talk
    loop: Loop

    def says(self, text: str, **turn: Any) -> Heard:
        return Heard(self.loop.run(self.talk.say({"text": text, **turn})))

    def taps(self, label: str) -> Heard:
        return Heard(self.loop.run(self.talk.say({"button": label})))

    def shares(self, latitude: float, longitude: float) -> Heard:
        return Heard(self.loop.run(self.talk.say({"location": [latitude, longitude]})))

    def sends_photo(self, path: Path) -> Heard:
        return Heard(self.loop.run(self.talk.say({"photo": str(path)})))


@dataclass
class Stage:
    """Everything that runs, with somebody to talk to."""

    office: Office
    supervisor: Supervisor
    loop: Loop

    def __post_init__(self) -> None:
        self.gateway = self.office.gateway()

    def someone(self, known_as: str | None = None) -> Someone:
        return Someone(Talk(self.office, self.gateway, known_as), self.loop)

    def handler(self) -> str:
        """Whose the newest ticket is: by day somebody else than by night."""
        newest = select(TicketRow.assignee).order_by(TicketRow.id.desc()).limit(1)
        return str(self.office.database.read(lambda session: session.scalars(newest).one()))

    def kill(self, name: str) -> None:
        """kill -9; the supervisor starts it again."""
        for child in self.supervisor.children:
            if child.name == name and child.process:
                child.process.kill()
                child.process.wait()


def private_settings(folder: Path) -> Settings:
    """Settings in a folder of the test's own, with the model the checkout has or trains."""
    shared = settings.read({})
    setup.model(shared)
    return replace(
        settings.read({"LINLI_DATA_DIR": str(folder)}),
        models=shared.models,
        engine_port=supervisor.free_port(),
        actions_port=supervisor.free_port(),
    )


def start(folder: Path, *, with_worker: bool, patches_off: tuple[str, ...] = ()) -> Stage:
    found = replace(private_settings(folder), patches_off=patches_off)
    office = bootstrap.open_office(found)
    setup.import_community(office, setup.DEMO)
    children = [supervisor.actions(found), supervisor.engine(found)]
    if with_worker:
        children.append(supervisor.worker(found))
    running = Supervisor(found, children, print)
    running.start()
    return Stage(office, running, Loop())


def stop(stage: Stage) -> None:
    stage.supervisor.stop()
    stage.office.close()
    stage.loop.close()


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One stage for all tests that do not break it; everybody in it is a fresh resident."""
    opened = start(tmp_path_factory.mktemp("stage"), with_worker=False)
    yield opened
    stop(opened)


@pytest.fixture
def breakable(tmp_path: Path) -> Iterator[Stage]:
    """A stage of its own, with a worker, for a test that kills."""
    opened = start(tmp_path, with_worker=True)
    yield opened
    stop(opened)


def forget_reports(stage: Stage) -> None:
    """What others have reported so far is long past: nobody is asked whether it is the same."""
    long_ago = update(TicketRow).values(opened_at=datetime(2020, 1, 1, tzinfo=timezone.utc))
    stage.office.database.run(lambda session: session.execute(long_ago) and None)


@pytest.fixture(autouse=True)
def a_quiet_day(request: pytest.FixtureRequest) -> None:
    """Everybody reports what nobody has reported before, unless the test itself says so."""
    if "stage" in request.fixturenames:
        forget_reports(request.getfixturevalue("stage"))
