"""One message, from the moment a channel has it to the moment its answer is in the outbox."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from bot.desk.emergency import find_emergency
from bot.desk.errors import LinliError, Unavailable
from bot.desk.people import Person
from bot.gateway import deeds, emergencies, giving_up, reading, words
from bot.gateway.engine_client import EngineClient, EngineFault
from bot.gateway.incoming import Incoming
from bot.language import masking
from bot.services import conversations, inbox, outbox, tickets, turns
from bot.services.conversations import Speaker
from bot.services.inbox import Letter
from bot.services.outbox import Message
from bot.services.places import Register, Registers
from bot.services.tickets import Desk
from bot.store.database import Database, Session
from bot.store.tables import TicketRow

Clock = Callable[[], datetime]
Done = tuple[TicketRow, Message]  # the ticket a deed was done on, and what its doer reads

_COMMAND = re.compile(r"^/\w+(\{[^}]*\})?")  # "/report{...}" is a prank, not a cry for help
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Work:
    """A letter whose turn it is, with its writer."""

    letter: Letter
    speaker: Speaker


class Gateway:
    """The same for every channel and for the worker. `clock` gives the aware present."""

    def __init__(
        self, database: Database, registers: Registers, engine: EngineClient, clock: Clock
    ) -> None:
        self._database = database
        self._registers = registers
        self._engine = engine
        self._clock = clock

    async def handle(self, incoming: Incoming) -> int:
        """Keep the message and answer it; returns the conversation's id."""
        conversation_id = await self.receive(incoming)
        await self.process(conversation_id)
        return conversation_id

    async def receive(self, incoming: Incoming) -> int:
        """Keep the message, once. An emergency is answered in the same breath."""
        body, now = incoming.body(), self._clock()
        register = await self._database.in_thread(self._registers.current)

        def work(session: Session) -> int:
            conversation_id = conversations.enter(
                session, incoming.channel, incoming.peer, known_as=incoming.known_as, now=now
            )
            letter = inbox.put(
                session,
                channel=incoming.channel,
                update_id=incoming.update_id,
                conversation_id=conversation_id,
                body=body,
                now=now,
            )
            words_of_danger = _COMMAND.sub("", incoming.text)
            emergency = find_emergency(words_of_danger) if letter and words_of_danger else None
            if letter and emergency:
                speaker = conversations.speaker(session, conversation_id, now=now)
                emergencies.answer(session, letter, speaker, emergency, register, now)
            return conversation_id

        return await self._database.arun(work)

    async def process(self, conversation_id: int) -> None:
        """Answer what is pending in a conversation, in order, unless another process does."""
        holder = uuid.uuid4().hex
        work = await self._database.arun(
            lambda session: self._begin(session, conversation_id, holder)
        )
        while work:
            current = work
            try:
                work = await self._handle(current, holder)
            except Exception as error:  # whatever it is, it must not block the conversation
                key = current.letter.key
                _log.error("message %s: %s", key, type(error).__name__, exc_info=error)
                work = await self._give_way(current, holder)

    def _begin(self, session: Session, conversation_id: int, holder: str) -> _Work | None:
        now = self._clock()
        if not conversations.lease(session, conversation_id, holder, now=now):
            return None
        return self._next(session, conversation_id, holder, now)

    def _next(
        self, session: Session, conversation_id: int, holder: str, now: datetime
    ) -> _Work | None:
        # Given up first and taken again if there is more: a message that comes in meanwhile
        # either is seen here, or finds the conversation free.
        conversations.release(session, conversation_id, holder)
        letter = inbox.next_of(session, conversation_id, now=now)
        if letter is None:
            self._say_kept(session, conversation_id, now)
            return None
        if not conversations.lease(session, conversation_id, holder, now=now):
            return None  # we were too slow, and another process has taken over
        return _Work(letter, conversations.speaker(session, conversation_id, now=now))

    async def _handle(self, work: _Work, holder: str) -> _Work | None:
        register = await self._database.in_thread(self._registers.current)
        tap = work.letter.body.get("tap")
        if work.letter.body.get("button"):
            tap = await self._database.aread(lambda session: _behind(session, work.letter))
        place = reading.place_of_emergency(work.letter, work.speaker, register)
        if tap and not tap.startswith(("/", reading.SAY)):
            finish = self._deed(work, register, tap.split(":")[0], partial(deeds.do, tap=tap))
        elif place:
            act = partial(emergencies.take_place, speaker=work.speaker, place=place)
            finish = self._deed(work, register, "emergency_place", act)
        else:
            finish = await self._talk(work, tap, register)

        def commit(session: Session) -> _Work | None:
            now = self._clock()
            finish(session, now)
            return self._next(session, work.speaker.conversation_id, holder, now)

        return await self._database.arun(commit)

    async def _give_way(self, work: _Work, holder: str) -> _Work | None:
        """A message that broke something of ours: later again, and at last to a person."""
        register = await self._database.in_thread(self._registers.current)
        text, _payload = reading.words(work.letter.body, None)

        def commit(session: Session) -> _Work | None:
            now = self._clock()
            self._fault(session, work, text, register, now)
            return self._next(session, work.speaker.conversation_id, holder, now)

        return await self._database.arun(commit)

    def _fault(
        self, session: Session, work: _Work, text: str, register: Register, now: datetime
    ) -> None:
        if work.letter.faults + 1 >= giving_up.TRIES:
            giving_up.to_a_person(session, work.letter, work.speaker, text, register, now)
        else:
            _put_off(session, work.letter, now, fault=True)

    def _deed(
        self, work: _Work, register: Register, name: str, act: Callable[..., Done]
    ) -> Callable[..., None]:
        """Something that needs no understanding: one service call, in the commit itself."""
        letter, speaker = work.letter, work.speaker

        def finish(session: Session, now: datetime) -> None:
            if not inbox.done(session, letter.id, now=now):
                return
            by = Person(
                staff=register.community.staff.get(speaker.staff or ""),
                resident_id=speaker.resident_id,
            )
            desk = Desk(community=register.community, describe=register.describe, now=now)
            ticket = None
            try:
                with session.begin_nested():
                    ticket, reply = act(session, by=by, key=letter.key, desk=desk)
            except LinliError as error:
                reply = words.refusal(error)
            _reply(session, letter, [reply], now)
            turns.record(
                session,
                **_turn(letter, now),
                text=_said(session, letter) or name,
                actions=[name],
                reading={},
                replies=[reply.as_json()],
                ticket_id=ticket.id if ticket else None,
                confidential=bool(ticket and ticket.confidential),
            )

        return finish

    async def _talk(self, work: _Work, tap: str | None, register: Register) -> Callable[..., None]:
        letter, speaker = work.letter, work.speaker
        text, payload = reading.words(letter.body, tap)
        metadata = reading.metadata(letter, speaker, text, register)
        started = time.monotonic()
        try:
            answer = await self._engine.ask(
                sender=f"c{speaker.conversation_id}",
                key=letter.key,
                metadata=metadata,
                text=text,
                payload=payload,
            )
        except Unavailable as error:
            _log.warning("message %s waits: %s", letter.key, masking.mask(str(error)))
            return lambda session, now: _put_off(session, letter, now, fault=False)
        except EngineFault as error:
            _log.error("message %s failed: %s", letter.key, masking.mask(str(error)))
            return lambda session, now: self._fault(session, work, text, register, now)
        milliseconds = round(1000 * (time.monotonic() - started))

        def finish(session: Session, now: datetime) -> None:
            if not inbox.done(session, letter.id, now=now):
                return
            replies = list(answer.replies) or [words.DONE]
            _reply(session, letter, replies, now)
            ticket = tickets.by_number(session, answer.ticket) if answer.ticket else None
            turns.record(
                session,
                **_turn(letter, now),
                **reading.understood(answer, metadata),
                text=text or payload or "",
                replies=[reply.as_json() for reply in replies],
                ticket_id=ticket.id if ticket else None,
                confidential=reading.is_confidential(answer)
                or bool(ticket and ticket.confidential),
                emergency=bool(
                    ticket and ticket.urgency == "emergency" and ticket.source_key == letter.key
                ),
                milliseconds=milliseconds,
            )

        return finish

    def _say_kept(self, session: Session, conversation_id: int, now: datetime) -> None:
        """Whoever has to wait is told so, once for each message."""
        for letter in inbox.pending_of(session, conversation_id):
            outbox.to_conversation(
                session,
                conversation_id,
                words.KEPT,
                key=f"kept:{letter.key}",
                now=now,
                inbox_id=letter.id,
            )


def _behind(session: Session, letter: Letter) -> str | None:
    """What is behind the button whose label the channel knows."""
    return outbox.button_of(session, letter.conversation_id, letter.body["button"])


def _said(session: Session, letter: Letter) -> str | None:
    """The words of a message; of a tap, what stood on the button."""
    tap = letter.body.get("tap")
    label = outbox.label_of(session, letter.conversation_id, tap) if tap else None
    return label or letter.body.get("button") or letter.body.get("text")


def _turn(letter: Letter, now: datetime) -> dict[str, Any]:
    return {"inbox_id": letter.id, "conversation_id": letter.conversation_id, "at": now}


def _reply(session: Session, letter: Letter, replies: list[Message], now: datetime) -> None:
    for i, reply in enumerate(replies):
        outbox.to_conversation(
            session,
            letter.conversation_id,
            reply,
            key=f"reply:{letter.key}:{i}",
            now=now,
            inbox_id=letter.id,
        )


def _put_off(session: Session, letter: Letter, now: datetime, *, fault: bool) -> None:
    inbox.put_off(session, letter.id, now=now, fault=fault)
