"""A ticket turns out to be about conduct: what was open of it until now is hidden as well."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.store.tables import ConversationRow, OutboxRow, TicketRow, TurnRow

_BEFORE = timedelta(minutes=30)  # the talk that led to the ticket
_AFTER = timedelta(hours=2)


def hide(session: Session, ticket: TicketRow, *, now: datetime) -> None:
    """Hide the turns of its conversation, and stop the cards that have not been delivered yet."""
    if ticket.conversation_id is not None:
        turns = select(TurnRow).where(
            TurnRow.conversation_id == ticket.conversation_id,
            TurnRow.at >= ticket.opened_at - _BEFORE,
        )
        for turn in session.scalars(turns):
            turn.confidential = True
        conversation = session.get(ConversationRow, ticket.conversation_id)
        if conversation:
            conversation.confidential_until = now + _AFTER
    cards = select(OutboxRow).where(
        OutboxRow.ticket_id == ticket.id,
        OutboxRow.staff.is_not(None),
        OutboxRow.status == "pending",
    )
    for card in session.scalars(cards):
        card.status = "undeliverable"
