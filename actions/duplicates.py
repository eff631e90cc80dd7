"""Before a ticket is opened: is there one about the same thing, and does the resident join it?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import same
from actions.context import Said, read, say
from actions.form import Form, form_from
from bot.desk.errors import Refused
from bot.desk.people import Person
from bot.services import duplicate_cards, duplicates, follow_cards, followers, merging, tickets
from bot.services.outbox import Message
from bot.services.tickets import Desk, Draft
from bot.store.database import Session
from bot.store.tables import TicketRow


class AskSame(Action):
    def name(self) -> str:
        return "action_ask_report_form_same"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        form = form_from(tracker.get_slot("report"))
        if form.alike:
            say(dispatcher, same.question(form.alike))
        return []


async def look(form: Form, heard: Said, draft: Callable[[Form, Said], Draft]) -> Form:
    """The form with what may be the same, once it is complete; where there is danger, at once on.

    Several matters in one message are not asked about one by one: the desk sees what is alike.
    """
    settled = form.missing or form.ticket or form.rest or form.dangerous
    if settled or form.alike is not None or heard.resident_id is None:
        return form
    new = draft(form, heard)
    return replace(form, alike=await read(lambda session, desk: _found(session, desk, new)))


def join(session: Session, desk: Desk, form: Form, draft: Draft) -> tuple[str, Message] | None:
    """The words go to the ticket that was chosen; None where it has ended in the meantime."""
    if form.same is None:
        return None
    ticket = tickets.by_number(session, form.same)
    try:
        with session.begin_nested():
            return str(ticket.number), _join(session, desk, ticket, draft)
    except Refused:
        return None


def say_same(session: Session, desk: Desk, number: str, ticket: TicketRow, heard: Said) -> Message:
    """It was filed as a ticket of its own meanwhile: the desk reads what they say, and merges."""
    text = f"居民说和编号 {number} 是同一件事"
    tickets.add(session, ticket, heard.person, desk, key=heard.key, text=text)
    merging.suggest(session, ticket, desk, key=heard.key)
    return duplicate_cards.told_the_desk(ticket, number)


def _join(session: Session, desk: Desk, ticket: TicketRow, draft: Draft) -> Message:
    by = Person(resident_id=draft.resident_id)
    words: dict[str, Any] = {"key": draft.key, "text": draft.text, "photos": draft.photos}
    words["phone"] = draft.phone
    if ticket.resident_id == draft.resident_id:
        tickets.add(session, ticket, by, desk, **words)
        return follow_cards.added(ticket, desk.community)
    knew = followers.follows(session, ticket, by)
    followers.follow(session, ticket, by, desk, conversation_id=draft.conversation_id, **words)
    if knew:
        return follow_cards.added(ticket, desk.community)
    where = desk.describe(duplicates.public_place(ticket.place))
    subject = where + desk.community.category(ticket.matter).name
    return follow_cards.following(ticket, desk.community, subject, followers.count(session, ticket))


def _found(session: Session, desk: Desk, draft: Draft) -> dict[str, Any]:
    """What the form keeps of the candidates; {} where there are none."""
    found = duplicates.candidates(session, draft, desk)
    if not found:
        return {}
    asked = duplicate_cards.is_it(found, desk.community, desk.describe)
    shown = found[:1] if found[0].own else found
    return {
        "numbers": [one.number for one in shown],
        "own": found[0].own,
        "text": asked.text,
        "buttons": [[button.label, button.tap] for button in asked.buttons],
    }
