"""kill -9 loses no message and makes no second ticket."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.cli import supervisor
from bot.cli.talk import Talk
from bot.desk.errors import LinliError
from bot.gateway.engine_client import EngineClient
from bot.services import inbox
from bot.settings import CHECKOUT
from bot.store.tables import InboxRow, OutboxRow, TicketRow, TurnRow
from tests.dialogue.conftest import Stage

PROBLEMS = [
    json.loads(line)["text"]
    for line in (CHECKOUT / "tests/data/heldout_matters.jsonl").read_text("utf-8").splitlines()
][::18]


@pytest.mark.heavy
@pytest.mark.parametrize("victim", ["engine", "actions", "worker"])
def test_a_killed_process_loses_nothing_and_doubles_nothing(breakable: Stage, victim: str) -> None:
    rng = random.Random(victim)

    async def everybody() -> None:
        async def one(number: int, problem: str) -> None:
            talk = Talk(breakable.office, breakable.gateway)
            await talk.say({"text": problem}, update_id=f"{number}-0")
            await talk.say({"text": "幸福里小区3号楼2单元501"}, update_id=f"{number}-1")

        async def killer() -> None:
            for _ in range(2):
                await asyncio.sleep(rng.uniform(0.2, 1.5))
                await asyncio.to_thread(breakable.kill, victim)

        slots = asyncio.Semaphore(6)

        async def queued(number: int, problem: str) -> None:
            async with slots:
                await one(number, problem)

        await asyncio.gather(killer(), *(queued(n, p) for n, p in enumerate(PROBLEMS)))

    breakable.loop.run(everybody())
    assert_nothing_lost_or_doubled(breakable, messages=2 * len(PROBLEMS))


@pytest.mark.heavy
def test_a_killed_channel_loses_nothing_and_doubles_nothing(
    breakable: Stage, tmp_path: Path
) -> None:
    """The process that took the messages dies; the worker answers what it left behind."""
    found = breakable.supervisor.settings
    command = [sys.executable, "-m", "tests.dialogue.channel_process", *PROBLEMS]
    environ = {"PYTHONPATH": str(CHECKOUT), **supervisor.environment(found)}
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environ, stdout=subprocess.PIPE)
    assert process.stdout
    for _ in range(5):  # five conversations are under way
        process.stdout.readline()
    process.kill()
    process.wait()
    database = breakable.office.database
    received = database.read(lambda s: s.scalar(select(func.count()).select_from(InboxRow)))
    assert received >= 5
    deadline = time.monotonic() + 90
    while database.read(inbox.pending_count) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert_nothing_lost_or_doubled(breakable, messages=received)


def test_a_repeated_text_fills_no_other_slot(breakable: Stage) -> None:
    """Killed in mid-form, before anybody heard its answer: asked again, it answers the same."""

    async def scene() -> None:
        settings = breakable.supervisor.settings
        client = EngineClient(settings.engine_url, timeout=10)
        await ask(client, "k1", "我要报修")
        asked_where = await ask(client, "k2", "水管爆了，一直喷水")
        assert "在哪里" in asked_where.replies[0].text
        await asyncio.to_thread(breakable.kill, "engine")
        again = await ask(client, "k2", "水管爆了，一直喷水")
        assert again.replies == asked_where.replies
        assert again.slots == asked_where.slots
        assert again.slots["requested_slot"] == "where"
        opened = await ask(client, "k3", "说不清在哪，菜场后面吧")
        await asyncio.to_thread(breakable.kill, "engine")
        assert (await ask(client, "k3", "说不清在哪，菜场后面吧")).replies == opened.replies
        await client.aclose()

    breakable.loop.run(scene())


@pytest.mark.heavy
def test_killed_at_any_moment_of_a_ticket_opening_there_is_one_ticket(breakable: Stage) -> None:
    rng = random.Random(7)
    database = breakable.office.database

    async def scene(round_: int) -> None:
        client = EngineClient(breakable.supervisor.settings.engine_url, timeout=5)
        sender = f"mid-form-{round_}"
        await ask(client, f"{sender}-1", "楼道灯坏了", sender=sender)
        asking = asyncio.create_task(
            ask(client, f"{sender}-2", "幸福里小区3号楼2单元", sender=sender, places=[PLACE])
        )
        await asyncio.sleep(rng.uniform(0.0, 0.08))
        await asyncio.to_thread(breakable.kill, rng.choice(["engine", "actions"]))
        answer = await asking
        assert answer.ticket
        await client.aclose()

    for round_ in range(3):
        breakable.loop.run(scene(round_))
    count = database.read(lambda s: s.scalar(select(func.count()).select_from(TicketRow)))
    assert count == 3


PLACE = {
    "community": "xfl", "grid": "xfl-1", "building": "xfl-b03", "unit": "2",
    "confidence": 0.95, "said": "幸福里小区3号楼2单元",
}  # fmt: skip


async def ask(
    client: EngineClient,
    key: str,
    text: str,
    *,
    sender: str = "mid-form",
    places: list[dict[str, Any]] | None = None,
) -> Any:
    """Ask until the engine is back, as the gateway does."""
    for _ in range(240):
        try:
            return await client.ask(
                sender=sender, key=key, metadata={"places": places or []}, text=text, payload=None
            )
        except LinliError:
            await asyncio.sleep(0.25)
    raise AssertionError("the engine did not come back")


def assert_nothing_lost_or_doubled(stage: Stage, *, messages: int) -> None:
    def look(session: Any) -> None:
        rows = session.scalars(select(InboxRow)).all()
        assert len(rows) == messages
        assert {row.status for row in rows} == {"done"}, "every message is answered"
        assert session.scalar(select(func.count()).select_from(TurnRow)) == messages
        for row in rows:
            replies = session.scalars(
                select(OutboxRow.key).where(
                    OutboxRow.inbox_id == row.id, OutboxRow.key.like("reply:%")
                )
            ).all()
            turn = session.scalars(select(TurnRow).where(TurnRow.inbox_id == row.id)).one()
            answered = len(replies) == len(turn.replies) > 0 or turn.emergency
            assert answered, f"{row.update_id}: {replies} for {turn.replies}"
        keys = session.scalars(select(TicketRow.source_key)).all()
        assert len(keys) == len(set(keys))
        owners = session.scalars(
            select(TicketRow.resident_id).where(TicketRow.kind != "praise")
        ).all()
        assert len(owners) == len(set(owners)), "one matter, one ticket"

    stage.office.database.read(look)
