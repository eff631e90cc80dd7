"""The form in which a matter is reported: Rasa's actions around it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import timedelta
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import answers, beside, duplicates, filing, form, substance
from actions.additions import asked_about
from actions.context import Said, read, said, say, write
from actions.form import Form, form_from
from bot.desk.moves import Status
from bot.services import ticket_views, unheard
from bot.services.outbox import Button, Message
from bot.services.tickets import Desk
from bot.store.database import Session

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
        filled = await duplicates.look(filled, heard, filing.draft)
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
        if heard.resident_id is None or substance.about_conduct(heard):
            return None
        asked = asked_about(session, heard, desk)
        if asked and not substance.is_another_report(heard, asked.matter):
            return str(asked.number)
        if not heard.photos:
            return None
        since = desk.now - _SAME_SCENE
        latest = ticket_views.latest_open(session, heard.resident_id, since=since)
        goes_along = latest and substance.goes_along(heard, latest.matter, latest.place)
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
        drafts = [filing.draft(form.begin(heard), heard)]
        number, message = await write(lambda session, desk: filing.open_all(session, desk, drafts))
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
        number, message = await write(
            lambda session, desk: filing.finish(session, desk, filled, heard)
        )
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
        number, message = await write(
            lambda session, desk: filing.call_off(session, desk, begun, heard)
        )
        say(dispatcher, message)
        return [SlotSet("ticket", number), *forget_form()]


def forget_form() -> Events:
    """Empty the form's slots, so that the next report starts afresh."""
    return [SlotSet(name, None) for name in ("report", "what", "where", "same", "requested_slot")]
