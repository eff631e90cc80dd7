"""What becomes of a form: a ticket for each of its matters, or more words on one that is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from actions import duplicates, form
from actions.additions import add_said, added, corrected, say_more
from actions.context import Said, likeliest
from actions.form import Form
from bot.desk.errors import Refused
from bot.desk.moves import Status
from bot.desk.people import Person
from bot.desk.routing import CONDUCT_KIND, CONDUCT_MATTER
from bot.gateway import words
from bot.services import cards, loop_cards, merging, ticket_views, tickets, unheard
from bot.services.community import place_from
from bot.services.outbox import Message
from bot.services.tickets import Desk, Draft
from bot.store.database import Session
from bot.store.tables import TicketRow


def draft(filled: Form, heard: Said) -> Draft:
    """The ticket that the form's own matter would become."""
    matter, confidence = likeliest(filled.matters)
    conduct = filled.kind == CONDUCT_KIND
    return Draft(
        key=heard.key,
        # What only looks like danger, or is over, is urgent all the same, and pages nobody.
        urgency="urgent" if matter in form.DANGERS and not filled.dangerous else None,
        kind=filled.kind,
        matter=CONDUCT_MATTER if conduct else matter,
        confidence=1.0 if conduct else confidence,
        readings=tuple(str(reading["code"]) for reading in filled.matters),
        text=filled.what or heard.text,
        place=place_from(filled.place),
        resident_id=heard.resident_id,
        conversation_id=heard.conversation_id,
        phone=filled.phone,
        happened=_happened(filled),
        photos=filled.photos,
    )


def finish(session: Session, desk: Desk, filled: Form, heard: Said) -> tuple[str, Message]:
    """File what was collected; returns the ticket's number and what the resident hears."""
    if filled.ticket is None:
        drafts = _drafts(filled, heard)
        joined = duplicates.join(session, desk, filled, drafts[0])
        return joined or open_all(session, desk, drafts)
    ticket = tickets.by_number(session, filled.ticket)
    try:
        with session.begin_nested():
            if filled.same:  # said only after the ticket was opened for somebody silent
                return filled.ticket, duplicates.say_same(session, desk, filled.same, ticket, heard)
            return filled.ticket, _add_to(session, desk, ticket, filled, heard)
    except Refused as error:
        return filled.ticket, words.refusal(error)


def open_all(session: Session, desk: Desk, drafts: list[Draft]) -> tuple[str, Message]:
    """Open them all; returns the number of one (a confidential one, if there is any)."""
    tickets_ = [_open_one(session, desk, draft) for draft in drafts]
    if len(tickets_) == 1:
        (ticket, message) = tickets_[0]
        return str(ticket.number), message
    opened = [ticket for ticket, _message in tickets_]
    for ticket in opened:  # what may be the same was asked about none of them
        merging.suggest(session, ticket, desk, key=ticket.source_key)
    hidden = next((ticket for ticket in opened if ticket.confidential), opened[0])
    return str(hidden.number), cards.opened_together(opened, desk.community, desk.describe)


def call_off(session: Session, desk: Desk, begun: Form, heard: Said) -> tuple[str | None, Message]:
    """Nothing was sent, unless the resident was silent for so long that the desk has it."""
    filed = unheard.ticket_of(session, begun.key) if begun.key else None
    if filed is None:
        return None, Message(text="好的，不报了，什么都没有提交。以后有事随时找我。")
    try:
        with session.begin_nested():
            tickets.withdraw(session, filed, heard.person, desk, key=heard.key)
            return str(filed.number), loop_cards.withdrawn(filed)
    except Refused as error:
        return str(filed.number), words.refusal(error)


def _drafts(filled: Form, heard: Said) -> list[Draft]:
    """The form's own matter, and those that go along: each with its words, its place, its key."""
    others = [
        replace(
            filled,
            what=part["text"],
            matters=tuple(part["matters"]),
            kind=part["kind"],
            place=part["place"] or filled.place,
            photos=(),
        )
        for part in filled.rest
    ]
    return [
        replace(draft(one, heard), key=heard.key if n == 1 else f"{heard.key}#{n}")
        for n, one in enumerate((filled, *others), 1)
    ]


def _happened(filled: Form) -> dict[str, Any] | None:
    """When; of several matters only of the one that says it."""
    alone = not filled.rest
    return filled.happened if alone or _says(filled) else None


def _says(filled: Form) -> bool:
    return bool(filled.happened and filled.happened["text"] in (filled.what or ""))


def _add_to(session: Session, desk: Desk, ticket: TicketRow, filled: Form, heard: Said) -> Message:
    """What the form has learnt goes to the ticket that is there already."""
    if not Status(ticket.status).is_open:  # what was bad about one that is closed
        return say_more(session, ticket, heard, desk)
    # A caption may name the place as well; the report said it first, and more exactly.
    new = filled.place and not ticket.place.get("building")
    place = place_from(filled.place) if new else None
    told = heard.text if not heard.payload else ""
    if heard.photos or heard.phone or (told and not place):
        add_said(session, ticket, heard, desk)
    if place is None:
        return added(ticket, desk)
    where = told or desk.describe(place)
    tickets.correct(session, ticket, heard.person, desk, key=heard.key, text=where, place=place)
    return corrected(ticket, desk)


def _open_one(session: Session, desk: Desk, draft: Draft) -> tuple[TicketRow, Message]:
    earlier = ticket_views.conduct_in_progress(session, draft, now=desk.now)
    if earlier:  # "that was 小张, last week": more words on the same report, not another one
        person = Person(resident_id=draft.resident_id)
        tickets.add(session, earlier, person, desk, key=draft.key, text=draft.text)
        return earlier, cards.added_in_confidence(earlier)
    ticket = tickets.open_ticket(session, draft, desk)
    handler = desk.community.staff.get(ticket.assignee or "")
    place = cards.short_place(ticket, desk.describe)
    return ticket, cards.opened(ticket, desk.community, place, handler)
