"""What residents say about an open ticket: more, hurry, no more; and when they say nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk import courtesy, reasons
from bot.desk.moves import Move, Status
from bot.desk.people import SYSTEM, Person
from bot.desk.reasons import NOT_SUPPLEMENTED, REVIEW, Group
from bot.services import (
    asking,
    complained_of,
    follow_news,
    loop_cards,
    notices,
    subtasks,
    task_cards,
)
from bot.services.ticket_moves import Desk, made, make, route
from bot.store.tables import PhotoRow, TicketRow

_AN_ALBUM = timedelta(minutes=1)
WAITING_ENDS = "waiting_ends"  # a community's setting: close, or (the default) resume
_PARKED = (Status.WAITING.value, Status.HELD.value)


def add(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    text: str = "",
    phone: str | None = None,
    photos: tuple[str, ...] = (),
    happened: dict[str, Any] | None = None,
    reason_code: str = "",
) -> None:
    """More words, a phone number, photos or a time; the handler is told.

    From a resident of whom something was asked it is the answer, and work goes on; courtesy is
    none. reason_code: why it was reopened, chosen from buttons.
    """
    chosen = reasons.one(desk.community, Group.REOPEN, reason_code).name if reason_code else ""
    said = text or chosen or ("[照片]" if photos else "[电话]")
    if not make(session, ticket, Move.ADD, by, desk, key=key, note=said, reason_code=reason_code):
        return
    complained_of.remember(ticket, text, desk.community)
    if complained_of.is_handled_by_them(ticket):
        route(session, ticket, desk, key=key)
    ticket.contact_phone = phone or ticket.contact_phone
    ticket.happened = happened or ticket.happened
    told = not text and not phone and not chosen and _photo_came_just_before(session, ticket, desk)
    for path in photos:
        session.add(PhotoRow(ticket_id=ticket.id, path=path, stage="before", added_at=desk.now))
    is_news = bool(phone or photos) or not courtesy.says_nothing_new(said)
    if by.resident_id is not None and ticket.status == Status.WAITING.value and is_news:
        resume(session, ticket, by, desk, key=key, note=said)
    elif not told:
        notices.handler(session, ticket, task_cards.more(ticket, said), "add", key, desk)


def resume(
    session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str, note: str = ""
) -> None:
    """Back to work, where it was; the time it waited or was held does not count."""
    if made(session, ticket, Move.RESUME, key=key):
        return
    was = Status(ticket.status)
    if ticket.conversation_id is not None:
        asking.forget(session, ticket.conversation_id)
    code = REVIEW if by is SYSTEM else ""
    said = "" if by.resident_id is not None else note  # their own words are a line of their own
    make(session, ticket, Move.RESUME, by, desk, key=key, note=said, reason_code=code)
    card = task_cards.resumed(ticket, desk.community, was, by, note)
    notices.handler(session, ticket, card, "resume", key, desk)
    if by.resident_id is None:
        handler = desk.community.staff.get(ticket.assignee or "")
        told = loop_cards.resumed(ticket, desk.community, handler)
        notices.resident(session, ticket, told, "resume", key, desk)


def to_review(session: Session, now: datetime) -> list[int]:
    """Ids of tickets that wait or are held, and whose time for it is over."""
    # While it is parked, its review is its next deadline, which is the indexed one.
    due = select(TicketRow.id).where(
        TicketRow.next_deadline_at <= now, TicketRow.status.in_(_PARKED)
    )
    return list(session.scalars(due.order_by(TicketRow.next_deadline_at, TicketRow.id)))


def review(session: Session, ticket: TicketRow, desk: Desk) -> None:
    """The time it waited or was held for is over: work goes on; or, where the community wants it,
    what the resident never added to goes to the archive. Does nothing before that, or twice."""
    if ticket.status not in _PARKED or ticket.review_at is None or ticket.review_at > desk.now:
        return
    key = f"review:{ticket.id}:{ticket.review_at.isoformat()}"
    waited = ticket.status == Status.WAITING.value
    if not waited or desk.community.settings.get(WAITING_ENDS, "resume") != "close":
        resume(session, ticket, SYSTEM, desk, key=key)
        return

    def close() -> None:
        ticket.closed_at = desk.now

    if make(
        session,
        ticket,
        Move.CLOSE,
        SYSTEM,
        desk,
        key=key,
        reason_code=NOT_SUPPLEMENTED,
        change=close,
    ):
        card = task_cards.stop_work(ticket, "居民一直没有补充，已归档")
        notices.handler(session, ticket, card, "close", key, desk)
        notices.resident(session, ticket, loop_cards.never_added(ticket), "close", key, desk)
        subtasks.call_off(session, ticket, desk, key=key, why="这件事归档了")


def urge(
    session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str, note: str = ""
) -> None:
    if make(session, ticket, Move.URGE, by, desk, key=key, note=note):
        card = task_cards.hurry(ticket, desk.community, by)
        notices.handler(session, ticket, card, "urge", key, desk)


def withdraw(
    session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str, note: str = ""
) -> None:
    def end() -> None:
        ticket.closed_at = desk.now

    if not make(session, ticket, Move.WITHDRAW, by, desk, key=key, note=note, change=end):
        return
    card = task_cards.stop_work(ticket, f"{by.name}已撤回")
    notices.handler(session, ticket, card, "withdraw", key, desk)
    if by.staff:  # the desk, for the resident: they hear of it, as those who follow do
        told = loop_cards.withdrawn_for_you(ticket)
        notices.resident(session, ticket, told, "withdraw", key, desk)
    else:
        follow_news.tell(session, ticket, "withdraw", key, desk)
    subtasks.call_off(session, ticket, desk, key=key, why="居民撤回了")


def _photo_came_just_before(session: Session, ticket: TicketRow, desk: Desk) -> bool:
    """Of the photos of an album, each a message of its own, one is news."""
    since = desk.now - _AN_ALBUM
    recent = select(PhotoRow.id).where(PhotoRow.ticket_id == ticket.id, PhotoRow.added_at > since)
    return session.scalars(recent.limit(1)).first() is not None
