"""Whom a conduct report complains of: kept with the ticket, and kept away from it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Text, cast

from bot.desk import conduct
from bot.desk.community import Community, Role
from bot.store.tables import TicketRow


def remember(ticket: TicketRow, words: str, community: Community) -> None:
    """Add whom `words` name, and the discipline contacts of the units they name, to `against`."""
    if not ticket.confidential:
        return
    named = conduct.complained_of(words, community)
    contacts = (p for p in community.staff.values() if p.holds(Role.DISCIPLINE))
    involved = {p.code for p in contacts if conduct.is_involved(p, named, community)}
    ticket.against = sorted({*(ticket.against or ()), *named, *involved})


def is_handled_by_them(ticket: TicketRow) -> bool:
    return ticket.confidential and ticket.assignee in ticket.against


def is_against(code: str) -> Any:
    """As a condition on tickets: this member of staff is complained of."""
    # A list of codes is stored as JSON; both databases can compare it as text.
    quoted = json.dumps(code)
    return cast(TicketRow.against, Text).contains(quoted, autoescape=True)
