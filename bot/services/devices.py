"""Devices of the web chat. A device is known by a random key that only its browser has; here is
only the key's hash, which is the `peer` of its conversation."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.services import conversations
from bot.store.tables import ConversationRow, ResidentRow, StaffRow

CHANNEL = "web"


@dataclass(frozen=True, kw_only=True)
class Device:
    """A device whose key is known. name: of the person a code has confirmed, else empty."""

    conversation_id: int
    peer: str
    name: str = ""


def new_key() -> str:
    """256 bits nobody can guess."""
    return secrets.token_urlsafe(32)


def peer_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def begin(session: Session, key: str, *, now: datetime) -> Device:
    """A device is here for the first time, as a resident nobody knows yet."""
    speaker = conversations.enter(session, CHANNEL, peer_of(key), now=now)
    return Device(conversation_id=speaker.conversation_id, peer=speaker.peer)


def known(session: Session, key: str) -> Device | None:
    """The device with this key; a key that was never handed out is nobody's."""
    peer = peer_of(key)
    query = (
        select(ConversationRow.id, ResidentRow.name, ResidentRow.code, StaffRow.name)
        .outerjoin(ResidentRow, ResidentRow.id == ConversationRow.resident_id)
        .outerjoin(StaffRow, StaffRow.code == ConversationRow.staff)
        .where(ConversationRow.channel == CHANNEL, ConversationRow.peer == peer)
    )
    row = session.execute(query).first()
    if row is None:
        return None
    conversation_id, resident, code, staff = row
    name = staff or (resident if code else "") or ""
    return Device(conversation_id=conversation_id, peer=peer, name=name)
