"""What a resident's message adds to a ticket that is there, or corrects of it."""

from __future__ import annotations

from actions.context import Said
from bot.desk.moves import Status
from bot.gateway import resident_deeds
from bot.services import asking, cards, loop_cards, tickets
from bot.services.outbox import Message
from bot.services.tickets import Desk
from bot.store.database import Session
from bot.store.tables import TicketRow


def asked_about(session: Session, heard: Said, desk: Desk) -> TicketRow | None:
    """Their ticket about which somebody has asked them something that they may be answering."""
    if heard.asked is None or heard.resident_id is None:
        return None
    tap = asking.still(heard.asked, desk.now)
    ticket = tickets.by_number(session, tap.split(":")[1]) if tap else None
    return ticket if ticket and ticket.resident_id == heard.resident_id else None


def say_more(session: Session, ticket: TicketRow, heard: Said, desk: Desk) -> Message:
    """More about an open ticket, or what was bad about one that is closed."""
    if heard.conversation_id is not None:
        asking.forget(session, heard.conversation_id)
    if Status(ticket.status).is_open:
        add_said(session, ticket, heard, desk)
        return added(ticket, desk)
    tickets.explain(session, ticket, heard.person, desk, key=heard.key, note=heard.text)
    return resident_deeds.explained(session, ticket, desk)


def add_said(session: Session, ticket: TicketRow, heard: Said, desk: Desk) -> None:
    """What this message adds to a ticket: words (a button has none), a phone number, photos."""
    tickets.add(
        session,
        ticket,
        heard.person,
        desk,
        key=heard.key,
        text="" if heard.payload else heard.text,
        phone=heard.phone,
        photos=heard.photos,
        # The time that was said first stands, unless the resident says that it is wrong.
        happened=heard.happened if heard.intent == "correct" or not ticket.happened else None,
    )


def added(ticket: TicketRow, desk: Desk) -> Message:
    handler = desk.community.staff.get(ticket.assignee or "")
    return loop_cards.added(ticket, desk.community, handler)


def correct_place(session: Session, ticket: TicketRow, heard: Said, desk: Desk) -> Message:
    tickets.correct(
        session, ticket, heard.person, desk, key=heard.key, text=heard.text, place=heard.place
    )
    return corrected(ticket, desk)


def corrected(ticket: TicketRow, desk: Desk) -> Message:
    handler = desk.community.staff.get(ticket.assignee or "")
    until = cards.when(ticket.next_deadline_at or ticket.resolve_by, desk.community)
    subject = cards.subject(ticket, desk.community, desk.describe)
    return Message(
        text=f"改好了，编号 {ticket.number}：{subject}，"
        f"由{cards.who(handler)}负责，最晚{until}前有进展。"
    )
