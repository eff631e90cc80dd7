"""`replay`: real messages through the real engine into tickets, in a scratch data folder."""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.bootstrap import Office
from bot.cli import setup
from bot.cli.lines import read_lines
from bot.cli.talk import Talk
from bot.desk.community import Building
from bot.desk.errors import BadRow, LinliError
from bot.gateway.gateway import Gateway

CHANNEL = "replay"
_AT_ONCE = 8
_TURNS_AT_MOST = 6


@dataclass
class Outcome:
    """How one message ended: ticket, answered, declined, or an error in words."""

    id: str
    message: str
    end: str
    turns: int
    ticket: dict[str, Any] | None = None
    intent: str | None = None
    milliseconds: float = 0.0


@dataclass
class Summary:
    """The table as data."""

    messages: int
    tickets: int
    triage: int
    answered: int
    declined: int
    errors: list[str]
    seconds: float
    matters: dict[str, int] = field(default_factory=dict)
    assignees: dict[str, int] = field(default_factory=dict)


def replay(path: Path, limit: int | None, as_json: bool, data_dir: Path | None) -> int:
    """Play the file; prints a table (or JSON lines) and returns the number of errors."""
    rows = list(_titles(path, limit))
    found = setup.read_settings()
    with tempfile.TemporaryDirectory(prefix="linli-replay-") as scratch:
        folder = data_dir or Path(scratch)
        private = replace(found, data_dir=folder, database_url=f"sqlite:///{folder / 'linli.db'}")
        office = setup.office(private)
        setup.without_duplicates(office)
        supervisor = setup.running(private, with_worker=True)
        try:
            running = replace(office, settings=supervisor.settings)
            began = time.monotonic()
            outcomes = asyncio.run(_play_all(running, rows))
            summary = summarise(outcomes, time.monotonic() - began)
        finally:
            supervisor.stop()
            office.close()
    if as_json:
        for outcome in outcomes:
            print(json.dumps(asdict(outcome), ensure_ascii=False))
        print(json.dumps(asdict(summary), ensure_ascii=False))
    else:
        _print(summary, office)
    return len(summary.errors)


def summarise(outcomes: list[Outcome], seconds: float) -> Summary:
    ends = Counter(outcome.end for outcome in outcomes)
    with_ticket = [o.ticket for o in outcomes if o.ticket]
    return Summary(
        messages=len(outcomes),
        tickets=len(with_ticket),
        triage=sum(ticket["status"] == "triage" for ticket in with_ticket),
        answered=ends["answered"],
        declined=ends["declined"],
        errors=[f"{o.id}: {o.end}" for o in outcomes if o.end not in _ENDS],
        seconds=round(seconds, 1),
        matters=dict(Counter(t["matter"] for t in with_ticket).most_common()),
        assignees=dict(Counter(t["assignee"] or "—" for t in with_ticket).most_common()),
    )


_ENDS = ("ticket", "answered", "declined")


def _titles(path: Path, limit: int | None) -> Iterator[tuple[str, str]]:
    for line, row in read_lines(path):
        if limit is not None and limit <= 0:
            return
        message = row.get("title") or row.get("message") or row.get("text")
        if not isinstance(message, str) or not message.strip():
            raise BadRow(file=path.name, line=line, reason="expected title, message or text")
        yield str(row.get("id", line)), message
        limit = limit - 1 if limit is not None else None


async def _play_all(office: Office, rows: list[tuple[str, str]]) -> list[Outcome]:
    slots = asyncio.Semaphore(_AT_ONCE)
    buildings = list(office.registers.current().community.buildings.values())

    async def play(gateway: Gateway, id: str, message: str) -> Outcome:
        async with slots:
            # Chosen by the message's id, so that the same file gives the same tickets.
            home = random.Random(id).choice(buildings)  # noqa: S311 not a secret
            talk = Talk(office, gateway, channel=CHANNEL, peer=id)
            try:
                return await _journey(talk, id, message, home)
            except LinliError as error:
                return Outcome(id, message, f"{type(error).__name__}: {error}", 0)

    async with aclosing(office.gateway()) as gateway:
        return await asyncio.gather(*(play(gateway, id, message) for id, message in rows))


async def _journey(talk: Talk, id: str, message: str, home: Building) -> Outcome:
    """Say the message, then answer what is asked as a resident of `home` would."""
    began = time.monotonic()
    turn: dict[str, Any] | None = {"text": message}
    intent, answer, count = None, None, 0
    while turn and count < _TURNS_AT_MOST:
        answer = await talk.say(turn, update_id=f"{id}-{count}")
        intent = intent or answer["intent"]
        count += 1
        if not answer["replies"]:
            return Outcome(id, message, "silence", count, intent=intent)
        turn = _next_turn(answer, home)
    assert answer is not None
    ticket = answer["ticket"]
    end = "ticket" if ticket else _end(answer)
    spent = round(1000 * (time.monotonic() - began) / count, 1)
    return Outcome(id, message, end, count, ticket, intent, spent)


def _next_turn(answer: dict[str, Any], home: Building) -> dict[str, Any] | None:
    """What the resident says next: where, what, "yes, let a person answer"; None: it is over."""
    if answer["ticket"]:
        return None
    labels = [label for reply in answer["replies"] for label in reply["buttons"]]
    if "说不清位置" in labels:
        return {"text": f"{home.estate}{home.name}1单元"}
    for label in ("报一件事", "请工作人员回复"):
        if label in labels:
            return {"button": label}
    if labels and labels[0] != "解决了":  # several places of one name: the first
        return {"button": labels[0]}
    return None


def _end(answer: dict[str, Any]) -> str:
    return "declined" if answer["intent"] == "ask_policy" else "answered"


def _print(summary: Summary, office: Office) -> None:
    console, community = Console(), office.registers.current().community
    table = Table(title=f"{summary.messages} messages in {summary.seconds} s")
    for heading in ("matter", "name", "tickets"):
        table.add_column(heading)
    for code, count in summary.matters.items():
        table.add_row(code, community.category(code).name, str(count))
    console.print(table)
    people = Table(title="assignees")
    for heading in ("code", "name", "tickets"):
        people.add_column(heading)
    for code, count in summary.assignees.items():
        person = community.staff.get(code)
        people.add_row(code, f"{person.title} {person.name}" if person else "受理台", str(count))
    console.print(people)
    share = summary.triage / summary.messages if summary.messages else 0.0
    known = len(summary.assignees) - ("—" in summary.assignees)
    console.print(
        f"tickets {summary.tickets}, triage {summary.triage} ({share:.1%}), answered "
        f"{summary.answered}, declined {summary.declined}, errors {len(summary.errors)}, "
        f"matters {len(summary.matters)}, assignees {known}"
    )
    for error in summary.errors:
        console.print(error, markup=False)
