"""The records of a community as JSON, as the database keeps them, and back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from datetime import date, datetime, time
from enum import Enum
from typing import Any

from bot.desk.community import (
    Absence,
    Branch,
    Community,
    Help,
    Post,
    Role,
    RoutingRule,
    Schedule,
    Shift,
)
from bot.desk.duplicate_rules import DuplicateRule, Near


def plain(record: Any) -> dict[str, Any]:
    """A record as JSON-ready values: enums by value, moments and days as ISO, tuples as lists."""
    return {f.name: _plain_value(getattr(record, f.name)) for f in fields(record)}


def fingerprint(community: Community) -> str:
    """Changes with the content; the same for the same content, however it was written down."""
    digest = hashlib.sha256()
    for part in fields(community):
        if part.name not in ("version", "statutory"):  # which come with the program
            content = _plain_value(getattr(community, part.name))
            digest.update(json.dumps([part.name, content], sort_keys=True).encode())
    return digest.hexdigest()[:16]


def routing(item: dict[str, Any]) -> RoutingRule:
    days = ("valid_from", "valid_until")
    return RoutingRule(
        **{
            **item,
            "roles": tuple(Role(name) for name in item["roles"]),
            "watch": tuple(Role(name) for name in item["watch"]),
            "assist": tuple(
                Help(role=Role(help["role"]), required=help["required"])
                for help in item.get("assist", ())
            ),
            **{name: _day(item.get(name)) for name in days},
        }
    )


def duplicate(item: dict[str, Any]) -> DuplicateRule:
    return DuplicateRule(**{**item, "near": Near(item["near"])})


def schedule(item: dict[str, Any]) -> Schedule:
    periods = {
        int(day): tuple(
            (time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans
        )
        for day, spans in item["periods"].items()
    }
    return Schedule(code=item["code"], name=item["name"], periods=periods)


def branch(item: dict[str, Any]) -> Branch:
    return Branch(**item)


def shift(item: dict[str, Any]) -> Shift:
    return Shift(
        **{
            **item,
            "role": Role(item["role"]),
            "start": time.fromisoformat(item["start"]),
            "end": time.fromisoformat(item["end"]),
            "date": _day(item["date"]),
            "days": tuple(item["days"]),
        }
    )


def post(item: dict[str, Any]) -> Post:
    return Post(role=Role(item["role"]), scope=item["scope"], matters=tuple(item["matters"]))


def absence(item: dict[str, Any]) -> Absence:
    return Absence(
        start=datetime.fromisoformat(item["start"]),
        end=datetime.fromisoformat(item["end"]),
        reason=item["reason"],
        by_hand=item.get("by_hand", False),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _plain_value(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_plain_value(item) for item in value]
    if isinstance(value, dict):
        return {str(name): _plain_value(item) for name, item in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, time)):  # a datetime is a date
        return value.isoformat()
    return plain(value) if hasattr(value, "__dataclass_fields__") else value
