"""What handlers do: accept, reach the resident, ask for more, give back, ask for time, resolve."""

from __future__ import annotations

from datetime import datetime, timezone

from sqlalchemy.orm import Session

from bot.desk import closure, past, reasons
from bot.desk.closure import DONE, Closure
from bot.desk.errors import AlreadyDecided, BadInput, NobodyToAsk, TooLate
from bot.desk.moves import Move
from bot.desk.people import Person
from bot.desk.reasons import Group
from bot.services import asking, loop_cards, notices, subtasks, task_cards, ticket_checks, timeline
from bot.services.ticket_moves import Desk, made, make
from bot.store.tables import PhotoRow, TicketRow


def accept(session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str) -> None:
    def take() -> None:
        ticket.accepted_at = desk.now

    if not make(session, ticket, Move.ACCEPT, by, desk, key=key, change=take):
        return
    handler = desk.community.staff.get(ticket.assignee or "")
    card = loop_cards.accepted(ticket, desk.community, handler)
    notices.resident(session, ticket, card, "accept", key, desk)


def contact(session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str) -> None:
    """The handler has reached the resident: the response clock ends."""

    def reached() -> None:
        ticket.contacted_at = ticket.contacted_at or desk.now

    make(session, ticket, Move.CONTACT, by, desk, key=key, change=reached)


def ask_more(
    session: Session, ticket: TicketRow, by: Person, desk: Desk, *, key: str, note: str
) -> None:
    """The resident has to add something, in the asker's own words; until then no clock runs.

    Raises BadInput without words, NobodyToAsk where the resident has no conversation.
    """
    if not note.strip():
        raise BadInput("the question to the resident is empty")
    if ticket.conversation_id is None:
        raise NobodyToAsk(f"the resident of {ticket.number} cannot be asked here")
    if not make(session, ticket, Move.ASK_MORE, by, desk, key=key, note=note):
        return
    assert ticket.review_at is not None  # the rules say how long a resident is waited for
    card = loop_cards.asked_more(ticket, desk.community, by.staff, note)
    notices.resident(session, ticket, card, "ask_more", key, desk)
    asking.ask(session, ticket.conversation_id, f"add:{ticket.number}", until=ticket.review_at)


def give_back(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    reason_code: str,
    note: str = "",
) -> None:
    """Not ours: back to the desk; the second time a superior has to say whose it is.

    Raises AlreadyDecided where one has, BadInput where the reason needs words.
    """
    why = _with_words(desk, Group.RETURN, reason_code, note)
    repeated = made(session, ticket, Move.RETURN, key=key)
    if not repeated and past.is_decided(timeline.entries(session, ticket.id)):
        raise AlreadyDecided(f"{ticket.number} has been arbitrated: nobody returns it again")
    told = f"{why.name}：{note}" if note else why.name

    def hand_back() -> None:
        ticket.assignee, ticket.reason = None, f"{by.name}退单：{told}"

    if not make(
        session,
        ticket,
        Move.RETURN,
        by,
        desk,
        key=key,
        reason_code=reason_code,
        note=note,
        change=hand_back,
    ):
        return
    lines = timeline.entries(session, ticket.id)
    if past.needs_arbitration(lines):
        known = [code for code in past.holders(lines) if code in desk.community.staff]
        card = task_cards.to_arbitrate(ticket, desk.community, known)
        notices.superior(session, ticket, card, "arbitrate", key, desk)
    else:
        notices.assigned(session, ticket, desk, key=key)


def ask_extension(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    reason_code: str,
    until: datetime,
    note: str = "",
) -> None:
    """More time, asked for before the deadline; a superior or the desk decides.

    until: aware, the new deadline. Raises TooLate after the old one, BadInput for one that is
    not later.
    """
    why = _with_words(desk, Group.EXTENSION, reason_code, note)
    if not made(session, ticket, Move.ASK_EXTENSION, key=key):
        if desk.now > ticket.resolve_by:
            raise TooLate(f"{ticket.number} was due {ticket.resolve_by}")
        if until <= ticket.resolve_by:
            raise BadInput(f"until {until}: expected later than {ticket.resolve_by}")
    move, facts = Move.ASK_EXTENSION, _until(until)
    if make(session, ticket, move, by, desk, key=key, reason_code=why.code, note=note, facts=facts):
        card = task_cards.to_extend(ticket, desk.community, by, until, why.name, note)
        notices.superior(session, ticket, card, "extension", key, desk)


def ask_hold(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    reason_code: str,
    until: datetime,
    note: str = "",
) -> None:
    """A hard case is to be parked and looked at again at `until` (aware); a superior decides."""
    why = _with_words(desk, Group.HOLD, reason_code, note)
    if until <= desk.now and not made(session, ticket, Move.ASK_HOLD, key=key):
        raise BadInput(f"until {until}: expected a review date in the future")
    move, facts = Move.ASK_HOLD, _until(until)
    if make(session, ticket, move, by, desk, key=key, reason_code=why.code, note=note, facts=facts):
        card = task_cards.to_hold(ticket, desk.community, by, until, why.name, note)
        notices.superior(session, ticket, card, "hold", key, desk)


def resolve(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    form: Closure = DONE,
    photos: tuple[str, ...] = (),
) -> None:
    """The closure form. Where a rule asks, somebody else checks; else the resident is asked.

    Raises BadInput and UnknownThing for a form that does not fit, see `closure.check`.
    """
    form = closure.check(form, desk.community, opened_at=ticket.opened_at, now=desk.now)
    checker = ticket_checks.checker(session, ticket, by, desk)
    asked_at = None if checker else ticket_checks.moment(desk)
    filled = {**form.as_json(), "by": by.label, "checker": checker, "asked_at": asked_at}

    def done() -> None:
        subtasks.refuse_while_open(session, ticket, desk)
        ticket.resolved_at, ticket.closure = desk.now, filled
        if form.contacted_at:
            ticket.contacted_at = ticket.contacted_at or form.contacted_at

    if not make(
        session,
        ticket,
        Move.RESOLVE,
        by,
        desk,
        key=key,
        reason_code=form.reason_code,
        note=form.answer,
        change=done,
        facts={"closure": filled},
    ):
        return
    add_photos(session, ticket, photos, desk)
    if checker:
        ticket_checks.ask_checker(session, ticket, checker, desk, key=key)
    else:
        ticket_checks.ask_resident(session, ticket, desk, key=key)


def answer(
    session: Session,
    ticket: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    text: str = "",
    photos: tuple[str, ...] = (),
) -> None:
    """After “done”: what was done, in words or photos. The resident reads it."""
    words = text or "[照片]"
    form = ticket.closure or {}
    told = "；".join(filter(None, (form.get("answer"), text)))

    def write() -> None:
        ticket.closure = {**form, "answer": told}

    if not make(session, ticket, Move.ADD, by, desk, key=key, note=words, change=write):
        return
    add_photos(session, ticket, photos, desk)
    if ticket_checks.was_asked(ticket):
        card = loop_cards.answered(ticket, by.staff, text, photos)
        notices.resident(session, ticket, card, "answer", key, desk)


def add_photos(
    session: Session, ticket: TicketRow, photos: tuple[str, ...], desk: Desk, stage: str = "after"
) -> None:
    for path in photos:
        session.add(PhotoRow(ticket_id=ticket.id, path=path, stage=stage, added_at=desk.now))


def _until(moment: datetime) -> dict[str, str]:
    """What a request keeps on the timeline of the moment that was asked for."""
    return {"until": moment.astimezone(timezone.utc).isoformat()}


def _with_words(desk: Desk, group: Group, code: str, note: str) -> reasons.Reason:
    """The reason; raises BadInput where it says too little by itself."""
    reason = reasons.one(desk.community, group, code)
    if reason.note and not note.strip():
        raise BadInput(f"reason {code!r} needs a note: {reason.note}")
    return reason
