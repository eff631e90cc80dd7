"""`evaluate`: how well and how fast are messages understood? A report, and figures for CI."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bot.bootstrap import Office
from bot.cli import setup
from bot.cli.bench import stock
from bot.cli.classify import understood
from bot.cli.lines import emit, read_lines
from bot.evaluate import floors, report, run, sets
from bot.evaluate.answers import TASKS, Answers, Rival, from_parse
from bot.evaluate.diet import DietRival
from bot.evaluate.results import Figures, Results, RivalResult, figures
from bot.services.places import Register
from bot.settings import CHECKOUT, Settings

_OWN_SETS = CHECKOUT / "tests" / "data"


def evaluate(
    data: Path | None, out: Path | None, as_json: bool, diet_epochs: int, at_least: Path | None
) -> bool:
    """Measure, write the report, say what it says; False: a figure broke its floor.

    diet_epochs: how long stock DIET learns; 0: it is left out.
    """
    bounds = floors.read(at_least) if at_least else {}
    found = setup.read_settings()
    # At once, not after minutes of measuring: what is missing has to be fetched.
    python = _stock_python(found) if diet_epochs else None
    chosen = sets.find(_OWN_SETS, data)
    office, model = setup.office(found), setup.model(found)
    register = office.registers.current()
    results = Results(model=model.name, date=_now(), not_measured=list(chosen.missing))
    asyncio.run(run.assistant(results, chosen, read_lines, _assistant(model, register)))
    for other, seconds in _rivals(found, results, python, diet_epochs):
        judged: dict[str, Any] = {}
        run.rival(judged, chosen, read_lines, other)
        results.rivals[other.name] = RivalResult(judged, seconds)
    page = report.write(results, out or found.data_dir / "evaluation", _names(office))
    measured = figures(results)
    _say(measured, page)
    broken = list(floors.broken(bounds, measured))
    for line in broken:
        setup.say(f"below its floor: {line}")
    if as_json:
        emit(measured)
    return not broken


def _assistant(model: Path, register: Register) -> run.Assistant:
    """The product's own way from a text to a reading, in this process."""
    from bot.dialogue import tensorflow_stub

    warnings.simplefilter("ignore")  # Rasa's libraries warn about each other while imported
    tensorflow_stub.install()
    from bot.dialogue.engine import Reader

    reader = Reader(model)

    async def read(text: str) -> Answers:
        parsed = await reader.read(text)
        return from_parse(parsed, kind=understood(text, parsed, register)["kind"])

    return run.Assistant(parse=reader.read, read=read, resolve=register.book.resolve)


def _rivals(
    found: Settings, results: Results, stock_python: Path | None, diet_epochs: int
) -> Iterator[tuple[Rival, float]]:
    """Taught one after the other, so that one alone is in memory; (rival, seconds of training)."""
    from bot.dialogue import examples
    from bot.evaluate.rivals import PlainRival

    taught = list(examples.taught())
    plain = PlainRival(taught)
    yield plain, plain.train_seconds
    if stock_python is None:
        results.not_measured.append("stock DIET: --with-diet was not given")
        return
    cache = found.data_dir / "evaluation" / "diet"
    cache.mkdir(parents=True, exist_ok=True)
    config = stock.write_config(cache, diet_epochs)
    rival = DietRival(taught, python=stock_python, config=config, cache=cache, tell=setup.say)
    with closing(rival):
        yield rival, rival.train_seconds


def _stock_python(found: Settings) -> Path:
    """Of the benchmark's environment, which has the TensorFlow that ours lacks."""
    return stock.ensure_environment(found.data_dir / "bench" / "stock")[0]


def _names(office: Office) -> dict[str, str]:
    """Matter → what the community calls it."""
    categories = office.registers.current().community.categories
    return {code: category.name for code, category in categories.items()}


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def _say(measured: Figures, page: Path) -> None:
    """A line for each set, to read while the report opens."""
    for task in TASKS:
        for name, found in measured[task].items():
            setup.say(f"{task:>9}  {name}: {found['accuracy']:.1%} of {found['n']}")
    for name, found in measured["emergency"].items():
        if "recall" in found:
            heard = f"heard {found['recall']:.1%}, false alarms {found['false_alarms']:.1%}"
            setup.say(f"emergency  {name}: {heard}")
    for line in measured["not_measured"]:
        setup.say(f"not measured: {line}")
    setup.say(f"the report: {page}")
