"""Every table, under one name: `from bot.store import tables`."""

from bot.store.tables.access import AccountRow, CodeRow, LookRow, SessionRow
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
    "AccountRow",
    "AreaRow",
    "BuildingRow",
    "CategoryRow",
    "CodeRow",
    "CommunityRow",
    "ConversationRow",
    "InboxRow",
    "LookRow",
    "OutboxRow",
    "PhotoRow",
    "ResidentRow",
    "SessionRow",
    "StaffRow",
    "TicketPersonRow",
    "TicketRow",
    "TimelineRow",
    "TurnRow",
]
