"""What every command needs first, made when it is missing: database, community, model."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

from rich.console import Console

from bot import bootstrap, settings
from bot.bootstrap import Office
from bot.cli import supervisor
from bot.cli.supervisor import Supervisor
from bot.desk.community import Community
from bot.desk.errors import Unavailable
from bot.language.address import AddressBook
from bot.services import community, community_import
from bot.services.tickets import Desk
from bot.settings import CHECKOUT, Settings
from bot.store.database import Session

DEMO = CHECKOUT / "demo"

# stdout is for results; everything a person should know meanwhile goes here.
_console = Console(stderr=True, highlight=False, soft_wrap=True)


def say(line: str) -> None:
    _console.print(line, markup=False)


def read_settings() -> Settings:
    found = settings.read(os.environ)
    logging.basicConfig(
        level=found.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for noisy in ("alembic", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return found


def office(found: Settings) -> Office:
    """The office, with the demo community where none was imported yet."""
    opened = bootstrap.open_office(found)
    if opened.database.read(community.version) is None:
        began = time.monotonic()
        import_community(opened, DEMO)
        say(f"demo community loaded in {time.monotonic() - began:.1f} s")
    return opened


def without_duplicates(opened: Office) -> None:
    """For plays that say the same again and again: nobody is asked whether it is known already."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "duplicates.yml"
        path.write_text('rules: [{code: never, matter: "*", hours: 0}]\n', encoding="utf-8")
        import_community(opened, path)


def import_community(opened: Office, path: Path) -> community_import.Done:
    """Load a folder or file in one transaction; raises BadInput and then changes nothing."""

    def desk(found: Community) -> Desk:
        # Only a ticket that goes to somebody else has to say where it is.
        book = cache(lambda: AddressBook(found))
        return Desk(
            community=found, describe=lambda place: book().describe(place), now=bootstrap.utc_now()
        )

    def work(session: Session) -> community_import.Done:
        return community_import.apply(session, community_import.read(session, path), desk)

    return opened.database.run(work)


def model(found: Settings) -> Path:
    """The current model, trained in a process of its own if there is none."""
    from bot.dialogue.fingerprint import current_model

    path = current_model(found.models)
    if path:
        return path
    began = time.monotonic()
    log = found.logs / "train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as stream, _console.status("training the assistant …"):
        run = subprocess.run(
            [sys.executable, "-m", "bot", "train"],
            cwd=CHECKOUT,
            env={**os.environ, **supervisor.environment(found)},
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
        )
    path = current_model(found.models)
    if run.returncode or path is None:
        raise Unavailable(f"training failed; {log} says why")
    say(f"assistant trained in {time.monotonic() - began:.1f} s")
    return path


def running(found: Settings, *, with_worker: bool, tell: Callable[[str], None] = say) -> Supervisor:
    """Engine and actions on free ports, for one command; stop the supervisor afterwards."""
    model(found)
    private = replace(
        found, engine_port=supervisor.free_port(), actions_port=supervisor.free_port()
    )
    children = [supervisor.actions(private), supervisor.engine(private)]
    if with_worker:
        children.append(supervisor.worker(private))
    running_now = Supervisor(private, children, tell)
    running_now.start()
    return running_now
