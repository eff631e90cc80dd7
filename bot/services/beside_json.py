"""What lies beside a ticket in the stable form of the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.desk.community import Community
from bot.services import followers, merging, subtask_views
from bot.store.tables import SubtaskRow, TicketRow


def of_ticket(session: Session, ticket: TicketRow, community: Community) -> dict[str, Any]:
    """{"parts": […], "followers": count, "parent": number or null, "children": [numbers]}"""
    parent = session.get(TicketRow, ticket.parent_id) if ticket.parent_id else None
    return {
        "parts": [_part(part, community) for part in subtask_views.of_ticket(session, ticket)],
        "followers": followers.count(session, ticket),
        "parent": parent.number if parent else None,
        "children": [child.number for child in merging.children(session, ticket)],
    }


def _part(part: SubtaskRow, community: Community) -> dict[str, Any]:
    def local(moment: datetime | None) -> str | None:
        return moment.astimezone(community.zone).isoformat(timespec="seconds") if moment else None

    return {
        "id": part.id,
        "kind": part.kind,
        "staff": part.staff,
        "task": part.task,
        "required": part.required,
        "status": part.status,
        "asked_by": part.asked_by,
        "asked_at": local(part.asked_at),
        "accepted_at": local(part.accepted_at),
        "arrive_by": local(part.arrive_by),
        "arrived_at": local(part.arrived_at),
        "due_by": local(part.due_by),
        "done_at": local(part.done_at),
        "outcome": part.outcome,
    }
