"""`check`: is everything in order? Settings, database, community, model, processes."""

from __future__ import annotations

import httpx

from bot import bootstrap
from bot.cli import setup
from bot.cli.lines import emit
from bot.desk import deadline_rules
from bot.desk.community import Community
from bot.desk.errors import LinliError
from bot.settings import Settings


def check() -> bool:
    """One line a part, {"part", "ok", "detail"}; False when a part is not in order.

    The processes may be down (they are started by `up`), so they are told but do not fail it.
    """
    found = setup.read_settings()
    parts = [*_database(found), _model(found)]
    for part in [*parts, *_processes(found)]:
        emit(part)
    return all(part["ok"] for part in parts)


def _database(found: Settings) -> list[dict[str, object]]:
    try:
        office = bootstrap.open_office(found)
        community = office.registers.current().community
    except LinliError as error:
        return [{"part": "database", "ok": False, "detail": str(error)}]
    except Exception as error:
        return [{"part": "database", "ok": False, "detail": type(error).__name__}]
    detail = f"{community.name}: {len(community.staff)} staff, {len(community.buildings)} buildings"
    return [{"part": "database", "ok": True, "detail": detail}, _calendar(community)]


def _calendar(community: Community) -> dict[str, object]:
    """Nothing is broken where the calendar ends; but the administrator should know in time."""
    ahead = deadline_rules.horizon(community, bootstrap.utc_now())
    detail = f"days off known until {ahead.known_until}"
    if ahead.rules:
        detail += f"; provisional beyond, as by now with the rules {', '.join(ahead.rules)}"
    if ahead.is_near:
        detail += "; update the package chinesecalendar, or list the days in calendar.yml"
    return {"part": "calendar", "ok": True, "warning": ahead.is_near, "detail": detail}


def _model(found: Settings) -> dict[str, object]:
    from bot.dialogue.fingerprint import current_model

    path = current_model(found.models)
    detail = path.name if path else "none is current; `linli train` makes one"
    return {"part": "model", "ok": path is not None, "detail": detail}


def _processes(found: Settings) -> list[dict[str, object]]:
    urls = {
        "engine": f"{found.engine_url}/webhooks/linli/",
        "actions": f"{found.actions_url}/health",
    }
    return [{"part": name, "ok": _answers(url), "detail": url} for name, url in urls.items()]


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
