"""Taps of the desk on duplicates: merge:CHILD shows what is alike, merge:CHILD:PARENT merges,
split:CHILD takes it apart again.
"""

from __future__ import annotations

from bot.desk.moves import Move
from bot.gateway.taps import Deed, Tap
from bot.services import duplicates, merge_cards, merging, tickets
from bot.services.outbox import Message
from bot.services.tickets import Desk
from bot.store.database import Session
from bot.store.tables import TicketRow


def merge(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Message:
    if tap.which:
        parent = tickets.by_number(session, tap.which)
        merging.merge(session, ticket, tap.by, desk, key=tap.key, parent=parent)
        return merge_cards.merged_for_desk(ticket, merging.top(session, parent))
    tickets.allowed(session, ticket, Move.MERGE, tap.by, desk)
    found = duplicates.of_ticket(session, ticket, desk)
    if not found:
        return merge_cards.nothing_alike(ticket)
    return merge_cards.alike(ticket, found, desk.community, desk.describe)


def split(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Message:
    merging.split(session, ticket, tap.by, desk, key=tap.key)
    return merge_cards.split_for_desk(ticket, desk.community)


DEEDS: dict[str, Deed] = {"merge": merge, "split": split}
