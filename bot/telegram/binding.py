"""What a chat is told when it begins, and when a one-time code says whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.desk.community import Community
from bot.desk.errors import NotAllowed
from bot.services import codes, conversations, outbox
from bot.services.outbox import Message
from bot.store.database import Session
from bot.store.tables import ResidentRow
from bot.telegram import words
from bot.telegram.messages import CHANNEL


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One update of one chat, outside of any dialogue."""

    peer: str
    update_id: str
    now: datetime


def say(session: Session, visit: Visit, message: Message) -> None:
    """Answer an update once; the gateway may have an answer of its own to the same one."""
    conversation_id = _conversation(session, visit)
    key = f"said:{CHANNEL}:{visit.update_id}"
    outbox.to_conversation(session, conversation_id, message, key=key, now=visit.now)


def welcome(session: Session, visit: Visit, community: Community) -> None:
    speaker = conversations.enter(session, CHANNEL, visit.peer, now=visit.now)
    staff = community.staff.get(speaker.staff or "")
    text = words.WELCOME_STAFF if staff else words.WELCOME
    name = staff.name if staff else ""
    say(session, visit, Message(text=text.format(community=community.name, name=name)))


def bind(session: Session, visit: Visit, code: str, community: Community) -> bool:
    """Use a one-time code; the answer tells whether it worked, and so do we.

    A repeated update finds its code used up, and its first answer already in the outbox.
    """
    conversation_id = _conversation(session, visit)
    try:
        known_as = codes.redeem(session, code, now=visit.now)
    except NotAllowed:
        say(session, visit, words.BIND_FAILED)
        return False
    conversations.bind(session, conversation_id, known_as, now=visit.now)
    staff = community.staff.get(known_as)
    text = words.BOUND_STAFF if staff else words.BOUND_RESIDENT
    name = staff.name if staff else _name(session, conversation_id)
    say(session, visit, Message(text=text.format(name=name)))
    return True


def _conversation(session: Session, visit: Visit) -> int:
    return conversations.enter(session, CHANNEL, visit.peer, now=visit.now).conversation_id


def _name(session: Session, conversation_id: int) -> str:
    resident_id = conversations.speaker(session, conversation_id).resident_id
    resident = session.get(ResidentRow, resident_id) if resident_id else None
    return (resident.name if resident else "") or "您好"
