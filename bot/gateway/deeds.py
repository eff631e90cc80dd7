"""What a tap on a button does, and what words after it do: one service call each.

Every move that a person makes has its deed here, under its own name; `card:NUMBER` shows what
whoever taps may do now. The deeds are tables of the modules they are merged from.
"""

from __future__ import annotations

from bot.desk.errors import UnknownThing
from bot.desk.moves import Move
from bot.desk.people import Person
from bot.gateway import handler_deeds, merge_deeds, part_deeds, resident_deeds, superior_deeds, taps
from bot.gateway.taps import Answer, Deed, Tap
from bot.services import task_cards, ticket_views, tickets
from bot.services.outbox import Message
from bot.services.tickets import Desk
from bot.store.database import Session
from bot.store.tables import TicketRow

# In the order in which a card offers them: the usual first.
_ON_A_CARD = (
    Move.ACCEPT,
    Move.CONTACT,
    Move.RESOLVE,
    Move.VERIFY,
    Move.REJECT,
    Move.EXTEND,
    Move.REFUSE_EXTENSION,
    Move.HOLD,
    Move.REFUSE_HOLD,
    Move.ARBITRATE,
    Move.ASSIGN,
    Move.RESUME,
    Move.ASK_MORE,
    Move.ASK_EXTENSION,
    Move.ASK_HOLD,
    Move.WHISTLE,
    Move.ASSIST,
    Move.SUPERVISE,
    Move.URGE,
    Move.RETURN,
    Move.REFILE,
    Move.ADD,
    Move.REOPEN,
    Move.EXPLAIN,
    Move.MERGE,
    Move.SPLIT,
    Move.DECLINE,
    Move.WITHDRAW,
)


def do(
    session: Session,
    *,
    tap: str,
    by: Person,
    key: str,
    desk: Desk,
    conversation_id: int | None = None,
    words: str = "",
    photo: str | None = None,
) -> tuple[TicketRow, Message]:
    """Do what `tap` says; returns the ticket and what the tapper reads. Raises Refused.

    words, photo: what was sent after the tap. conversation_id: where it was tapped, and where the
    next words are awaited if the deed asks for some; None awaits none.
    """
    read = _read(tap, by, key, words, photo)
    ticket = tickets.by_number(session, read.number)
    answer = DEEDS[read.verb](session, ticket, read, desk)
    return ticket, taps.settle(session, conversation_id, answer, desk.now)


def _read(tap: str, by: Person, key: str, words: str, photo: str | None) -> Tap:
    verb, _, rest = tap.partition(":")
    number, _, which = rest.partition(":")
    if verb not in DEEDS:
        raise UnknownThing(f"no deed {tap!r}")
    return Tap(
        verb=verb, number=number, which=which, by=by, key=key, words=words.strip(), photo=photo
    )


def _card(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    """The ticket as it stands, with everything that whoever tapped may do now."""
    ticket_views.detail(session, tap.number, tap.by)
    may = tickets.possible(session, ticket, tap.by, desk)
    offered = [task_cards.button(move, ticket) for move in _ON_A_CARD if move in may]
    return task_cards.overview(ticket, desk.community, desk.describe, offered)


DEEDS: dict[str, Deed] = {
    "card": _card,
    **handler_deeds.DEEDS,
    **superior_deeds.DEEDS,
    **resident_deeds.DEEDS,
    **part_deeds.DEEDS,
    **merge_deeds.DEEDS,
}
