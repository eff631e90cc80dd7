"""A tap on a button, and the words that complete it: verb:NUMBER or verb:NUMBER:MORE.

A deed either is done, or asks for what is missing: a reason from buttons, words, a person. What
somebody is being asked is kept with the conversation (`bot.services.asking`), so that their next
words arrive at the same deed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.desk import reasons
from bot.desk.moves import Move
from bot.desk.people import Person
from bot.desk.reasons import Group
from bot.services import asking, tickets
from bot.services.outbox import Button, Message
from bot.services.tickets import Desk
from bot.store.database import Session
from bot.store.tables import TicketRow

PLAIN = "plain"  # of a deed that may come with words: without any


@dataclass(frozen=True, kw_only=True)
class Tap:
    """A deed to be done. key: the message that carries it. words, photo: typed after the tap."""

    verb: str
    number: str
    which: str
    by: Person
    key: str
    words: str = ""
    photo: str | None = None

    @property
    def parts(self) -> list[str]:
        """What stands behind the number."""
        return self.which.split(":") if self.which else []

    def on(self, *parts: str) -> str:
        """The same deed with more behind it, for a button."""
        return ":".join((self.verb, self.number, *self.parts, *parts))


@dataclass(frozen=True)
class Ask:
    """A question to whoever tapped. Their next words go to `tap`."""

    message: Message
    tap: str


Answer = Message | Ask
Deed = Callable[[Session, TicketRow, Tap, Desk], Answer]


@dataclass(frozen=True, kw_only=True)
class Why:
    """A reason that was chosen, or typed."""

    code: str
    note: str


def settle(session: Session, conversation_id: int | None, answer: Answer, now: datetime) -> Message:
    """What whoever acted reads; their next words are awaited, or nothing is any more."""
    message, tap = (answer.message, answer.tap) if isinstance(answer, Ask) else (answer, None)
    if conversation_id is not None and tap:
        asking.ask(session, conversation_id, tap, until=now + asking.WAIT)
    elif conversation_id is not None:
        asking.forget(session, conversation_id)
    return message


def choose(tap: Tap, question: str, choices: Iterable[tuple[str, str]]) -> Ask:
    """(label, what it adds to the tap) as buttons; there is always a way back."""
    buttons = [Button(label, tap.on(more)) for label, more in choices]
    back = Button("先不办", f"card:{tap.number}")
    return Ask(Message(text=question, buttons=(*buttons, back)), tap.on())


def why(
    session: Session,
    ticket: TicketRow,
    tap: Tap,
    desk: Desk,
    group: Group,
    question: str,
    *,
    at: int = 0,
) -> Ask | Why:
    """The reason that stands at place `at` behind the number; asks where it is missing.

    Typed words are the reason itself where none was chosen; a reason may ask for words besides.
    """
    tickets.allowed(session, ticket, Move(tap.verb), tap.by, desk)
    known = tap.parts[at:]
    if not known and not tap.words:
        choices = [(reason.name, reason.code) for reason in reasons.of(desk.community, group)]
        return choose(tap, f"{question}点一个原因，或者写一句发给我。", choices)
    code = known[0] if known else reasons.OTHER
    reason = reasons.one(desk.community, group, code)
    if reason.note and not tap.words:
        return Ask(Message(text=f"{ticket.number} {reason.note}"), tap.on())
    return Why(code=code, note=tap.words)


def words(
    session: Session, ticket: TicketRow, tap: Tap, desk: Desk, question: str, without: str = ""
) -> Ask | str:
    """The words that belong to the tap; asks for them. without: a button that does it plainly."""
    if tap.words or tap.parts == [PLAIN]:
        return tap.words
    tickets.allowed(session, ticket, Move(tap.verb), tap.by, desk)
    return choose(replace(tap, which=""), question, [(without, PLAIN)] if without else [])
