"""What a ticket's timeline says about what may come next.

The table of moves knows states; these rules know what has happened before.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.desk.moves import Move
from bot.desk.record import Entry

# A request, and what answers it.
ANSWERS = {
    Move.ASK_EXTENSION: frozenset({Move.EXTEND, Move.REFUSE_EXTENSION}),
    Move.ASK_HOLD: frozenset({Move.HOLD, Move.REFUSE_HOLD}),
}
RETURNS_BEFORE_ARBITRATION = 2  # the second one: never round again
REOPENINGS = 1  # the resident's; after that a superior looks (督办)
# It is another matter, or at another place: what was said about whose it is counts no more.
_AFRESH = frozenset({Move.REFILE, Move.CORRECT})
_WORK = frozenset({Move.ACCEPT, Move.CONTACT, Move.RESOLVE, Move.PART})


def open_request(lines: Sequence[Entry], ask: Move) -> Entry | None:
    """The newest request of this kind, if nobody has answered it and the work still goes on."""
    over = ANSWERS[ask] | {Move.ASSIGN, Move.RETURN, Move.RESOLVE, Move.REOPEN}
    for line in reversed(lines):
        if line.move is ask:
            return line
        if line.move in over:
            return None
    return None


def is_decided(lines: Sequence[Entry]) -> bool:
    """Whether a superior has said whose it is: nobody returns it after that."""
    return Move.ARBITRATE in _since_afresh(lines)


def needs_arbitration(lines: Sequence[Entry]) -> bool:
    """Whether it was returned so often that a superior has to say whose it is, and has not."""
    moves = _since_afresh(lines)
    returned = moves.count(Move.RETURN) >= RETURNS_BEFORE_ARBITRATION
    return returned and Move.ARBITRATE not in moves


def holders(lines: Sequence[Entry]) -> list[str]:
    """Codes of staff who had it, the first of them first."""
    found = (line.facts.get("assignee") for line in lines)
    return list(dict.fromkeys(code for code in found if code))


def workers(lines: Sequence[Entry]) -> set[str]:
    """Labels (staff:xiaoli) of whoever did some of the work: they do not check it."""
    return {line.actor for line in lines if line.move in _WORK}


def may_reopen(lines: Sequence[Entry]) -> bool:
    """Whether the resident still may: once; the desk's and a superior's times do not count."""
    theirs = [x for x in lines if x.move is Move.REOPEN and x.actor.startswith("resident:")]
    return len(theirs) < REOPENINGS


def _since_afresh(lines: Sequence[Entry]) -> list[Move]:
    moves = [line.move for line in lines]
    last = max((n for n, move in enumerate(moves) if move in _AFRESH), default=-1)
    return moves[last + 1 :]
