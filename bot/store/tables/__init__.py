"""Every table, under one name: `from bot.store import tables`."""

from bot.store.tables.community import (
    AreaRow,
    BuildingRow,
    CategoryRow,
    CommunityRow,
    StaffRow,
)
from bot.store.tables.talk import (
    ConversationRow,
    InboxRow,
    OutboxRow,
    ResidentRow,
    TurnRow,
)
from bot.store.tables.tickets import PhotoRow, TicketPersonRow, TicketRow, TimelineRow

__all__ = [
    "AreaRow",
    "BuildingRow",
    "CategoryRow",
    "CommunityRow",
    "ConversationRow",
    "InboxRow",
    "OutboxRow",
    "PhotoRow",
    "ResidentRow",
    "StaffRow",
    "TicketPersonRow",
    "TicketRow",
    "TimelineRow",
    "TurnRow",
]
