"""What every command needs first, made when it is missing: database, community, model."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from bot import bootstrap, settings
from bot.bootstrap import Office
from bot.cli import supervisor
from bot.cli.supervisor import Supervisor
from bot.desk.errors import Unavailable
from bot.services import community, community_files
from bot.settings import CHECKOUT, Settings

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


def import_community(opened: Office, folder: Path) -> community.Count:
    """Load a folder in one transaction; raises BadInput and then changes nothing."""
    imported = community_files.read(folder)
    return opened.database.run(
        lambda session: community.save(session, imported, now=bootstrap.utc_now())
    )


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
