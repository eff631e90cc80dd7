"""How one message is answered: by a deed, or by the engine; and what becomes of it if neither can.

Each way gives a `Finish`, which is called in the transaction that ends the message's turn: it
writes the answer and marks the message done, or puts it off.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from bot.desk.errors import LinliError, Unavailable
from bot.desk.people import Person
from bot.gateway import deeds, giving_up, reading, words
from bot.gateway.engine_client import EngineClient, EngineFault
from bot.language import masking
from bot.services import asking, inbox, outbox, ticket_views, turns, unheard
from bot.services.conversations import Speaker
from bot.services.inbox import Letter
from bot.services.outbox import Message
from bot.services.places import Register
from bot.services.tickets import Desk
from bot.store.database import Session
from bot.store.tables import TicketRow
from bot.store.trackers import sender_of

Finish = Callable[[Session, datetime], None]
Done = tuple[TicketRow, Message]  # the ticket a deed was done on, and what its doer reads

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Work:
    """A letter whose turn it is, with its writer. holder: whose lease of the conversation it is."""

    letter: Letter
    speaker: Speaker
    holder: str


def tapped(work: Work, register: Register, tap: str) -> Finish:
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
    return deed(work, register, tap.split(":")[0], act)


def deed(work: Work, register: Register, name: str, act: Callable[..., Done]) -> Finish:
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


async def talk(engine: EngineClient, work: Work, tap: str | None, register: Register) -> Finish:
    """What the engine says to it; where it says nothing, the message waits."""
    letter, speaker = work.letter, work.speaker
    text, payload = reading.words(letter.body, tap)
    metadata = reading.metadata(letter, speaker, text, register)
    started = time.monotonic()
    try:
        answer = await engine.ask(
            sender=sender_of(speaker.conversation_id),
            key=letter.key,
            metadata=metadata,
            text=text,
            payload=payload,
        )
    except Unavailable as error:
        _log.warning("message %s waits: %s", letter.key, masking.mask(str(error)))
        return lambda session, now: inbox.put_off(session, letter.id, now=now, fault=False)
    except EngineFault as error:
        _log.error("message %s failed: %s", letter.key, masking.mask(str(error)))
        return lambda session, now: fault(session, work, text, register, now)
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
            confidential=reading.is_confidential(answer) or bool(ticket and ticket.confidential),
            emergency=bool(
                ticket and ticket.urgency == "emergency" and ticket.source_key == letter.key
            ),
            milliseconds=milliseconds,
        )

    return finish


def fault(session: Session, work: Work, text: str, register: Register, now: datetime) -> None:
    """A message that broke something of ours: later again, and at last to a person."""
    if work.letter.faults + 1 >= giving_up.TRIES:
        giving_up.to_a_person(session, work.letter, work.speaker, text, register, now)
    else:
        inbox.put_off(session, work.letter.id, now=now, fault=True)


def say_kept(session: Session, conversation_id: int, now: datetime) -> None:
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
