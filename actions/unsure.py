"""Words that were not understood: the best readings to tap, then a person. Never a dead end."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import substance
from actions.additions import asked_about
from actions.answers import HAND_OVER, NO_NEED, keep
from actions.context import CHOICES, Said, likeliest, read, said, say, write
from bot.desk import kinds
from bot.desk.community import Category, Place
from bot.desk.routing import CONDUCT_MATTER, NO_MATTER
from bot.services import cards, tickets
from bot.services.community import place_from
from bot.services.outbox import Button, Message
from bot.services.tickets import Desk, Draft
from bot.store.database import Session

_A_STORY = 60  # characters
_AT_MOST = 3
_MATTERS = 2  # of those, at most so many matters to report
_WORTH_ASKING = 0.08  # confidence; below it a reading is noise
_REPORT = "report_form"
_NONE = Button("都不是", "/none_of_these")
_TWICE = "两次没听明白居民的意思"

# What a wish is called on a button, and what fulfils it. Greetings and thanks are no choices.
_WISHES = {
    "ask_policy": ("问政策、问怎么办", "action_answer_policy"),
    "check_status": ("查我报的事办到哪了", "action_check_status"),
    "urge": ("催一催", "action_urge"),
    "add_information": ("补充我报的事", "action_add_information"),
    "withdraw": ("撤回我报的事", "action_withdraw"),
    "suggest": ("提个建议", _REPORT),
    "praise": ("表扬", "action_praise"),
    "report_conduct": ("举报（只有纪检联络员能看到）", _REPORT),
    "my_data": ("看我存了哪些信息", "action_my_data"),
    "human": ("找工作人员", "action_human"),
}

Choice = dict[str, Any]  # {"label", "intent", "matter"?}


def readings(heard: Said, categories: Mapping[str, Category]) -> list[Choice]:
    """What the words may mean, the likeliest first, in words a resident would use."""
    found: list[Choice] = []
    for ranked in heard.intents:
        intent, confidence = ranked["name"], ranked["confidence"]
        if confidence < _WORTH_ASKING:
            continue
        if intent == "report":
            found += _matters(heard, categories)
        elif intent in _WISHES:
            found.append({"label": _WISHES[intent][0], "intent": intent})
    return found[:_AT_MOST]


def _matters(heard: Said, categories: Mapping[str, Category]) -> list[Choice]:
    likely = [m["code"] for m in heard.matters if m["confidence"] >= _WORTH_ASKING]
    known = [categories[code] for code in likely if code in categories and code != NO_MATTER]
    return [
        {"label": f"报：{category.name}", "intent": "report", "matter": category.code}
        for category in known[:_MATTERS]
    ]


class NotSure(Action):
    def name(self) -> str:
        return "action_not_sure"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        heard = said(tracker)
        answers = await read(partial(_is_answer, heard)) if heard.asked else False
        if answers:
            return [FollowupAction("action_add_information")]
        if len(heard.text) >= _A_STORY and substance.is_a_report(heard):
            return [FollowupAction(_REPORT)]  # who tells so much wants it heard
        if _was_unsure(tracker) and substance.has_substance(_both(heard)):
            number, message = await write(lambda session, desk: _to_a_person(session, desk, heard))
            say(dispatcher, message)
            return [SlotSet("ticket", number), SlotSet("pending", None)]
        categories = await read(lambda _session, desk: desk.community.categories)
        found = readings(heard, categories)
        say(dispatcher, _ask(found))
        kept = keep(heard, None)
        kept["value"]["choices"] = found
        return [kept]


def _is_answer(heard: Said, session: Session, desk: Desk) -> bool:
    """Whether it is what somebody has asked them about their ticket."""
    return asked_about(session, heard, desk) is not None and not substance.about_conduct(heard)


class DefaultFallback(NotSure):
    def name(self) -> str:
        return "action_default_fallback"


class Choose(Action):
    """One of the readings was tapped: the kept words are taken as meant that way."""

    def name(self) -> str:
        return "action_choose"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        heard = said(tracker)
        found = (heard.pending.get("choices") or [])[CHOICES.index(heard.intent) :][:1]
        if not found:
            say(dispatcher, Message(text="好的。要办什么，直接跟我说就行。"))
            return []
        (choice,) = found
        matters = list(heard.pending.get("matters") or ())
        if choice.get("matter"):
            others = [m for m in matters if m["code"] != choice["matter"]]
            matters = [{"code": choice["matter"], "confidence": 1.0}, *others]
        read_as = {"matters": matters, "meant": choice["intent"], "meant_by": heard.key}
        pending = {**heard.pending, **read_as, "choices": []}
        action = _WISHES[choice["intent"]][1] if choice["intent"] in _WISHES else _REPORT
        return [SlotSet("pending", pending), FollowupAction(action)]


class NoneOfThese(Action):
    def name(self) -> str:
        return "action_none_of_these"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        text = "那您换个说法再讲一句，我再听听。也可以点一下，把刚才的话直接交给工作人员。"
        say(dispatcher, Message(text=text, buttons=(HAND_OVER, NO_NEED)))
        return []


def _ask(found: list[Choice]) -> Message:
    if not found:
        return Message(
            text="我没太听明白。您是要报一件事，还是想问问？点一下，刚才的话不用重说。",
            buttons=(Button("报一件事", "/report"), HAND_OVER, NO_NEED),
        )
    taps = [Button(choice["label"], f"/{tap}") for choice, tap in zip(found, CHOICES, strict=False)]
    return Message(
        text="我没太听明白。您是不是想说下面的哪一个？点一下就行，刚才的话不用重说。",
        buttons=(*taps, _NONE),
    )


_UNSURE = {"action_not_sure", "action_default_fallback", "action_none_of_these"}


def _was_unsure(tracker: Tracker) -> bool:
    """Whether the turn before this one ended without our having understood."""
    actions: set[str] = set()
    turns = 0
    for event in reversed(tracker.events):
        if event["event"] == "user":
            turns += 1
        if turns == 2:
            break
        if turns == 1 and event["event"] == "action":
            actions.add(event["name"])
    return bool(actions & _UNSURE)


def _both(heard: Said) -> str:
    """What was said before and was not understood either, and what is said now."""
    return "；".join(filter(None, (heard.pending.get("text"), heard.text)))


def _to_a_person(session: Session, desk: Desk, heard: Said) -> tuple[str, Message]:
    """Both tries, in the resident's own words, for the desk to read."""
    before = heard.pending
    matter, _confidence = likeliest(heard.matters)
    earlier = before.get("matters") or []
    conduct = substance.about_conduct(heard) or bool(
        earlier and earlier[0]["code"] == CONDUCT_MATTER
    )
    places = heard.places or tuple(before.get("places") or ())
    draft = Draft(
        key=heard.key,
        kind=kinds.CONDUCT if conduct else kinds.REPORT,
        matter=CONDUCT_MATTER if conduct else matter,
        confidence=0.0,
        readings=tuple(str(reading["code"]) for reading in heard.matters),
        urgency="normal",  # nobody has said that it burns
        to_desk="" if conduct else _TWICE,
        text=_both(heard),
        place=place_from(places[0]) if places else Place(),
        resident_id=heard.resident_id,
        conversation_id=heard.conversation_id,
        phone=heard.phone,
        photos=(*(before.get("photos") or ()), *heard.photos),
    )
    ticket = tickets.open_ticket(session, draft, desk)
    return str(ticket.number), cards.to_a_person(ticket, desk.community)
