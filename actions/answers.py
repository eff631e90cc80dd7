"""Answers that need no ticket, or hand the words on to a person."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import beside
from actions.context import Said, likeliest, read, said, say, write
from bot.desk import kinds
from bot.desk.community import Place
from bot.library import Library, PolicyAnswer
from bot.services import cards, residents, tickets
from bot.services.community import place_from
from bot.services.outbox import Button, Message
from bot.services.tickets import Draft

HAND_OVER = Button("请工作人员回复", "/hand_over")
NO_NEED = Button("不用了", "/deny")
NO_SOURCE = Message(
    text="这个问题我手头没有可靠的政策依据，不敢乱说。"
    "要不要转给管这事的工作人员？他会按规定给您答复。",
    buttons=(HAND_OVER, NO_NEED),
)


def keep(heard: Said, kind: str | None) -> SlotSet:
    """Keep words that were not used, so that a button can hand them on."""
    return SlotSet(
        "pending",
        {
            "text": heard.text,
            "matters": list(heard.matters),
            "places": list(heard.places),
            "photos": list(heard.photos),
            "kind": kind,
        },
    )


class AnswerPolicy(Action):
    def name(self) -> str:
        return "action_answer_policy"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        heard = said(tracker)
        if beside.split(heard):
            return [FollowupAction("report_form")]  # which answers the question as well
        return answer(dispatcher, heard, previous=tracker.get_slot("asked"))


def answer(
    dispatcher: CollectingDispatcher, heard: Said, *, previous: str | None = None
) -> list[EventType]:
    """Answer a question; its words are kept, so that a tap can hand them to a person."""
    found = library().ask(heard.text, previous=previous)
    say(dispatcher, _answer(found))
    cited = [asdict(citation) for citation in found.citations]
    return [
        keep(heard, kinds.QUESTION),
        SlotSet("asked", heard.text),
        SlotSet("citations", cited or None),
    ]


def _answer(found: PolicyAnswer) -> Message:
    """The answer with its article, the questions to choose from, or an honest no.

    A person is offered every time.
    """
    if not found.text:
        return NO_SOURCE
    choices = tuple(Button(question, f"say:{question}") for question in found.alternatives)
    last = () if found.citations else (NO_NEED,)
    return Message(text=found.text, buttons=(*choices, HAND_OVER, *last))


@cache
def library() -> Library:
    return Library.starter()


class Human(Action):
    """A person: the desk's number, and whatever was said last goes along."""

    def name(self) -> str:
        return "action_human"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        settings = await read(lambda _session, desk: desk.community.settings)
        phone, hours = settings.get("desk_phone", ""), settings.get("desk_hours", "")
        lines = [f"受理台电话 {phone}（{hours}）。" if phone else "受理台的同事可以帮您。"]
        if said(tracker).pending:
            lines.append("要不要把您刚才说的话直接转过去？")
            say(dispatcher, Message(text="".join(lines), buttons=(HAND_OVER, NO_NEED)))
        else:
            lines.append("您也可以把事情写在这里，我转给管这事的人，他会联系您。")
            say(dispatcher, Message(text="".join(lines)))
        return []


class Praise(Action):
    """Thanks are passed on at once: nobody is asked where."""

    def name(self) -> str:
        return "action_praise"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        heard = said(tracker)
        matter, _confidence = likeliest(heard.matters)
        draft = Draft(
            key=heard.key,
            kind=kinds.PRAISE,
            matter=matter,
            confidence=1.0,  # whatever it is about, it goes to the secretary
            text=heard.text,
            place=place_from(heard.places[0]) if heard.places else Place(),
            resident_id=heard.resident_id,
            conversation_id=heard.conversation_id,
        )

        def work(session: Any, desk: Any) -> tuple[str, Message]:
            ticket = tickets.open_ticket(session, draft, desk)
            handler = desk.community.staff.get(ticket.assignee or "")
            return str(ticket.number), cards.opened(ticket, desk.community, "", handler)

        number, message = await write(work)
        say(dispatcher, message)
        return [SlotSet("ticket", number)]


class MyData(Action):
    def name(self) -> str:
        return "action_my_data"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        heard = said(tracker)
        kept = await read(lambda session, _desk: residents.kept(session, heard.resident_id))
        home = "您登记的住址、" if kept.home else ""
        text = (
            f"我这里存着：{home}您报过的 {kept.tickets} 件事和我们的 {kept.turns} 段对话。"
            "只有办您这件事的人看得到内容，电话号码不给无关的人看。"
            "要一份副本，或者要删除，点下面的按钮，管理员会办好并回复您。"
        )
        say(dispatcher, Message(text=text, buttons=(Button("请管理员处理", "/hand_over"),)))
        return [keep(heard, kinds.REPORT)]
