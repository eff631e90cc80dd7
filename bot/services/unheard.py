"""Whoever said what is wrong, was asked something and fell silent is heard all the same.

Without a place the desk gets it. Who was only asked whether it is what a neighbour reported has
said enough: theirs is a ticket of its own, and the desk may merge it.

The words wait with the conversation, which is of record; what the engine remembers is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, null, or_, select, update
from sqlalchemy.orm import Session

from bot.desk import kinds
from bot.desk.community import Community
from bot.desk.routing import CONDUCT_MATTER, NO_MATTER
from bot.services import cards, duplicate_cards, merging, outbox, tickets
from bot.services.community import place_from
from bot.services.outbox import Message
from bot.services.tickets import Desk, Draft
from bot.store.base import table
from bot.store.tables import ConversationRow, InboxRow, TicketRow

MINUTES = "silent_minutes"  # the community's setting
_DEFAULT = 30.0
_WHY = "居民没说位置就没再回复，请联系核实"
_CONVERSATION = table(ConversationRow)
_FILED = select(TicketRow.id).where(TicketRow.source_key == bindparam("key"))
_KEEP = (
    update(_CONVERSATION)
    .where(_CONVERSATION.c.id == bindparam("conversation"))
    .values(unheard=bindparam("words"), unheard_at=bindparam("moment"))
)
_FORGET = (
    update(_CONVERSATION)
    .where(_CONVERSATION.c.id == bindparam("conversation"), _CONVERSATION.c.unheard_at.is_not(None))
    .values(unheard=null(), unheard_at=None)
)


@dataclass(frozen=True, kw_only=True)
class Words:
    """A report that waits for its place. key: the message it began with. matters: as ranked.

    complete: only whether somebody has reported it already was left to ask.
    """

    key: str
    text: str
    kind: str = kinds.REPORT
    matters: tuple[dict[str, Any], ...] = ()
    place: dict[str, Any] | None = None
    photos: tuple[str, ...] = ()
    phone: str | None = None
    complete: bool = False
    happened: dict[str, Any] | None = None


def note(
    session: Session, conversation_id: int, words: Words | None, community: Community, now: datetime
) -> None:
    """Remember what waits after this turn, and from when on it is for the desk; None: nothing."""
    # What the desk has heard already is not told twice, however the talk goes on.
    waits = words if words and ticket_of(session, words.key) is None else None
    session.flush()
    if waits is None:
        session.connection().execute(_FORGET, {"conversation": conversation_id})
        return
    minutes = float(community.settings.get(MINUTES, _DEFAULT))
    kept = {"words": _as_json(waits), "moment": now + timedelta(minutes=minutes)}
    session.connection().execute(_KEEP, {"conversation": conversation_id, **kept})


def due(session: Session, *, now: datetime, limit: int = 20) -> list[int]:
    """Conversations in which nothing was said for so long."""
    query = select(ConversationRow.id).where(_is_silent(now))
    return list(session.scalars(query.order_by(ConversationRow.unheard_at).limit(limit)))


def file(session: Session, conversation_id: int, desk: Desk) -> TicketRow | None:
    """Open a ticket for the desk and tell the resident; None when somebody else was faster."""
    row = session.get(ConversationRow, conversation_id)
    found = row.unheard if row else None
    if row is None or found is None or not _take(session, conversation_id, desk.now):
        return None
    words = Words(**{**found, **{n: tuple(found.get(n) or ()) for n in ("matters", "photos")}})
    ticket = tickets.open_ticket(session, _draft(words, row, desk.community), desk)
    if words.complete:
        merging.suggest(session, ticket, desk, key=_key(words.key))
    outbox.to_conversation(
        session,
        conversation_id,
        _told(ticket, words, desk),
        key=f"{_key(words.key)}:resident",
        now=desk.now,
        ticket_id=ticket.id,
    )
    return ticket


def ticket_of(session: Session, key: str) -> TicketRow | None:
    """The ticket that became of the words that began with message `key`, if they were filed."""
    id = session.connection().execute(_FILED, {"key": _key(key)}).scalar()
    return None if id is None else session.get(TicketRow, id)


def _is_silent(now: datetime) -> Any:
    """Neither with a message that waits (the engine may be down) nor with one being answered."""
    waiting = select(InboxRow.id).where(
        InboxRow.conversation_id == ConversationRow.id, InboxRow.status == "pending"
    )
    free = or_(ConversationRow.leased_until.is_(None), ConversationRow.leased_until < now)
    return and_(ConversationRow.unheard_at <= now, ~waiting.exists(), free)


def _take(session: Session, conversation_id: int, now: datetime) -> bool:
    """Of several workers, and a resident who speaks again at last, one is first."""
    taken = session.execute(
        update(ConversationRow)
        .where(ConversationRow.id == conversation_id, _is_silent(now))
        .values(unheard=null(), unheard_at=None)
        .execution_options(synchronize_session="fetch")
    )
    return bool(getattr(taken, "rowcount", 0))


def _draft(words: Words, row: ConversationRow, community: Community) -> Draft:
    nothing: dict[str, Any] = {"code": NO_MATTER, "confidence": 0.0}
    best = words.matters[0] if words.matters else nothing
    conduct = words.kind == kinds.CONDUCT
    urgency = community.category(str(best["code"])).urgency
    return Draft(
        key=_key(words.key),
        kind=words.kind,
        matter=CONDUCT_MATTER if conduct else str(best["code"]),
        confidence=1.0 if conduct else float(best["confidence"]),
        readings=tuple(str(reading["code"]) for reading in words.matters),
        # Clear danger never waits for a place: what is left here only looks like it.
        urgency="urgent" if urgency == "emergency" else None,
        to_desk="" if conduct or words.complete else _WHY,
        text=words.text,
        place=place_from(words.place),
        resident_id=row.resident_id,
        conversation_id=row.id,
        phone=words.phone,
        happened=words.happened,
        photos=words.photos,
    )


def _told(ticket: TicketRow, words: Words, desk: Desk) -> Message:
    if words.complete:
        return duplicate_cards.filed_anyway(ticket, desk.community)
    return cards.filed_unheard(ticket, desk.community)


def _key(key: str) -> str:
    return f"unheard:{key}"


def _as_json(words: Words) -> dict[str, Any]:
    return {**words.__dict__, "matters": list(words.matters), "photos": list(words.photos)}
