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

from bot.desk.errors import LinliError, Unavailable
from bot.desk.people import Person
from bot.gateway import deeds, emergencies, giving_up, reading, words
from bot.gateway.engine_client import EngineClient, EngineFault
from bot.gateway.incoming import Incoming
from bot.language import masking
from bot.language.danger.find import find_emergency
from bot.services import asking, conversations, inbox, outbox, ticket_views, turns, unheard
from bot.services.conversations import Speaker
from bot.services.inbox import Letter
from bot.services.outbox import Message
from bot.services.places import Register, Registers
from bot.services.tickets import Desk
from bot.store.database import Database, Session
from bot.store.tables import TicketRow
from bot.store.trackers import sender_of

Clock = Callable[[], datetime]
Done = tuple[TicketRow, Message]  # the ticket a deed was done on, and what its doer reads

_COMMAND = re.compile(r"^/\w+(\{[^}]*\})?")  # "/report{...}" is a prank, not a cry for help
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Work:
    """A letter whose turn it is, with its writer. holder: whose lease of the conversation it is."""

    letter: Letter
    speaker: Speaker
    holder: str


@dataclass(frozen=True)
class Kept:
    """A message that is safe in the inbox, and what there is to do now.

    busy: somebody else was speaking in the conversation when it was looked at.
    """

    conversation_id: int
    work: Work | None
    busy: bool


class Gateway:
    """The same for every channel and for the worker. `clock` gives the aware present."""

    def __init__(
        self, database: Database, registers: Registers, engine: EngineClient, clock: Clock
    ) -> None:
        self._database = database
        self._registers = registers
        self._engine = engine
        self._clock = clock

    async def aclose(self) -> None:
        """Hang up on the engine; the next message calls it again."""
        await self._engine.aclose()

    async def handle(self, incoming: Incoming) -> int:
        """Keep the message and answer it; returns the conversation's id."""
        kept = await self.receive(incoming)
        await self.answer(kept)
        return kept.conversation_id

    async def receive(self, incoming: Incoming) -> Kept:
        """Keep the message, once; hand over what came back to `answer`, soon.

        An emergency is answered in the same breath.
        """
        body, now, holder = incoming.body(), self._clock(), uuid.uuid4().hex
        register = await self._registers.acurrent()

        def work(session: Session) -> Kept:
            peer = (incoming.channel, incoming.peer)
            mine = conversations.lease_peer(session, *peer, holder, now=now)
            speaker = conversations.enter(session, *peer, known_as=incoming.known_as, now=now)
            id = speaker.conversation_id
            letter = inbox.put(session, incoming.channel, incoming.update_id, id, body, now=now)
            words_of_danger = _COMMAND.sub("", incoming.text)
            emergency = find_emergency(words_of_danger) if letter and words_of_danger else None
            if letter and emergency:
                emergencies.answer(session, letter, speaker, emergency, register, now)
                speaker = conversations.speaker(session, id, now=now)
            # A conversation that begins with this message is nobody's yet.
            if not mine and not conversations.lease(session, id, holder, now=now):
                return Kept(id, None, busy=True)
            return Kept(id, self._first(session, speaker, holder, now), busy=False)

        return await self._database.arun(work)

    async def answer(self, kept: Kept) -> None:
        """Answer what is pending in the conversation, in order, unless another process does."""
        if kept.busy:  # looked at too early: the other one may not have seen our message
            kept = await self._look(kept.conversation_id)
        work = kept.work
        while work:
            current = work
            try:
                work = await self._handle(current)
            except Exception as error:  # whatever it is, it must not block the conversation
                key = current.letter.key
                _log.error("message %s: %s", key, type(error).__name__, exc_info=error)
                work = await self._give_way(current)

    async def process(self, conversation_id: int) -> None:
        """Answer what was left behind in a conversation."""
        await self.answer(await self._look(conversation_id))

    async def _look(self, conversation_id: int) -> Kept:
        now, holder = self._clock(), uuid.uuid4().hex

        def work(session: Session) -> Kept:
            if not conversations.lease(session, conversation_id, holder, now=now):
                return Kept(conversation_id, None, busy=True)
            speaker = conversations.speaker(session, conversation_id, now=now)
            return Kept(conversation_id, self._first(session, speaker, holder, now), busy=False)

        return await self._database.arun(work)

    def _first(self, session: Session, speaker: Speaker, holder: str, now: datetime) -> Work | None:
        """What to begin with, the lease being ours; given up where there is nothing."""
        letter = self._oldest(session, speaker.conversation_id, now)
        if letter:
            return Work(letter, speaker, holder)
        conversations.release(session, speaker.conversation_id, holder)
        return None

    def _next(self, session: Session, done: Work, now: datetime) -> Work | None:
        # Given up first and taken again if there is more: a message that comes in meanwhile
        # either is seen here, or finds the conversation free.
        conversation_id, holder = done.speaker.conversation_id, done.holder
        conversations.release(session, conversation_id, holder)
        letter = self._oldest(session, conversation_id, now)
        if letter is None or not conversations.lease(session, conversation_id, holder, now=now):
            return None  # no more, or we were too slow, and another process has taken over
        return Work(letter, conversations.speaker(session, conversation_id, now=now), holder)

    def _oldest(self, session: Session, conversation_id: int, now: datetime) -> Letter | None:
        letter = inbox.oldest_of(session, conversation_id)
        if letter and not letter.is_due(now):
            self._say_kept(session, conversation_id, now)
            return None
        return letter

    async def _handle(self, work: Work) -> Work | None:
        register = await self._registers.acurrent()
        tap = work.letter.body.get("tap")
        if work.letter.body.get("button"):
            tap = await self._database.aread(lambda session: _behind(session, work.letter))
        place = reading.place_of_emergency(work.letter, work.speaker, register)
        asked = None if tap else reading.answered(work.letter, work.speaker, self._clock())
        if tap and not tap.startswith(("/", reading.SAY)):
            finish = self._tapped(work, register, tap)
        elif asked and not place:
            finish = self._tapped(work, register, asked)
        elif place:
            act = partial(emergencies.take_place, speaker=work.speaker, place=place)
            finish = self._deed(work, register, "emergency_place", act)
        else:
            finish = await self._talk(work, tap, register)

        def commit(session: Session) -> Work | None:
            now = self._clock()
            finish(session, now)
            return self._next(session, work, now)

        return await self._database.arun(commit)

    async def _give_way(self, work: Work) -> Work | None:
        """A message that broke something of ours: later again, and at last to a person."""
        register = await self._registers.acurrent()
        text, _payload = reading.words(work.letter.body, None)

        def commit(session: Session) -> Work | None:
            now = self._clock()
            self._fault(session, work, text, register, now)
            return self._next(session, work, now)

        return await self._database.arun(commit)

    def _fault(
        self, session: Session, work: Work, text: str, register: Register, now: datetime
    ) -> None:
        if work.letter.faults + 1 >= giving_up.TRIES:
            giving_up.to_a_person(session, work.letter, work.speaker, text, register, now)
        else:
            _put_off(session, work.letter, now, fault=True)

    def _tapped(self, work: Work, register: Register, tap: str) -> Callable[..., None]:
        """A deed, with the words or the photo that complete it."""
        body = work.letter.body
        is_button = bool(body.get("tap") or body.get("button"))
        act = partial(
            deeds.do,
            tap=tap,
            conversation_id=work.speaker.conversation_id,
            words="" if is_button else body.get("text") or "",
            photo=body.get("photo"),
        )
        return self._deed(work, register, tap.split(":")[0], act)

    def _deed(
        self, work: Work, register: Register, name: str, act: Callable[..., Done]
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
                asking.forget(session, letter.conversation_id)
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

    async def _talk(self, work: Work, tap: str | None, register: Register) -> Callable[..., None]:
        letter, speaker = work.letter, work.speaker
        text, payload = reading.words(letter.body, tap)
        metadata = reading.metadata(letter, speaker, text, register)
        started = time.monotonic()
        try:
            answer = await self._engine.ask(
                sender=sender_of(speaker.conversation_id),
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
            ticket = ticket_views.touched(session, answer.ticket) if answer.ticket else None
            if reading.moved_the_form(answer):
                waits = reading.unheard(answer)
                unheard.note(session, letter.conversation_id, waits, register.community, now)
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
