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
from bot.store.tables.tickets import (
    FollowerRow,
    PhotoRow,
    SubtaskRow,
    TicketPersonRow,
    TicketRow,
    TimelineRow,
)
from bot.store.tables.work import ChoreRow, TopicRow

__all__ = [
    "AccountRow",
    "AreaRow",
    "BuildingRow",
    "CategoryRow",
    "ChoreRow",
    "CodeRow",
    "CommunityRow",
    "ConversationRow",
    "FollowerRow",
    "InboxRow",
    "LookRow",
    "OutboxRow",
    "PhotoRow",
    "ResidentRow",
    "SessionRow",
    "StaffRow",
    "SubtaskRow",
    "TicketPersonRow",
    "TicketRow",
    "TimelineRow",
    "TopicRow",
    "TurnRow",
]
