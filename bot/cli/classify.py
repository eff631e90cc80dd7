"""`classify`: how messages are understood, without a conversation."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.cli import setup
from bot.cli.lines import emit, read_lines
from bot.cli.talk import address_json
from bot.desk import kinds
from bot.desk.community import Community
from bot.desk.errors import BadRow
from bot.language.danger.find import find_emergency
from bot.services.places import Register


def classify(path: Path) -> None:
    """One answer line a message, in the order of the file."""
    rows = list(read_lines(path))
    for line, row in rows:
        if not isinstance(row.get("message"), str):
            raise BadRow(file=path.name, line=line, reason="message: expected a text")
    found = setup.read_settings()
    office = setup.office(found)
    model = setup.model(found)

    from bot.dialogue import unneeded

    unneeded.install()
    from bot.dialogue.engine import Reader

    register = office.registers.current()
    asyncio.run(_read_all(Reader(model), register, [row for _, row in rows]))


async def _read_all(reader: Any, register: Register, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        parsed = await reader.read(row["message"])
        emit({"id": row.get("id"), **understood(row["message"], parsed, register)})


def understood(message: str, parsed: dict[str, Any], register: Register) -> dict[str, Any]:
    """The documented form of a reading."""
    emergency = find_emergency(message)
    matters = parsed.get("matters") or []
    kind = _kind(parsed)
    places = register.book.resolve(message)
    top = emergency.matter if emergency else (matters[0]["code"] if matters else "other")
    return {
        "intent": parsed["intent"]["name"],
        "kind": kinds.REPORT if emergency else kind,
        "matter": matters[:5],
        "urgency": "emergency" if emergency else _urgency(top, kind, register.community),
        "emergency": emergency is not None,
        "address": address_json(asdict(places[0])) if places else None,
    }


def _kind(parsed: dict[str, Any]) -> str:
    """The kind of the likeliest intent that has one: every message is of some kind."""
    ranking = [guess["name"] for guess in parsed.get("intent_ranking") or []]
    return next((kinds.OF_INTENT[name] for name in ranking if name in kinds.OF_INTENT), "report")


def _urgency(matter: str, kind: str, community: Community) -> str:
    category = community.categories.get(matter)
    return category.urgency if category and kind == kinds.REPORT else "normal"
