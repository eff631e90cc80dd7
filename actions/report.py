"""The form in which a matter is reported, and the ticket it ends in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import timedelta
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import answers, beside, duplicates, form
from actions.context import Said, likeliest, read, said, say, write
from actions.form import Form, form_from
from actions.tickets import add_said, added, asked_about, corrected, say_more
from bot.desk.errors import Refused
from bot.desk.moves import Status
from bot.desk.people import Person
from bot.desk.routing import CONDUCT_KIND, CONDUCT_MATTER
from bot.gateway import words
from bot.services import cards, loop_cards, merging, ticket_views, tickets, unheard
from bot.services.community import place_from
from bot.services.outbox import Button, Message
from bot.services.tickets import Desk, Draft
from bot.store.database import Session
from bot.store.tables import TicketRow

Events = list[EventType]
_SAME_SCENE = timedelta(hours=2)  # a photo after a report shows what was reported


class ValidateReportForm(Action):
    """Fills the form from the latest message; no event means: this message is not for the form."""

    def name(self) -> str:
        return "validate_report_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        heard, answered = _apart(dispatcher, said(tracker))
        collected = tracker.get_slot("report")
        before = form_from(collected) if collected else None
        later = None
        known = await _known(before, heard)
        if before is None:
            filled: Form | None = form.begin(heard)
        elif form.turns_to_conduct(before, heard):
            filled, later, known = form.begin(heard), form.set_aside(before), None
        elif known and form.is_news(before, heard):
            filled, known = form.begin(heard), None
        else:
            filled = form.go_on(before, heard)
        if filled and known:
            filled = replace(filled, ticket=known)
        if filled is None:
            return []
        filled = await duplicates.look(filled, heard, _draft)
        return [
            SlotSet("report", filled.as_json()),
            SlotSet("what", filled.what),
            # Rasa asks for a slot that is None; a form that is complete has both.
            SlotSet("where", None if filled.missing == "where" else filled.place or {}),
            SlotSet("same", None if filled.missing == "same" else "settled"),
            SlotSet("requested_slot", filled.missing),
            *_pending_after(before, later, heard),
            *answered,
        ]


def _apart(dispatcher: CollectingDispatcher, heard: Said) -> tuple[Said, Events]:
    """The message without a question beside it, which is answered on the way."""
    found = beside.split(heard)
    if found is None:
        return heard, []
    question, rest = found
    return rest, answers.answer(dispatcher, replace(heard, text=question, places=(), photos=()))


async def _known(before: Form | None, heard: Said) -> str | None:
    """The number of a ticket that this message is about, though it looks like a report: the desk
    has the form's words already, or a photo has come after them with a caption of its own."""
    if before is None and (heard.payload or not (heard.photos or heard.asked)):
        return None
    if before is not None and not before.key:
        return None

    def work(session: Session, desk: Desk) -> str | None:
        if before is not None:
            filed = unheard.ticket_of(session, before.key)
            return str(filed.number) if filed and Status(filed.status).is_open else None
        if heard.resident_id is None or form.about_conduct(heard):
            return None
        asked = asked_about(session, heard, desk)
        if asked and not form.is_another_report(heard, asked.matter):
            return str(asked.number)
        if not heard.photos:
            return None
        since = desk.now - _SAME_SCENE
        latest = ticket_views.latest_open(session, heard.resident_id, since=since)
        goes_along = latest and form.goes_along(heard, latest.matter, latest.place)
        return str(latest.number) if latest and goes_along else None

    return await read(work)


def _pending_after(before: Form | None, later: dict[str, Any] | None, heard: Said) -> Events:
    """Words kept for a button: gone when this form has used them, replaced when it sets some."""
    a_button = heard.payload or heard.meant
    used = before is None and (a_button or bool(heard.pending.get("location")))
    return [SlotSet("pending", later)] if used or later else []


class HandOver(Action):
    """A question that came up in mid-form goes to a person at once; the form goes on."""

    def name(self) -> str:
        return "action_hand_over"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        heard = said(tracker)
        if not heard.pending.get("text"):
            say(dispatcher, Message(text="好的。您接着说。"))
            return []
        drafts = [_draft(form.begin(heard), heard)]
        number, message = await write(lambda session, desk: _open(session, desk, drafts))
        say(dispatcher, message)
        return [SlotSet("ticket", number), SlotSet("pending", None)]


class _Ask(Action, ABC):
    @abstractmethod
    def name(self) -> str: ...

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        say(dispatcher, form.question(form_from(tracker.get_slot("report"))))
        return []


class AskWhat(_Ask):
    def name(self) -> str:
        return "action_ask_report_form_what"


class AskWhere(_Ask):
    def name(self) -> str:
        return "action_ask_report_form_where"


class OpenTicket(Action):
    """One ticket for each matter of the form, and one answer."""

    def name(self) -> str:
        return "action_open_ticket"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        filled, heard = form_from(tracker.get_slot("report")), said(tracker)
        number, message = await write(lambda session, desk: _finish(session, desk, filled, heard))
        if heard.pending.get("aside"):  # another matter, when conduct came up
            message = replace(
                message, buttons=(*message.buttons, Button("接着报刚才的事", "/report"))
            )
        say(dispatcher, message)
        return [SlotSet("ticket", number), *forget_form()]


class CancelReport(Action):
    def name(self) -> str:
        return "action_cancel_report"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        heard, begun = said(tracker), form_from(tracker.get_slot("report"))
        number, message = await write(lambda session, desk: _call_off(session, desk, begun, heard))
        say(dispatcher, message)
        return [SlotSet("ticket", number), *forget_form()]


def forget_form() -> Events:
    """Empty the form's slots, so that the next report starts afresh."""
    return [SlotSet(name, None) for name in ("report", "what", "where", "same", "requested_slot")]


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
    forms = [filled, *others]
    return [
        replace(_draft(form, heard), key=heard.key if n == 1 else f"{heard.key}#{n}")
        for n, form in enumerate(forms, 1)
    ]


def _draft(filled: Form, heard: Said) -> Draft:
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


def _happened(filled: Form) -> dict[str, Any] | None:
    """When; of several matters only of the one that says it."""
    alone = not filled.rest
    return filled.happened if alone or _says(filled) else None


def _says(filled: Form) -> bool:
    return bool(filled.happened and filled.happened["text"] in (filled.what or ""))


def _finish(session: Session, desk: Desk, filled: Form, heard: Said) -> tuple[str, Message]:
    if filled.ticket is None:
        drafts = _drafts(filled, heard)
        joined = duplicates.join(session, desk, filled, drafts[0])
        return joined or _open(session, desk, drafts)
    ticket = tickets.by_number(session, filled.ticket)
    try:
        with session.begin_nested():
            if filled.same:  # said only after the ticket was opened for somebody silent
                return filled.ticket, duplicates.say_same(session, desk, filled.same, ticket, heard)
            return filled.ticket, _add_to(session, desk, ticket, filled, heard)
    except Refused as error:
        return filled.ticket, words.refusal(error)


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


def _call_off(session: Session, desk: Desk, begun: Form, heard: Said) -> tuple[str | None, Message]:
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


def _open(session: Session, desk: Desk, drafts: list[Draft]) -> tuple[str, Message]:
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
