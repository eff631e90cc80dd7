"""Progress of a ticket, told to those who follow it. Beside what its reporter is told and asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.services import follow_cards, outbox
from bot.services.outbox import Message
from bot.store.tables import FollowerRow, TicketRow

if TYPE_CHECKING:
    from bot.services.ticket_moves import Desk

_Card = Callable[[TicketRow, "Desk", FollowerRow], Message]

# By what the reporter is told of; of anything else followers hear nothing.
_NEWS: dict[str, _Card] = {
    "accept": lambda ticket, desk, _: follow_cards.accepted(ticket, desk.community),
    "resolve": lambda ticket, desk, _: follow_cards.resolved(ticket, desk.community),
    "reopen": lambda ticket, desk, _: follow_cards.reopened(ticket, desk.community),
    "extend": lambda ticket, desk, _: follow_cards.later(ticket, desk.community),
    "hold": lambda ticket, desk, _: follow_cards.held(ticket, desk.community),
    "decline": lambda ticket, desk, row: follow_cards.not_any_more(ticket, row.text),
    "withdraw": lambda ticket, desk, row: follow_cards.withdrawn(ticket, row.text),
}


def tell(session: Session, ticket: TicketRow, what: str, key: str, desk: Desk) -> None:
    """`what`: the move, as in the keys of notices."""
    card = _NEWS.get(what)
    if card is None or ticket.confidential:
        return
    rows = session.scalars(select(FollowerRow).where(FollowerRow.ticket_id == ticket.id))
    for row in rows.all():
        if row.conversation_id is not None and row.conversation_id != ticket.conversation_id:
            outbox.to_conversation(
                session,
                row.conversation_id,
                card(ticket, desk, row),
                key=f"{what}:{ticket.id}:follower{row.id}:{key}",
                now=desk.now,
                ticket_id=ticket.id,
            )
