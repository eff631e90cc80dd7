"""Conversations: who speaks, and which process may answer them now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.desk.community import Place
from bot.desk.errors import UnknownThing
from bot.desk.moves import Status
from bot.services import outbox
from bot.services.community import place_from
from bot.store.base import Moment, table
from bot.store.tables import ConversationRow, FollowerRow, ResidentRow, StaffRow, TicketRow

LEASE = timedelta(seconds=30)
_SAME_SCENE = timedelta(minutes=30)  # an address after an emergency is the address of it
_NEVER = datetime.max.replace(tzinfo=timezone.utc)


def _speakers() -> Any:
    """Speakers with their last ticket, and their last emergency after :since."""
    latest, scene = aliased(TicketRow), aliased(TicketRow)
    theirs = select(func.max(TicketRow.id)).where(TicketRow.conversation_id == ConversationRow.id)
    emergencies = theirs.where(
        TicketRow.urgency == "emergency",
        TicketRow.resident_id.is_not(None),
        TicketRow.opened_at > bindparam("since", type_=Moment),
    )
    return (
        select(
            ConversationRow.id,
            ConversationRow.channel,
            ConversationRow.peer,
            ConversationRow.resident_id,
            ConversationRow.staff,
            ConversationRow.asked,
            ResidentRow.home,
            latest.place,
            scene.number,
            scene.place.label("scene"),
            scene.status,
        )
        .outerjoin(ResidentRow, ResidentRow.id == ConversationRow.resident_id)
        .outerjoin(latest, latest.id == theirs.correlate(ConversationRow).scalar_subquery())
        .outerjoin(scene, scene.id == emergencies.correlate(ConversationRow).scalar_subquery())
    )


# Every message comes by here: one question, built once, past the session's own objects.
_BY_ID = _speakers().where(ConversationRow.id == bindparam("id"))
_BY_PEER = _speakers().where(
    ConversationRow.channel == bindparam("channel"), ConversationRow.peer == bindparam("peer")
)
_NAMELESS = insert(table(ResidentRow))
_LEASED = table(ConversationRow)
_BEGIN = insert(_LEASED)
_LEASE = (
    update(_LEASED)
    .where(
        or_(
            _LEASED.c.leased_by.is_(None),
            _LEASED.c.leased_by == bindparam("holder"),
            _LEASED.c.leased_until < bindparam("now"),
        )
    )
    .values(leased_by=bindparam("holder"), leased_until=bindparam("until"))
)
_LEASE_BY_ID = _LEASE.where(_LEASED.c.id == bindparam("conversation"))
_LEASE_BY_PEER = _LEASE.where(
    _LEASED.c.channel == bindparam("their_channel"), _LEASED.c.peer == bindparam("their_peer")
)
_RELEASE = (
    update(_LEASED)
    .where(_LEASED.c.id == bindparam("conversation"), _LEASED.c.leased_by == bindparam("holder"))
    .values(leased_by=None, leased_until=None)
)


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
    asked: dict[str, Any] | None = None  # what their next words may answer, see asking.py


def enter(
    session: Session, channel: str, peer: str, *, known_as: str | None = None, now: datetime
) -> Speaker:
    """Who this peer is; their conversation begins if it is new.

    known_as: the code of a resident or member of staff, where the channel vouches for it.
    """
    by_peer = {"channel": channel, "peer": peer, "since": now - _SAME_SCENE}
    row = session.connection().execute(_BY_PEER, by_peer).first()
    if row:
        return _speaker(row)
    resident_id, staff = _owner(session, known_as, now)
    values = {"channel": channel, "peer": peer, "started_at": now}
    begun: Any = session.connection().execute(
        _BEGIN, {**values, "resident_id": resident_id, "staff": staff}
    )
    id = int(begun.inserted_primary_key[0])
    if staff:
        outbox.claim_waiting(session, staff, id)
    if known_as:
        return speaker(session, id, now=now)
    return Speaker(
        conversation_id=id,
        channel=channel,
        peer=peer,
        resident_id=resident_id,
        staff=None,
        home=None,
    )


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
        _leave_other_chats(session, row, now)
        outbox.claim_waiting(session, row.staff, row.id)
    elif before is not None and before != row.resident_id:
        _follow(session, before, row.resident_id)


def speaker(session: Session, conversation_id: int, *, now: datetime | None = None) -> Speaker:
    """Whose conversation it is. With `now`, also which emergency of theirs has no place yet."""
    session.flush()
    by_id = {"id": conversation_id, "since": now - _SAME_SCENE if now else _NEVER}
    row = session.connection().execute(_BY_ID, by_id).first()
    if row is None:
        raise UnknownThing(f"no conversation {conversation_id}")
    return _speaker(row)


def _speaker(row: Any) -> Speaker:
    needs_place = row.scene and not row.scene.get("building") and Status(row.status).is_open
    return Speaker(
        conversation_id=row.id,
        channel=row.channel,
        peer=row.peer,
        resident_id=row.resident_id,
        staff=row.staff,
        home=place_from(row.home) if row.home else None,
        context=place_from(row.place) if row.place and row.place.get("estate") else None,
        unplaced=row.number if needs_place else None,
        asked=row.asked,
    )


def lease(session: Session, conversation_id: int, holder: str, *, now: datetime) -> bool:
    """Take (or keep) the right to speak in this conversation; False while another holds it.

    A holder that died loses it when LEASE is over.
    """
    values = {"conversation": conversation_id, "holder": holder, "now": now, "until": now + LEASE}
    taken: Any = session.connection().execute(_LEASE_BY_ID, values)
    return bool(taken.rowcount)


def lease_peer(session: Session, channel: str, peer: str, holder: str, *, now: datetime) -> bool:
    """The same for the conversation of a peer; False as well where there is none yet."""
    who = {"their_channel": channel, "their_peer": peer}
    values = {**who, "holder": holder, "now": now, "until": now + LEASE}
    taken: Any = session.connection().execute(_LEASE_BY_PEER, values)
    return bool(taken.rowcount)


def release(session: Session, conversation_id: int, holder: str) -> None:
    session.connection().execute(_RELEASE, {"conversation": conversation_id, "holder": holder})


def _leave_other_chats(session: Session, row: ConversationRow, now: datetime) -> None:
    """A new chat replaces the old one of the same channel, which may be a phone that was lost."""
    others = select(ConversationRow).where(
        ConversationRow.staff == row.staff,
        ConversationRow.channel == row.channel,
        ConversationRow.id != row.id,
    )
    for other in session.scalars(others).all():
        outbox.leave_waiting(session, other.id)
        stranger, _ = _owner(session, None, now)
        other.staff, other.resident_id = None, stranger
        session.flush()


def _follow(session: Session, before: int, after: int | None) -> None:
    """What a nameless resident left goes to the one they turned out to be."""
    nameless, known = session.get(ResidentRow, before), session.get(ResidentRow, after)
    if nameless is None or nameless.code is not None or known is None:
        return
    for ticket in session.scalars(select(TicketRow).where(TicketRow.resident_id == before)):
        ticket.resident_id = known.id
    theirs = update(FollowerRow).where(FollowerRow.resident_id == before)
    session.execute(theirs.values(resident_id=known.id))
    if nameless.home:
        known.home, nameless.home = known.home or nameless.home, None


def _owner(session: Session, known_as: str | None, now: datetime) -> tuple[int | None, str | None]:
    if known_as is None:
        begun: Any = session.connection().execute(_NAMELESS, {"name": "", "created_at": now})
        return int(begun.inserted_primary_key[0]), None
    if session.get(StaffRow, known_as):
        return None, known_as
    known = session.scalars(select(ResidentRow.id).where(ResidentRow.code == known_as)).first()
    if known is None:
        raise UnknownThing(f"no resident or member of staff {known_as!r}")
    return known, None
