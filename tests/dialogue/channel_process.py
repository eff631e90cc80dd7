"""A channel in a process of its own, to be killed: says each argument in a conversation."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys

from bot import bootstrap, settings
from bot.cli.talk import Talk


async def main(problems: list[str]) -> None:
    office = bootstrap.open_office(settings.read(os.environ), migrated=True)
    gateway = office.gateway()

    async def one(number: int, problem: str) -> None:
        talk = Talk(office, gateway)
        await talk.say({"text": problem}, update_id=f"{number}-0")
        print(number, flush=True)
        await talk.say({"text": "幸福里小区3号楼2单元501"}, update_id=f"{number}-1")

    async with contextlib.aclosing(gateway):
        await asyncio.gather(*(one(number, problem) for number, problem in enumerate(problems)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
