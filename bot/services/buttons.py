"""Which buttons of a conversation may still be tapped, and what is behind them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk.errors import UnknownThing
from bot.desk.moves import MOVES, Actor, Move, Status
from bot.services import subtask_views
from bot.store.tables import ConversationRow, InboxRow, OutboxRow, TicketRow

_WINDOW = 50  # messages back; who scrolls further reads, and does not tap
_CARD = "card"  # shows a ticket, whatever its state
# What a handler's colleagues could not do anyway: for them such a button is over.
_ONLY_HANDLERS = frozenset({Actor.HANDLER, Actor.RESIDENT, Actor.SYSTEM})
_NEVER = datetime(1970, 1, 1, tzinfo=timezone.utc)


class ButtonGone(UnknownThing):
    """This conversation was never shown this button."""


def tap_of(session: Session, conversation_id: int, outbox_id: int, index: int) -> str:
    """The tap behind a button that this very conversation was shown; raises ButtonGone."""
    row = session.get(OutboxRow, outbox_id)
    buttons = row.body.get("buttons", ()) if row and row.conversation_id == conversation_id else ()
    if not 0 <= index < len(buttons):
        raise ButtonGone(f"conversation {conversation_id} has no button {outbox_id}/{index}")
    return str(buttons[index]["tap"])


def alive(session: Session, conversation_id: int) -> list[int]:
    """Outbox ids of the newest messages whose buttons may be tapped now.

    A question of the dialogue is open until the resident says the next thing. A deed on a ticket
    is open while the ticket's state allows it. Tapped once, a message's buttons are used up.
    """
    shown = _with_buttons(session, conversation_id)
    if not shown:
        return []
    said = session.execute(
        select(InboxRow.id, InboxRow.received_at, InboxRow.body)
        .where(InboxRow.conversation_id == conversation_id)
        .order_by(InboxRow.id.desc())
        .limit(_WINDOW)
    ).all()
    last_id, last_at = (said[0][0], said[0][1]) if said else (0, _NEVER)
    tapped = [(body["tap"], at) for _, at, body in said if body.get("tap")]
    staff = session.scalar(
        select(ConversationRow.staff).where(ConversationRow.id == conversation_id)
    )
    tickets, steps = _tickets(session, shown), _steps(session, shown, staff)

    def is_alive(row: OutboxRow) -> bool:
        taps = [button["tap"] for button in row.body["buttons"]]
        if any(tap in taps and at >= row.created_at for tap, at in tapped):
            return False
        if all(_is_deed(tap) for tap in taps):
            return any(_is_legal(tap, tickets, staff) or tap in steps for tap in taps)
        return row.inbox_id == last_id if row.inbox_id else row.created_at >= last_at

    return [row.id for row in shown if is_alive(row)]


def _with_buttons(session: Session, conversation_id: int) -> list[OutboxRow]:
    newest = (
        select(OutboxRow)
        .where(OutboxRow.conversation_id == conversation_id)
        .order_by(OutboxRow.id.desc())
        .limit(_WINDOW)
    )
    return [row for row in session.scalars(newest) if row.body.get("buttons")]


def _is_deed(tap: str) -> bool:
    verb, _, number = tap.partition(":")
    return bool(number) and (verb == _CARD or verb in {move.value for move in Move})


def _tickets(session: Session, shown: Sequence[OutboxRow]) -> dict[str, Any]:
    numbers = {
        button["tap"].split(":")[1]
        for row in shown
        for button in row.body["buttons"]
        if _is_deed(button["tap"])
    }
    query = select(TicketRow.number, TicketRow.status, TicketRow.assignee)
    found = session.execute(query.where(TicketRow.number.in_(numbers))) if numbers else ()
    return {number: (status, assignee) for number, status, assignee in found}


def _steps(session: Session, shown: Sequence[OutboxRow], staff: str | None) -> set[str]:
    """The taps on parts of a ticket that `staff` may take now, as they stand on the buttons."""
    taps = {button["tap"] for row in shown for button in row.body["buttons"]}
    of_parts = [tap.split(":") for tap in taps if tap.startswith(f"{Move.PART.value}:")]
    able = subtask_views.tappable(session, {int(words[2]) for words in of_parts}, staff)
    return {":".join(words) for words in of_parts if words[3] in able.get(int(words[2]), ())}


def _is_legal(tap: str, tickets: dict[str, Any], staff: str | None) -> bool:
    verb, number = tap.split(":")[:2]
    status, assignee = tickets.get(number, (None, None))
    if status is None or verb == Move.PART.value:
        return False
    if verb == _CARD:
        return True
    rule = MOVES[Move(verb)]
    if staff and assignee and staff != assignee and rule.by <= _ONLY_HANDLERS:
        return False
    return Status(status) in rule.sources
