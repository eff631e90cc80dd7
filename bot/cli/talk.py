"""A conversation in the terminal: the same gateway as every channel, read from the outbox."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.bootstrap import Office, utc_now
from bot.desk import kinds
from bot.desk.errors import BadInput, Unavailable
from bot.gateway.gateway import Gateway
from bot.gateway.incoming import Incoming
from bot.services import inbox, outbox, ticket_views, turns
from bot.services.outbox import Delivery
from bot.store.database import Session
from bot.store.tables import TicketRow

CHANNEL = "terminal"
_PATIENCE = 90.0  # seconds to wait for an engine that is being started again


@dataclass
class Talk:
    """One person at the terminal. known_as: code of a resident or member of staff, or None."""

    office: Office
    gateway: Gateway
    known_as: str | None = None
    channel: str = CHANNEL
    peer: str = ""
    _conversation: int | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.peer = self.peer or self.known_as or uuid.uuid4().hex

    async def say(self, turn: dict[str, Any], *, update_id: str | None = None) -> dict[str, Any]:
        """Play one turn ({"text"|"button"|"location"|"photo"}) and return the answer's JSON."""
        incoming = self._incoming(turn, update_id or uuid.uuid4().hex)
        self._conversation = await self.gateway.handle(incoming)
        await self._until_answered()
        return await self.office.database.arun(
            lambda session: self._collect(session, incoming.update_id)
        )

    async def _until_answered(self) -> None:
        conversation = self._conversation
        assert conversation is not None
        waited = 0.0
        while await self.office.database.aread(
            lambda session: bool(inbox.pending_of(session, conversation))
        ):
            if waited > _PATIENCE:
                raise Unavailable("the engine did not come back; the message is kept")
            await asyncio.sleep(0.25)
            waited += 0.25
            await self.gateway.process(conversation)

    def _incoming(self, turn: dict[str, Any], update_id: str) -> Incoming:
        known = {"text", "button", "location", "photo"}
        if not isinstance(turn, dict) or not known & set(turn):
            raise BadInput(f"turn {turn!r}: expected one of text, button, location, photo")
        location = turn.get("location")
        return Incoming(
            channel=self.channel,
            peer=self.peer,
            update_id=update_id,
            known_as=self.known_as,
            text=turn.get("text") or "",
            button=turn.get("button"),
            location=(float(location[0]), float(location[1])) if location else None,
            photo=self._keep_photo(turn["photo"], update_id) if turn.get("photo") else None,
        )

    def _keep_photo(self, path: str, update_id: str) -> str:
        source = Path(path)
        if not source.is_file():
            raise BadInput(f"photo {path}: no such file")
        self.office.settings.photos.mkdir(parents=True, exist_ok=True)
        name = f"{update_id}{source.suffix.lower()}"
        shutil.copyfile(source, self.office.settings.photos / name)
        return name

    def _collect(self, session: Session, update_id: str) -> dict[str, Any]:
        assert self._conversation is not None
        due = outbox.due(session, self.channel, now=utc_now(), conversations=[self._conversation])
        outbox.mark_sent(session, [delivery.id for delivery in due], now=utc_now())
        turn = turns.of_update(session, self.channel, update_id)
        return _turn_json(session, turn, due, self.office)


def _turn_json(session: Session, turn: Any, due: list[Delivery], office: Office) -> dict[str, Any]:
    """The documented form of one answered turn."""
    community = office.registers.current().community
    ticket = session.get(TicketRow, turn.ticket_id) if turn and turn.ticket_id else None
    place = (ticket.place if ticket else None) or (turn.place if turn else None)
    reading = turn.reading if turn else {}
    return {
        "replies": [
            {
                "text": delivery.message.text,
                "buttons": [button.label for button in delivery.message.buttons],
            }
            for delivery in due
        ],
        "intent": turn.intent if turn else None,
        "kind": ticket.kind if ticket else (turn.kind if turn else None),
        "matter": ticket.matter if ticket else (turn.matter if turn else None),
        "matters": [matter["code"] for matter in reading.get("matters", [])],
        "urgency": ticket.urgency if ticket else _urgency(turn, community),
        "address": address_json(place),
        "ticket": ticket_views.as_json(ticket, community) if ticket else None,
        "emergency": bool(turn and turn.emergency),
        "citations": reading.get("citations", []),
    }


def address_json(place: dict[str, Any] | None) -> dict[str, Any] | None:
    """{community, building, unit, room, confidence} of a place, or None where none is named."""
    if not place or not (place.get("community") or place.get("building")):
        return None
    return {
        name: place.get(name) for name in ("community", "building", "unit", "room", "confidence")
    }


def _urgency(turn: Any, community: Any) -> str | None:
    """The category's default belongs to reports; everything else is normal."""
    if turn is None or turn.matter is None:
        return None
    category = community.categories.get(turn.matter)
    if turn.kind != kinds.REPORT or category is None:
        return "normal"
    return str(category.urgency)
