"""`bench engine`: our engine beside stock Rasa, on the same machine, words and action server."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

from bot.bootstrap import Office
from bot.cli import setup, supervisor
from bot.cli.bench import duel, environment, play, report, running, stock
from bot.cli.bench.cast import Cast
from bot.cli.bench.doors import LINLI, REST
from bot.cli.bench.duel import Plan, Side
from bot.cli.bench.running import Engine, Launch
from bot.cli.bench.stock import Training
from bot.cli.setup import say
from bot.cli.supervisor import Supervisor
from bot.desk.errors import Unavailable
from bot.settings import CHECKOUT, Settings

FULL = Plan(rounds=5, seconds=8.0, long_ours=2000, long_stock=300)
QUICK = Plan(rounds=2, seconds=2.0, long_ours=400, long_stock=150)
_STARTS = 3  # of ours; stock Rasa takes a minute or two for each


def engine(
    rounds: int | None, quick: bool, ours_only: bool, stock_epochs: int, as_json: bool
) -> None:
    """Measure, print a table (or one line of JSON), and leave table and picture in var/bench."""
    plan = QUICK if quick else FULL
    plan = replace(plan, rounds=rounds) if rounds else plan
    found = setup.read_settings()
    results = _measure(found, plan, quick, ours_only, stock_epochs)
    say(f"written: {report.write(results, found.data_dir / 'bench')}")
    print(json.dumps(results, ensure_ascii=False) if as_json else report.table(results))


def _measure(
    found: Settings, plan: Plan, quick: bool, ours_only: bool, stock_epochs: int
) -> report.Results:
    home = found.data_dir / "bench" / "stock"
    other = None if ours_only else _Stock(home, stock_epochs)
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as scratch:
        folder = Path(scratch)
        private = replace(found, data_dir=folder, database_url=f"sqlite:///{folder / 'linli.db'}")
        setup.model(private)
        logs = found.data_dir / "bench" / "logs"
        with _office(private) as office, _engines(office, other, plan, quick, logs) as sides:
            cast = Cast(office, play.read())
            asyncio.run(duel.fight(sides, cast, plan, folder / "linli.db"))
        ours = sides[0]
        if not quick:
            ours.training_seconds = _training_seconds(private, folder / "models")
            scratch_environment = found.data_dir / "bench" / "runtime"
            ours.environment_mb = environment.size_mb(environment.LOCK, scratch_environment)
    return report.results(
        sides, plan, quick=quick, stock_training=other.training if other else None
    )


class _Stock:
    """The other side, installed and trained."""

    training: Training

    def __init__(self, home: Path, epochs: int) -> None:
        self.python, self.environment_mb = stock.ensure_environment(home)
        self.model, self.training = stock.ensure_model(home, self.python, epochs)

    def launch(self, settings: Settings, logs: Path) -> Launch:
        port = supervisor.free_port()
        return Launch(
            name="stock",
            door=REST,
            url=f"http://127.0.0.1:{port}",
            command=stock.command(self.python, self.model, port),
            environ={**stock.quiet_environ(), "LINLI_ACTIONS_URL": settings.actions_url},
            log=logs / "stock.log",
        )


@contextmanager
def _office(private: Settings) -> Iterator[Office]:
    """A desk of its own with the action server that both sides use."""
    office = setup.office(private)
    setup.without_duplicates(office)
    settings = replace(private, actions_port=supervisor.free_port())
    watched = Supervisor(settings, [supervisor.actions(settings)], say)
    try:
        watched.start()
        yield replace(office, settings=settings)
    finally:
        watched.stop()
        office.close()


@contextmanager
def _engines(
    office: Office, other: _Stock | None, plan: Plan, quick: bool, logs: Path
) -> Iterator[list[Side]]:
    """Both sides running and held still, ours first; each was started while it was alone."""
    started: list[Engine] = []
    try:
        sides = [_ours(office, started, 1 if quick else _STARTS, plan, logs)]
        if other:
            started[0].hold()
            say("starting stock Rasa …")
            started.append(running.start(other.launch(office.settings, logs)))
            theirs = Side("stock", started[1], started[1].start_seconds, plan.long_stock)
            theirs.environment_mb = other.environment_mb
            theirs.training_seconds = other.training.seconds
            sides.append(theirs)
            started[1].hold()
            started[0].release()
        started[0].hold()
        yield sides
    finally:
        for one in started:
            one.stop()


def _ours(office: Office, started: list[Engine], starts: int, plan: Plan, logs: Path) -> Side:
    settings = replace(office.settings, engine_port=supervisor.free_port())
    launch = Launch(
        name="ours",
        door=LINLI,
        url=settings.engine_url,
        command=supervisor.engine(settings).command,
        environ={**os.environ, **supervisor.environment(settings)},
        log=logs / "ours.log",
    )
    seconds = []
    for _ in range(starts):
        while started:
            started.pop().stop()
        started.append(running.start(launch))
        seconds.append(started[0].start_seconds)
    return Side("ours", started[0], median(seconds), plan.long_ours)


def _training_seconds(private: Settings, models: Path) -> float:
    say("training ours from nothing …")
    environ = {**os.environ, **supervisor.environment(replace(private, models=models))}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "bot", "train"],
        cwd=CHECKOUT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Unavailable(f"training failed: {done.stderr.strip()[-500:]}")
    return time.monotonic() - began
