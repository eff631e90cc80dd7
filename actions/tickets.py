"""What a resident says about a ticket that exists: how far, hurry, more, wrong, no more, well."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import answers, substance
from actions.additions import add_said, added, asked_about, correct_place, corrected, say_more
from actions.context import Said, said, say, write
from bot.desk import kinds, ratings
from bot.desk.errors import Refused
from bot.desk.moves import Status
from bot.gateway import resident_deeds, taps, words
from bot.gateway.taps import Answer
from bot.services import (
    cards,
    follow_cards,
    followers,
    loop_cards,
    ticket_views,
    tickets,
)
from bot.services.outbox import Message
from bot.services.tickets import Desk
from bot.store.database import Session
from bot.store.tables import TicketRow

_NONE = Message(text="您现在没有在办的事。有什么要报的，直接告诉我就行。")
_NOTHING_TO_RATE = Message(text="谢谢您的反馈。您现在没有等着评价的工单；有新的事直接告诉我。")
_SURE_OF_MATTER = 0.5


class _OnTicket(Action, ABC):
    """Does one deed on the resident's newest open ticket. nothing: said when there is none."""

    nothing = _NONE
    keeps_words = False  # whether the resident's words end up on the ticket

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        heard = said(tracker)
        done = await write(lambda session, desk: self._do(session, heard, desk))
        if done is None:
            return self.without(dispatcher, heard)
        number, message = done
        say(dispatcher, message)
        return [SlotSet("ticket", number)]

    def _do(self, session: Session, heard: Said, desk: Desk) -> tuple[str, Message] | None:
        # A message that comes again goes to the ticket it went to, whatever is newest by now.
        before = tickets.moved_by(session, heard.key, heard.person)
        if before:
            again = self.again if _is_theirs(before, heard) else self.as_follower
            return self._try(again, session, before, heard, desk)
        ticket = self.find(session, heard, desk)
        if ticket is None and not heard.payload and not substance.about_conduct(heard):
            # "It took you weeks" is no wish to hurry where somebody has asked what was bad.
            asked = asked_about(session, heard, desk)
            if asked:
                return self._try(say_more, session, asked, heard, desk)
        if ticket is None or self._must_not_read(ticket, heard):
            return None
        deed = self.deed if _is_theirs(ticket, heard) else self.as_follower
        return self._try(deed, session, ticket, heard, desk)

    @staticmethod
    def _try(
        deed: Callable[..., Message], session: Session, ticket: TicketRow, heard: Said, desk: Desk
    ) -> tuple[str, Message]:
        try:
            with session.begin_nested():
                return str(ticket.number), deed(session, ticket, heard, desk)
        except Refused as error:
            return str(ticket.number), words.refusal(error)

    def _must_not_read(self, ticket: TicketRow, heard: Said) -> bool:
        """Words about conduct are not put where a handler reads them."""
        return self.keeps_words and not ticket.confidential and substance.about_conduct(heard)

    def find(self, session: Session, heard: Said, desk: Desk) -> TicketRow | None:
        """Their newest: reported by them, or one that they follow."""
        if heard.resident_id is None:
            return None
        mine = ticket_views.of_resident(session, heard.resident_id, only_open=True)[:1]
        dated = [(ticket.opened_at, ticket) for ticket in mine]
        dated += [(at, t) for t, at in followers.followed_by(session, heard.resident_id)]
        return max(dated, key=lambda pair: pair[0])[1] if dated else None

    def without(self, dispatcher: CollectingDispatcher, heard: Said) -> list[EventType]:
        """There is no such ticket: words that say enough are the report itself."""
        if self.keeps_words and substance.about_conduct(heard) and not heard.in_form:
            return [FollowupAction("report_form")]
        if not heard.payload and not heard.in_form and substance.is_a_report(heard):
            return [FollowupAction("report_form")]
        say(dispatcher, self.nothing)
        return []

    def again(self, session: Session, ticket: TicketRow, heard: Said, desk: Desk) -> Message:
        """What to say when the deed was done before: the services do nothing twice."""
        return self.deed(session, ticket, heard, desk)

    def as_follower(self, session: Session, ticket: TicketRow, heard: Said, desk: Desk) -> Message:
        """The same by somebody who only met it too: their words reach whoever has it."""
        followers.add(
            session,
            ticket,
            heard.person,
            desk,
            key=heard.key,
            text="" if heard.payload else heard.text,
            phone=heard.phone,
            photos=heard.photos,
        )
        return follow_cards.added(ticket, desk.community)

    @abstractmethod
    def deed(self, session: Session, ticket: TicketRow, heard: Said, desk: Desk) -> Message:
        """Do it, and say so."""


class CheckStatus(_OnTicket):
    def name(self) -> str:
        return "action_check_status"

    def find(self, session: Session, heard: Said, desk: Desk) -> TicketRow | None:
        # The answer names them all: with a conduct report among them, this turn is hidden as well.
        if heard.resident_id is None:
            return None
        mine = _all_of(session, heard.resident_id)
        return max(mine, key=lambda ticket: ticket.confidential, default=None)

    def without(self, dispatcher: CollectingDispatcher, heard: Said) -> list[EventType]:
        # "How far is the bypass?" asks about the world, not about a ticket.
        if substance.is_a_report(heard):
            say(dispatcher, answers.NO_SOURCE)
            return [answers.keep(heard, kinds.QUESTION)]
        say(dispatcher, _NONE)
        return []

    def deed(self, session: Session, ticket: TicketRow, heard: Said, desk: Desk) -> Message:
        assert heard.resident_id is not None  # `find` found something of theirs
        mine = _all_of(session, heard.resident_id)
        lines = [cards.status_line(t, desk.community, desk.community.staff) for t in mine]
        return Message(text="您的事办到这里了：\n" + "\n".join(lines))

    def as_follower(self, session: Session, ticket: TicketRow, heard: Said, desk: Desk) -> Message:
        return self.deed(session, ticket, heard, desk)


class Urge(_OnTicket):
    def name(self) -> str:
        return "action_urge"

    def deed(self, session: Session, ticket: TicketRow, heard: Said, desk: Desk) -> Message:
        tickets.urge(session, ticket, heard.person, desk, key=heard.key)
        handler = desk.community.staff.get(ticket.assignee or "")
        return loop_cards.urged(ticket, desk.community, handler)

    def as_follower(self, session: Session, ticket: TicketRow, heard: Said, desk: Desk) -> Message:
        followers.urge(session, ticket, heard.person, desk, key=heard.key)
        handler = desk.community.staff.get(ticket.assignee or "")
        return loop_cards.urged(ticket, desk.community, handler)


class AddInformation(_OnTicket):
    def name(self) -> str:
        return "action_add_information"

    keeps_words = True
    nothing = Message(text="收到。这是要报什么事？一两句话告诉我，我来找人办。")

    def find(self, session: Session, heard: Said, desk: Desk) -> TicketRow | None:
        ticket = super().find(session, heard, desk)
        ticket = asked_about(session, heard, desk) or ticket
        another = ticket is not None and substance.is_another_report(heard, ticket.matter)
        return None if another else ticket

    def without(self, dispatcher: CollectingDispatcher, heard: Said) -> list[EventType]:
        if heard.payload and heard.places:  # a location came first: the report follows
            say(dispatcher, Message(text="位置收到了。那里出了什么事？一两句话告诉我就行。"))
            return [SlotSet("pending", {"location": True, "places": list(heard.places)})]
        return super().without(dispatcher, heard)

    def again(self, session: Session, ticket: TicketRow, heard: Said, desk: Desk) -> Message:
        return added(ticket, desk)

    def deed(self, session: Session, ticket: TicketRow, heard: Said, desk: Desk) -> Message:
        # An emergency is opened without asking where: the place may come afterwards.
        if heard.place and not ticket.place.get("building") and Status(ticket.status).is_open:
            return correct_place(session, ticket, heard, desk)
        return say_more(session, ticket, heard, desk)


class Correct(_OnTicket):
    keeps_words = True

    def name(self) -> str:
        return "action_correct"

    def again(self, session: Session, ticket: TicketRow, heard: Said, desk: Desk) -> Message:
        return corrected(ticket, desk)

    def deed(self, session: Session, ticket: TicketRow, heard: Said, desk: Desk) -> Message:
        if heard.place:
            return correct_place(session, ticket, heard, desk)
        best = heard.matters[0] if heard.matters else None
        if best and best["confidence"] >= _SURE_OF_MATTER and best["code"] != ticket.matter:
            tickets.correct(
                session,
                ticket,
                heard.person,
                desk,
                key=heard.key,
                text=heard.text,
                matter=best["code"],
            )
            return corrected(ticket, desk)
        add_said(session, ticket, heard, desk)
        return Message(text=f"已更正到编号 {ticket.number}，经办人能看到。")


class Withdraw(_OnTicket):
    def name(self) -> str:
        return "action_withdraw"

    def deed(self, session: Session, ticket: TicketRow, heard: Said, desk: Desk) -> Message:
        tickets.withdraw(session, ticket, heard.person, desk, key=heard.key)
        return loop_cards.withdrawn(ticket)

    def as_follower(self, session: Session, ticket: TicketRow, heard: Said, desk: Desk) -> Message:
        followers.leave(session, ticket, heard.person)
        return follow_cards.left(ticket)


class Rate(_OnTicket):
    keeps_words = True
    nothing = _NOTHING_TO_RATE

    def name(self) -> str:
        return "action_rate"

    def find(self, session: Session, heard: Said, desk: Desk) -> TicketRow | None:
        if heard.resident_id is None:
            return None
        return ticket_views.to_rate(session, heard.resident_id) or asked_about(session, heard, desk)

    def deed(self, session: Session, ticket: TicketRow, heard: Said, desk: Desk) -> Message:
        if Status(ticket.status) not in (Status.RESOLVED, Status.VERIFIED):
            return say_more(session, ticket, heard, desk)  # what was bad, after it was rated
        if ratings.solved_in(heard.text) is False:
            tickets.reopen(session, ticket, heard.person, desk, key=heard.key, note=heard.text)
            return _settle(session, heard, resident_deeds.reopened(ticket, desk), desk)
        level = ratings.level_of(heard.text)
        if level is None:
            tickets.say_solved(session, ticket, heard.person, desk, key=heard.key)
            return loop_cards.ask_level(ticket)
        tickets.rate(session, ticket, level, heard.person, desk, key=heard.key)
        return _settle(session, heard, resident_deeds.rated(session, ticket, desk), desk)


def _settle(session: Session, heard: Said, answer: Answer, desk: Desk) -> Message:
    return taps.settle(session, heard.conversation_id, answer, desk.now)


def _is_theirs(ticket: TicketRow, heard: Said) -> bool:
    return ticket.resident_id == heard.resident_id


def _all_of(session: Session, resident_id: int) -> list[TicketRow]:
    """Their open tickets: reported by them, then those that they follow."""
    followed = [ticket for ticket, _since in followers.followed_by(session, resident_id)]
    return [*ticket_views.of_resident(session, resident_id, only_open=True), *followed]
