"""One message, from the moment a channel has it to the moment its answer is in the outbox."""

from __future__ import annotations

import asyncio
import logging
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.gateway import answering, emergencies, reading
from bot.gateway.answering import Work
from bot.gateway.engine_client import EngineClient
from bot.gateway.incoming import Incoming
from bot.language.danger.find import find_emergency
from bot.services import conversations, inbox, outbox
from bot.services.conversations import Speaker
from bot.services.inbox import Letter
from bot.services.places import Registers
from bot.store.database import Database, Session

Clock = Callable[[], datetime]

_COMMAND = re.compile(r"^/\w+(\{[^}]*\})?")  # "/report{...}" is a prank, not a cry for help
_log = logging.getLogger(__name__)


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
        # Before the transaction: to think about what a sentence means takes 20 ms.
        emergency = await asyncio.to_thread(find_emergency, _COMMAND.sub("", incoming.text))

        def work(session: Session) -> Kept:
            peer = (incoming.channel, incoming.peer)
            mine = conversations.lease_peer(session, *peer, holder, now=now)
            speaker = conversations.enter(session, *peer, known_as=incoming.known_as, now=now)
            id = speaker.conversation_id
            letter = inbox.put(session, incoming.channel, incoming.update_id, id, body, now=now)
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
            answering.say_kept(session, conversation_id, now)
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
            finish = answering.tapped(work, register, tap)
        elif asked and not place:
            finish = answering.tapped(work, register, asked)
        elif place:
            act = partial(emergencies.take_place, speaker=work.speaker, place=place)
            finish = answering.deed(work, register, "emergency_place", act)
        else:
            finish = await answering.talk(self._engine, work, tap, register)

        def commit(session: Session) -> Work | None:
            now = self._clock()
            finish(session, now)
            return self._next(session, work, now)

        return await self._database.arun(commit)

    async def _give_way(self, work: Work) -> Work | None:
        """A message that broke something of ours."""
        register = await self._registers.acurrent()
        text, _payload = reading.words(work.letter.body, None)

        def commit(session: Session) -> Work | None:
            now = self._clock()
            answering.fault(session, work, text, register, now)
            return self._next(session, work, now)

        return await self._database.arun(commit)


def _behind(session: Session, letter: Letter) -> str | None:
    """What is behind the button whose label the channel knows."""
    return outbox.button_of(session, letter.conversation_id, letter.body["button"])
