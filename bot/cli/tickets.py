"""`tickets`: what is on the desk, as somebody may see it."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.bootstrap import Office
from bot.cli import setup
from bot.cli.lines import emit
from bot.desk.community import Community
from bot.desk.people import SYSTEM, Person
from bot.services import beside_json, ticket_clocks, ticket_views
from bot.services.community import place_from
from bot.store.database import Session
from bot.store.tables import TicketRow, TimelineRow


def list_tickets(viewer: str | None, limit: int, as_json: bool) -> None:
    office = setup.office(setup.read_settings())
    person = _person(office, viewer)
    rows = office.database.read(lambda session: ticket_views.visible(session, person, limit=limit))
    if as_json:
        for row in rows:
            emit(_row_json(row, office))
        return
    table = Table()
    for heading in ("number", "status", "matter", "place", "assignee", "text"):
        table.add_column(heading)
    for row in rows:
        json = _row_json(row, office)
        table.add_row(
            json["number"], json["status"], json["matter"], json["place"],
            json["assignee"] or "—", Text(_plain(row.text[:40])),
        )  # fmt: skip
    Console().print(table)


def show_ticket(number: str, viewer: str | None, as_json: bool) -> None:
    office = setup.office(setup.read_settings())
    person = _person(office, viewer)
    community = office.registers.current().community

    def look(
        session: Session,
    ) -> tuple[TicketRow, list[TimelineRow], dict[str, Any], dict[str, Any]]:
        row, timeline = ticket_views.detail(session, number, person)
        deadlines = _deadlines_json(session, row, community)
        return row, timeline, deadlines, beside_json.of_ticket(session, row, community)

    row, timeline, deadlines, beside = office.database.read(look)
    detail = {
        **_row_json(row, office),
        "reason": row.reason,
        "deadlines": deadlines,
        **beside,
        "timeline": [_entry_json(entry, office) for entry in timeline],
    }
    if as_json:
        emit(detail)
        return
    console = Console()
    for name, value in detail.items():
        if name not in ("timeline", "deadlines", "parts"):
            console.print(_plain(f"{name}: {value}"), markup=False)
    for name, deadline in deadlines.items():
        console.print(f"{name}: {deadline['at']}  {'，'.join(deadline['steps'])}", markup=False)
    for part in beside["parts"]:
        line = f"{part['kind']}: {part['staff']}, {part['status']}, {part['due_by']} {part['task']}"
        console.print(_plain(line), markup=False)
    for entry in detail["timeline"]:
        console.print(
            _plain(f"  {entry['at']}  {entry['move']:<9} {entry['actor']:<16} {entry['note']}"),
            markup=False,
        )


def _plain(text: str) -> str:
    """Without control characters, which a terminal would obey."""
    return "".join(character for character in text if character.isprintable())


def _person(office: Office, viewer: str | None) -> Person:
    if viewer is None:
        return SYSTEM
    return Person(staff=office.registers.current().community.person(viewer))


def _row_json(row: TicketRow, office: Office) -> dict[str, Any]:
    register = office.registers.current()
    return {
        **ticket_views.as_json(row, register.community),
        "kind": row.kind,
        "urgency": row.urgency,
        "place": register.describe(place_from(row.place)),
        "text": row.text,
        "opened_at": row.opened_at.astimezone(register.community.zone).isoformat(),
        "satisfaction": row.satisfaction,
    }


def _deadlines_json(session: Session, row: TicketRow, community: Community) -> dict[str, Any]:
    """Each deadline with its arithmetic; no steps where the present rules no longer give it."""
    steps = ticket_clocks.explain(session, row, community)
    names = ("accept_by", "contact_by", "resolve_by", "review_at")
    return {
        name: {"at": at.astimezone(community.zone).isoformat(), "steps": list(steps.get(name, ()))}
        for name in names
        if (at := getattr(row, name))
    }


def _entry_json(entry: TimelineRow, office: Office) -> dict[str, Any]:
    zone = office.registers.current().community.zone
    return {
        "at": entry.at.astimezone(zone).isoformat(timespec="seconds"),
        "move": entry.move,
        "actor": entry.actor,
        "from": entry.from_status,
        "to": entry.to_status,
        "note": entry.note,
    }
