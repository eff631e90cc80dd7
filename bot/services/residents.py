"""What is kept of a resident."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.store.tables import ConversationRow, ResidentRow, TicketRow, TurnRow


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Counts of what is stored, and whether a home is."""

    tickets: int = 0
    turns: int = 0
    home: bool = False


def kept(session: Session, resident_id: int | None) -> Kept:
    if resident_id is None:
        return Kept()
    resident = session.get(ResidentRow, resident_id)
    mine = select(func.count()).where(TicketRow.resident_id == resident_id)
    said = (
        select(func.count())
        .select_from(TurnRow)
        .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
        .where(ConversationRow.resident_id == resident_id)
    )
    return Kept(
        tickets=session.scalar(mine) or 0,
        turns=session.scalar(said) or 0,
        home=bool(resident and resident.home),
    )
