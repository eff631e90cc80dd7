"""Conversations: who speaks, and which process may answer them now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.desk.community import Place
from bot.desk.errors import UnknownThing
from bot.desk.moves import Status
from bot.services import outbox
from bot.services.community import place_from
from bot.store.tables import ConversationRow, ResidentRow, StaffRow, TicketRow

LEASE = timedelta(seconds=30)
_SAME_SCENE = timedelta(minutes=30)  # an address after an emergency is the address of it


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """Whose conversation it is: a resident or a member of staff."""

    conversation_id: int
    channel: str
    peer: str
    resident_id: int | None
    staff: str | None
    home: Place | None
    context: Place | None = None  # where the matter is that they spoke of last
    unplaced: str | None = None  # number of an emergency that still has no place


def enter(
    session: Session, channel: str, peer: str, *, known_as: str | None = None, now: datetime
) -> int:
    """The conversation of this peer, begun if it is new.

    known_as: the code of a resident or member of staff, where the channel vouches for it.
    """
    row: ConversationRow | None = session.scalars(
        select(ConversationRow).where(
            ConversationRow.channel == channel, ConversationRow.peer == peer
        )
    ).first()
    if row:
        return row.id
    resident_id, staff = _owner(session, known_as, now)
    row = ConversationRow(
        channel=channel, peer=peer, resident_id=resident_id, staff=staff, started_at=now
    )
    session.add(row)
    session.flush()
    if staff:
        outbox.claim_waiting(session, staff, row.id)
    return row.id


def bind(session: Session, conversation_id: int, known_as: str, *, now: datetime) -> None:
    """From now on the conversation belongs to this resident or member of staff.

    Whoever spoke here without a name was the same person: a resident's tickets, and the home they
    gave, follow; the turns do by themselves, they belong to the conversation. Somebody who was
    known already keeps theirs. Raises UnknownThing.
    """
    row = session.get(ConversationRow, conversation_id, with_for_update=True)
    if row is None:
        raise UnknownThing(f"no conversation {conversation_id}")
    before = row.resident_id
    row.resident_id, row.staff = _owner(session, known_as, now)
    session.flush()
    if row.staff:
        outbox.claim_waiting(session, row.staff, row.id)
    elif before is not None and before != row.resident_id:
        _follow(session, before, row.resident_id)


def speaker(session: Session, conversation_id: int, *, now: datetime | None = None) -> Speaker:
    """Whose conversation it is. With `now`, also which emergency of theirs has no place yet."""
    row = session.get(ConversationRow, conversation_id)
    if row is None:
        raise UnknownThing(f"no conversation {conversation_id}")
    resident = session.get(ResidentRow, row.resident_id) if row.resident_id else None
    latest = _latest_ticket(session, conversation_id)
    return Speaker(
        conversation_id=row.id,
        channel=row.channel,
        peer=row.peer,
        resident_id=row.resident_id,
        staff=row.staff,
        home=place_from(resident.home) if resident and resident.home else None,
        context=place_from(latest.place) if latest and latest.place.get("estate") else None,
        unplaced=_unplaced_emergency(session, conversation_id, now) if now else None,
    )


def _latest_ticket(session: Session, conversation_id: int) -> TicketRow | None:
    return session.scalars(
        select(TicketRow)
        .where(TicketRow.conversation_id == conversation_id)
        .order_by(TicketRow.id.desc())
        .limit(1)
    ).first()


def _unplaced_emergency(session: Session, conversation_id: int, now: datetime) -> str | None:
    latest = session.scalars(
        select(TicketRow)
        .where(
            TicketRow.conversation_id == conversation_id,
            TicketRow.urgency == "emergency",
            TicketRow.resident_id.is_not(None),
            TicketRow.opened_at > now - _SAME_SCENE,
        )
        .order_by(TicketRow.id.desc())
        .limit(1)
    ).first()
    if latest is None or latest.place.get("building") or not Status(latest.status).is_open:
        return None
    return str(latest.number)


def lease(session: Session, conversation_id: int, holder: str, *, now: datetime) -> bool:
    """Take (or keep) the right to speak in this conversation; False while another holds it.

    A holder that died loses it when LEASE is over.
    """
    taken = session.execute(
        update(ConversationRow)
        .where(
            ConversationRow.id == conversation_id,
            or_(
                ConversationRow.leased_by.is_(None),
                ConversationRow.leased_by == holder,
                ConversationRow.leased_until < now,
            ),
        )
        .values(leased_by=holder, leased_until=now + LEASE)
        .execution_options(synchronize_session=False)
    )
    return bool(getattr(taken, "rowcount", 0))


def release(session: Session, conversation_id: int, holder: str) -> None:
    session.execute(
        update(ConversationRow)
        .where(ConversationRow.id == conversation_id, ConversationRow.leased_by == holder)
        .values(leased_by=None, leased_until=None)
        .execution_options(synchronize_session=False)
    )


def _follow(session: Session, before: int, after: int | None) -> None:
    """What a nameless resident left goes to the one they turned out to be."""
    nameless, known = session.get(ResidentRow, before), session.get(ResidentRow, after)
    if nameless is None or nameless.code is not None or known is None:
        return
    for ticket in session.scalars(select(TicketRow).where(TicketRow.resident_id == before)):
        ticket.resident_id = known.id
    if nameless.home:
        known.home, nameless.home = known.home or nameless.home, None


def _owner(session: Session, known_as: str | None, now: datetime) -> tuple[int | None, str | None]:
    if known_as is None:
        resident = ResidentRow(name="", created_at=now)
        session.add(resident)
        session.flush()
        return resident.id, None
    if session.get(StaffRow, known_as):
        return None, known_as
    known = session.scalars(select(ResidentRow.id).where(ResidentRow.code == known_as)).first()
    if known is None:
        raise UnknownThing(f"no resident or member of staff {known_as!r}")
    return known, None
