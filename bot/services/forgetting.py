"""Which conversations the engine may forget: nobody touched them, and nothing of them is open."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from bot.desk.moves import Status
from bot.store.tables import ConversationRow, TicketRow

_OPEN = tuple(status.value for status in Status if status.is_open)


def in_use(session: Session, conversations: Sequence[int]) -> set[int]:
    """Those with a ticket that is open, or with words that wait for their place."""
    with_ticket = select(TicketRow.conversation_id).where(
        TicketRow.conversation_id.in_(conversations), TicketRow.status.in_(_OPEN)
    )
    unheard = select(ConversationRow.id).where(
        ConversationRow.id.in_(conversations), ConversationRow.unheard_at.is_not(None)
    )
    return set(session.execute(union(with_ticket, unheard)).scalars())
