"""An emergency is answered by rule, before the engine and without it: the number to call, one
sentence of safe behaviour, the duty person paged, a ticket open. No question comes first."""

from __future__ import annotations

from datetime import datetime

from bot.desk import kinds
from bot.desk.community import Place
from bot.desk.emergency import Emergency
from bot.desk.people import Person
from bot.services import cards, inbox, outbox, tickets, turns
from bot.services.conversations import Speaker
from bot.services.inbox import Letter
from bot.services.outbox import Message
from bot.services.places import Register
from bot.services.tickets import Desk, Draft
from bot.store.database import Session
from bot.store.tables import TicketRow


def answer(
    session: Session,
    letter: Letter,
    speaker: Speaker,
    emergency: Emergency,
    register: Register,
    now: datetime,
) -> None:
    """Everything an emergency needs, in the transaction that keeps its message."""
    text = letter.body["text"]
    places = register.book.resolve(text, home=speaker.home)
    place = places[0] if places and places[0].confidence >= 0.5 else Place()
    desk = Desk(community=register.community, describe=register.describe, now=now)
    draft = Draft(
        key=letter.key,
        kind=kinds.REPORT,
        matter=emergency.matter,
        urgency="emergency",
        text=text,
        place=place,
        resident_id=speaker.resident_id,
        conversation_id=speaker.conversation_id,
        photos=tuple(filter(None, [letter.body.get("photo")])),
    )
    ticket = tickets.open_ticket(session, draft, desk)
    message = _advice(ticket, emergency, register, known_place=bool(place.building))
    key = f"emergency:{letter.key}"
    outbox.to_conversation(
        session, speaker.conversation_id, message, key=key, now=now, inbox_id=letter.id
    )
    inbox.done(session, letter.id, now=now)
    turns.record(
        session,
        inbox_id=letter.id,
        conversation_id=speaker.conversation_id,
        at=now,
        text=text,
        emergency=True,
        kind=kinds.REPORT,
        matter=emergency.matter,
        reading={},
        actions=["emergency"],
        replies=[message.as_json()],
        ticket_id=ticket.id,
    )


def take_place(
    session: Session, *, speaker: Speaker, place: Place, by: Person, key: str, desk: Desk
) -> tuple[TicketRow, Message]:
    """The place of an emergency that was opened without one; no form comes before it."""
    assert speaker.unplaced  # the caller looked
    ticket = tickets.by_number(session, speaker.unplaced)
    where = desk.describe(place)
    tickets.correct(session, ticket, by, desk, key=key, text=where, place=place)
    handler = cards.who(desk.community.staff.get(ticket.assignee or ""))
    return ticket, Message(text=f"好的，已告诉{handler}：{where}。请守在安全的地方，随时告诉我。")


def _advice(
    ticket: TicketRow, emergency: Emergency, register: Register, *, known_place: bool
) -> Message:
    handler = cards.who(register.community.staff.get(ticket.assignee or ""))
    lines = [emergency.advice, f"已通知{handler}，编号 {ticket.number}。"]
    if not known_place:
        lines.append("安全的话，请告诉我在几号楼几单元。")
    return Message(text="\n".join(lines))
