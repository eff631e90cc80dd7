"""What all pages of the console share: the office, the clock, the templates."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.bootstrap import Office
from bot.console import words

HERE = Path(__file__).resolve().parent

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class House:
    """Built once, in bot/console/app.py."""

    office: Office
    clock: Clock
    templates: Environment
    # Tables of rates by question, with the moment each was reckoned at.
    reckoned: dict[Any, Any] = field(default_factory=dict)
    # Comparing a password takes 64 MB and a tenth of a second: a flood of logins has to queue.
    passwords: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))


def templates() -> Environment:
    """Everything that goes into a page is escaped, and a name that is missing is an error."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(words.FILTERS)
    environment.globals["words"] = words
    return environment
