"""`chat`: talk to the assistant; `chat --script`: play conversations from a file."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.prompt import Prompt

from bot.bootstrap import Office
from bot.cli import setup
from bot.cli.lines import emit, read_lines
from bot.cli.talk import Talk
from bot.desk.errors import BadRow


@contextlib.contextmanager
def open_desk() -> Iterator[Office]:
    """An office with engine and actions running, for one command."""
    found = setup.read_settings()
    opened = setup.office(found)
    supervisor = setup.running(found, with_worker=False)
    try:
        yield replace(opened, settings=supervisor.settings)
    finally:
        supervisor.stop()
        opened.close()


def interactive(known_as: str | None) -> None:
    """Read lines until the end of input; a button is pressed by typing its label."""
    console = Console()
    with open_desk() as office:
        console.print("直接写，回车发送；按钮就打它的名字；Ctrl-D 结束。", style="dim")
        with contextlib.suppress(EOFError, KeyboardInterrupt):
            asyncio.run(_converse(office, known_as, console))


async def _converse(office: Office, known_as: str | None, console: Console) -> None:
    async with contextlib.aclosing(office.gateway()) as gateway:
        await _talk(Talk(office, gateway, known_as), console)


async def _talk(talk: Talk, console: Console) -> None:
    labels: list[str] = []
    while True:
        line = await asyncio.to_thread(Prompt.ask, "[bold]您[/bold]")
        if not line.strip():
            continue
        turn = {"button": line} if line in labels else {"text": line}
        answer = await talk.say(turn)
        labels = []
        for reply in answer["replies"]:
            console.print(reply["text"], style="green", markup=False)
            if reply["buttons"]:
                console.print("  ".join(f"[{label}]" for label in reply["buttons"]), markup=False)
                labels += reply["buttons"]


def script(path: Path) -> None:
    """One answer line a conversation; conversations are played in the order of the file."""
    rows = list(read_lines(path))
    for line, row in rows:
        _check(path, line, row)
    with open_desk() as office:
        asyncio.run(_play(office, [row for _, row in rows]))


async def _play(office: Office, rows: list[dict[str, Any]]) -> None:
    async with contextlib.aclosing(office.gateway()) as gateway:
        for row in rows:
            talk = Talk(office, gateway, row.get("as"))
            emit({"id": row["id"], "turns": [await talk.say(turn) for turn in row["turns"]]})


def _check(path: Path, line: int, row: dict[str, Any]) -> None:
    if "id" not in row:
        raise BadRow(file=path.name, line=line, reason="id is missing")
    if not isinstance(row.get("turns"), list) or not row["turns"]:
        raise BadRow(file=path.name, line=line, reason="turns: expected a list of turns")
