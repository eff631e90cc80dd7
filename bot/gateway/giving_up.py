"""A message the engine fails on again and again goes to a person, with its words."""

from __future__ import annotations

from datetime import datetime

from bot.desk import kinds
from bot.desk.community import Place
from bot.desk.routing import CONDUCT_MATTER
from bot.gateway import reading, words
from bot.language import masking
from bot.services import cards, inbox, outbox, tickets, turns
from bot.services.conversations import Speaker
from bot.services.inbox import Letter
from bot.services.outbox import Message
from bot.services.places import Register
from bot.services.tickets import Desk, Draft
from bot.store.database import Session

TRIES = 5  # with pauses of 2, 4, 8 and 16 seconds between them

# Nobody has understood the text, so whatever may be about a person's conduct is kept from all.
_PERHAPS_CONDUCT = ("举报", "舉報", "贪", "受贿", "纪委", "作风")


def to_a_person(
    session: Session,
    letter: Letter,
    speaker: Speaker,
    text: str,
    register: Register,
    now: datetime,
) -> None:
    if not inbox.done(session, letter.id, now=now):
        return
    conduct = any(word in text for word in _PERHAPS_CONDUCT)
    draft = Draft(
        key=letter.key,
        kind=kinds.CONDUCT if conduct else kinds.REPORT,
        matter=CONDUCT_MATTER if conduct else "other",
        confidence=0.0,
        text=f"{text} {letter.body.get('location') or ''}".strip() or "[没有文字]",
        place=reading.place_said(letter, speaker, text, register) or speaker.home or Place(),
        resident_id=speaker.resident_id,
        conversation_id=speaker.conversation_id,
        phone=masking.find_phone(text),
        photos=tuple(filter(None, [letter.body.get("photo")])),
    )
    desk = Desk(community=register.community, describe=register.describe, now=now)
    ticket = tickets.open_ticket(session, draft, desk)
    until = cards.reached_by(ticket, register.community)
    message = Message(
        text=words.NOT_UNDERSTOOD_BY_MACHINE.format(number=ticket.number, until=until)
    )
    key = f"reply:{letter.key}:0"
    outbox.to_conversation(
        session, speaker.conversation_id, message, key=key, now=now, inbox_id=letter.id
    )
    turns.record(
        session,
        inbox_id=letter.id,
        conversation_id=speaker.conversation_id,
        at=now,
        text=text,
        confidential=ticket.confidential,
        reading={},
        actions=["given_to_a_person"],
        replies=[message.as_json()],
        ticket_id=ticket.id,
    )
